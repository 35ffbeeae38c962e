import type { Admin, Kafka } from 'kafkajs';
import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import { offsetOf } from '../../schemas/contract/position.ts';
import type { Offset, PartitionRange, TopicPartition } from '../../schemas/contract/position.ts';

/** Reads what topics there are and how far they reach. Connects on first use. */
export interface TopicReader {
  list(): Promise<readonly string[]>;
  /** Throws KAFKA_UNAVAILABLE. */
  ranges(topic: string): Promise<readonly PartitionRange[]>;
  /** The first offset whose record is newer than this time (milliseconds); the end of the partition when none is. */
  offsetAfter(partition: TopicPartition, time: number): Promise<Offset>;
  close(): Promise<void>;
}

export function createTopicReader(kafka: Kafka): TopicReader {
  let connected: Promise<Admin> | null = null;

  async function connect(): Promise<Admin> {
    const admin = kafka.admin();
    await admin.connect();
    return admin;
  }

  async function ask<T>(question: string, run: (admin: Admin) => Promise<T>): Promise<T> {
    const mine = (connected ??= connect());
    try {
      return await run(await mine);
    } catch (error) {
      // Of several questions that fail together, the first gives the connection up; a new one may be there already.
      if (connected === mine) connected = null;
      void mine.then((admin) => admin.disconnect()).catch(() => undefined);
      throw asCounterfoilError(error, 'KAFKA_UNAVAILABLE', `Kafka did not answer when asked for ${question}`);
    }
  }

  return {
    list: () => ask('its topics', (admin) => admin.listTopics()),
    ranges: (topic) =>
      ask(`the offsets of ${topic}`, async (admin) => {
        const partitions = await admin.fetchTopicOffsets(topic);
        return partitions.map(({ partition, low, high }) => ({
          partition,
          low: offsetOf(low),
          high: offsetOf(high),
        }));
      }),
    offsetAfter: ({ topic, partition }, time) =>
      ask(`the offsets of ${topic}`, async (admin) => {
        const found = await admin.fetchTopicOffsetsByTimestamp(topic, time + 1);
        return offsetOf(found.find((each) => each.partition === partition)?.offset ?? 0);
      }),
    async close() {
      const admin = await connected?.catch(() => null);
      connected = null;
      await admin?.disconnect();
    },
  };
}
