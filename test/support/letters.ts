import type { Kafka } from 'kafkajs';
import { DEAD_LETTER_HEADERS, deadLetterTopic } from '../../connectors/kafka/dead-letters.ts';
import { recordsIn } from './topic-records.ts';

export interface PublishedLetter {
  readonly offset: string;
  readonly code: string;
  readonly value: string;
}

/** The dead letters of a route, each once: a crash may have sent one twice. */
export async function publishedLetters(kafka: Kafka, route: string): Promise<PublishedLetter[]> {
  const letters = new Map<string, PublishedLetter>();
  for (const { headers, value } of await recordsIn(kafka, deadLetterTopic(route))) {
    const header = (name: string) => String(headers[name]);
    const { topic, partition, offset, code } = DEAD_LETTER_HEADERS;
    letters.set(`${header(topic)}/${header(partition)}/${header(offset)}`, {
      offset: header(offset),
      code: header(code),
      value: String(value),
    });
  }
  return [...letters.values()];
}
