import kafkajs from 'kafkajs';
import type { Kafka, Producer } from 'kafkajs';
import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import { groupBy } from '../../schemas/contract/grouping.ts';
import type { DeadLetter, DeadLetters } from '../../schemas/contract/ports.ts';

/** Names of the headers that a dead letter carries besides those of the original record. */
export const DEAD_LETTER_HEADERS = {
  route: 'counterfoil.route',
  topic: 'counterfoil.topic',
  partition: 'counterfoil.partition',
  offset: 'counterfoil.offset',
  timestamp: 'counterfoil.timestamp',
  code: 'counterfoil.error.code',
  reason: 'counterfoil.error.reason',
  mappingVersion: 'counterfoil.mapping.version',
} as const;

export function deadLetterTopic(route: string): string {
  return `counterfoil.${route}.dead-letters`;
}

/**
 * Sends bad records, byte for byte, to the route's dead-letter topic. A crash between this and the commit of the batch
 * sends a letter again: (topic, partition, offset) in its headers identifies it.
 */
export function createDeadLetters(kafka: Kafka): DeadLetters & { close(): Promise<void> } {
  let connected: Promise<Producer> | null = null;

  async function connect(): Promise<Producer> {
    const producer = kafka.producer({
      idempotent: true,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return producer;
  }

  return {
    async send(letters) {
      if (letters.length === 0) return;
      connected ??= connect();
      try {
        const producer = await connected;
        await producer.sendBatch({ acks: -1, topicMessages: [...messagesByTopic(letters)] });
      } catch (error) {
        connected = null;
        throw asCounterfoilError(
          error,
          'KAFKA_UNAVAILABLE',
          `${letters.length} dead letters could not be sent`,
        );
      }
    },
    async close() {
      const producer = await connected?.catch(() => null);
      connected = null;
      await producer?.disconnect();
    },
  };
}

function* messagesByTopic(letters: readonly DeadLetter[]) {
  for (const [topic, group] of groupBy(letters, (letter) => deadLetterTopic(letter.route))) {
    yield { topic, messages: group.map(messageOf) };
  }
}

function messageOf({ route, record, error, mappingVersion }: DeadLetter) {
  const names = DEAD_LETTER_HEADERS;
  return {
    key: record.key,
    value: record.value,
    headers: {
      ...record.headers,
      [names.route]: route,
      [names.topic]: record.topic,
      [names.partition]: String(record.partition),
      [names.offset]: record.offset.toString(),
      [names.timestamp]: String(record.timestamp),
      [names.code]: error.code,
      [names.reason]: error.message,
      [names.mappingVersion]: mappingVersion,
    },
  };
}
