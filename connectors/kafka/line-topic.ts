import type { Kafka } from 'kafkajs';
import { offsetOf } from '../../schemas/contract/position.ts';
import type { Offset } from '../../schemas/contract/position.ts';
import { followTopic } from './follow-topic.ts';
import { createLazyProducer } from './lazy-producer.ts';
import type { TopicReader } from './topics.ts';

/** A topic of one partition that lines of text are written to, and kept for ever. */
export interface LineTopic {
  /** Resolves when all in-sync replicas have it. Throws KAFKA_UNAVAILABLE. */
  readonly append: (key: string, line: string) => Promise<void>;
  close(): Promise<void>;
}

export function createLineTopic(kafka: Kafka, topic: string, replicationFactor: number): LineTopic {
  const producer = createLazyProducer(kafka, async () => {
    const admin = kafka.admin();
    await admin.connect();
    try {
      const configEntries = [
        { name: 'retention.ms', value: '-1' },
        { name: 'cleanup.policy', value: 'delete' },
      ];
      await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor, configEntries }] });
    } finally {
      await admin.disconnect();
    }
  });
  return {
    append: (key, line) =>
      producer.use(`${topic} could not be written to`, async (connected) => {
        await connected.send({ topic, acks: -1, messages: [{ key, value: line, partition: 0 }] });
      }),
    close: () => producer.close(),
  };
}

export interface LinesWanted {
  readonly topic: string;
  readonly key: string;
  readonly groupId: string;
  readonly last?: number;
}

/**
 * All lines that a topic holds now, of this key, in their order; none when there is no such topic. With `last` those among so
 * many records at its end.
 */
export async function readLines(
  kafka: Kafka,
  reader: TopicReader,
  { topic, key, groupId, last }: LinesWanted,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (!(await reader.list()).includes(topic)) return [];
  const ranges = await reader.ranges(topic);
  const from = new Map<number, Offset>(
    ranges.map(({ partition, low, high }) => [
      partition,
      last === undefined ? low : laterOf(low, high, last),
    ]),
  );
  const ends = new Map<number, Offset>(ranges.map(({ partition, high }) => [partition, high]));
  const lines: string[] = [];
  const done = new AbortController();
  await followTopic(
    {
      ...{ kafka, topic, from, ends, groupId },
      onRecord: (record) => {
        if (record.key?.toString() === key && record.value !== null) lines.push(record.value.toString());
      },
      onCaughtUp: () => {
        done.abort();
      },
    },
    AbortSignal.any([signal, done.signal]),
  );
  signal.throwIfAborted();
  return lines;
}

function laterOf(low: Offset, high: Offset, last: number): Offset {
  const from = high - BigInt(last);
  return from > low ? offsetOf(from) : low;
}
