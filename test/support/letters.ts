import type { Kafka } from 'kafkajs';
import { DEAD_LETTER_HEADERS, deadLetterTopic } from '../../connectors/kafka/dead-letters.ts';

export interface PublishedLetter {
  readonly offset: string;
  readonly code: string;
  readonly value: string;
}

/** The dead letters of a route, each once: a crash may have sent one twice. */
export async function publishedLetters(kafka: Kafka, route: string): Promise<PublishedLetter[]> {
  const consumer = kafka.consumer({ groupId: `e2e-letters-${Date.now()}` });
  const admin = kafka.admin();
  await admin.connect();
  const [range] = await admin.fetchTopicOffsets(deadLetterTopic(route));
  await admin.disconnect();
  const letters = new Map<string, PublishedLetter>();
  await consumer.connect();
  await consumer.subscribe({ topic: deadLetterTopic(route), fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: ({ message }) => {
          const header = (name: string) => String(message.headers?.[name]);
          const { topic, partition, offset, code } = DEAD_LETTER_HEADERS;
          letters.set(`${header(topic)}/${header(partition)}/${header(offset)}`, {
            offset: header(offset),
            code: header(code),
            value: String(message.value),
          });
          if (BigInt(message.offset) + 1n >= BigInt(range!.high)) resolve();
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return [...letters.values()];
}
