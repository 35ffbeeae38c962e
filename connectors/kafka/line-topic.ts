import kafkajs from 'kafkajs';
import type { Kafka, Producer } from 'kafkajs';
import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import type { Offset } from '../../schemas/contract/position.ts';
import { followTopic } from './follow-topic.ts';
import type { TopicReader } from './topics.ts';

/** A topic of one partition that lines of text are written to, and kept for ever. */
export interface LineTopic {
  /** Resolves when all in-sync replicas have it. Throws KAFKA_UNAVAILABLE. */
  readonly append: (key: string, line: string) => Promise<void>;
  close(): Promise<void>;
}

export function createLineTopic(kafka: Kafka, topic: string, replicationFactor: number): LineTopic {
  let connected: Promise<Producer> | null = null;

  async function connect(): Promise<Producer> {
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
    const producer = kafka.producer({
      idempotent: true,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return producer;
  }

  return {
    append: async (key, line) => {
      const mine = (connected ??= connect());
      try {
        const producer = await mine;
        await producer.send({ topic, acks: -1, messages: [{ key, value: line, partition: 0 }] });
      } catch (error) {
        if (connected === mine) connected = null;
        void mine.then((producer) => producer.disconnect()).catch(() => undefined);
        throw asCounterfoilError(error, 'KAFKA_UNAVAILABLE', `${topic} could not be written to`);
      }
    },
    close: async () => {
      const producer = await connected?.catch(() => null);
      connected = null;
      await producer?.disconnect();
    },
  };
}

/** All lines that a topic holds now, of this key, in their order; none when there is no such topic. */
export async function readLines(
  kafka: Kafka,
  reader: TopicReader,
  { topic, key, groupId }: { readonly topic: string; readonly key: string; readonly groupId: string },
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (!(await reader.list()).includes(topic)) return [];
  const ranges = await reader.ranges(topic);
  const from = new Map<number, Offset>(ranges.map(({ partition, low }) => [partition, low]));
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
