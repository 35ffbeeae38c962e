import type { Kafka } from 'kafkajs';
import { groupBy } from '../../schemas/contract/grouping.ts';
import type { DeadLetter, DeadLetters } from '../../schemas/contract/dead-letter.ts';
import { createLazyProducer } from './lazy-producer.ts';

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

const MAX_MESSAGE_BYTES = 40 * 1024 * 1024;

export function deadLetterTopic(route: string): string {
  return `counterfoil.${route}.dead-letters`;
}

/**
 * Sends bad records, byte for byte, to the route's dead-letter topic. A crash between this and the commit of the batch
 * sends a letter again: (topic, partition, offset) in its headers identifies it.
 */
export function createDeadLetters(kafka: Kafka): DeadLetters & { close(): Promise<void> } {
  const producer = createLazyProducer(kafka);
  const ready = new Set<string>();

  /** With room for the largest record that a source's topics take, and for ever: a dead letter is a debt. */
  async function readyTopics(topics: readonly string[]): Promise<void> {
    const missing = topics.filter((topic) => !ready.has(topic));
    if (missing.length === 0) return;
    const admin = kafka.admin();
    await admin.connect();
    try {
      const configEntries = [
        { name: 'max.message.bytes', value: String(MAX_MESSAGE_BYTES) },
        { name: 'retention.ms', value: '-1' },
      ];
      await admin.createTopics({ topics: missing.map((topic) => ({ topic, configEntries })) });
      for (const topic of missing) ready.add(topic);
    } finally {
      await admin.disconnect();
    }
  }

  return {
    async send(letters) {
      if (letters.length === 0) return;
      await producer.use(`${letters.length} dead letters could not be sent`, async (connected) => {
        const topicMessages = [...messagesByTopic(letters)];
        await readyTopics(topicMessages.map(({ topic }) => topic));
        await connected.sendBatch({ acks: -1, topicMessages });
      });
    },
    close: () => producer.close(),
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
