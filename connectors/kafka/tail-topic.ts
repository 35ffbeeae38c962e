import type { Kafka } from 'kafkajs';
import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import { offsetOf } from '../../schemas/contract/position.ts';
import type { Offset } from '../../schemas/contract/position.ts';
import type { RawRecord } from '../../schemas/contract/ports.ts';
import { recordOf } from './consumer-session.ts';

export interface TailOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  /** Where to begin, by partition. */
  readonly from: ReadonlyMap<number, Offset>;
  /** Up to where to read, by partition; null: for ever. */
  readonly until: ReadonlyMap<number, Offset> | null;
  /** Unlike that of anybody else; gone again afterwards. */
  readonly groupId: string;
  readonly onRecord: (record: RawRecord) => Promise<void> | void;
}

/**
 * Hands out the committed records of a topic until all partitions are read as far as wanted, or `signal` aborts. Positions
 * are kept nowhere. Throws KAFKA_UNAVAILABLE, and what `onRecord` throws.
 */
export async function tailTopic(options: TailOptions, signal: AbortSignal): Promise<void> {
  const { kafka, topic, from, until, groupId, onRecord } = options;
  const left = new Map([...(until ?? [])].filter(([partition, end]) => (from.get(partition) ?? 0n) < end));
  if (until !== null && left.size === 0) return;
  const consumer = kafka.consumer({
    ...{ groupId, readUncommitted: false, maxWaitTimeInMs: 250 },
    retry: { retries: 5, restartOnFailure: () => Promise.resolve(false) },
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const end = () => {
        resolve();
      };
      if (signal.aborted) end();
      signal.addEventListener('abort', end, { once: true });
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        reject(payload.error);
      });
      consumer.on(consumer.events.GROUP_JOIN, () => {
        for (const [partition, offset] of from)
          consumer.seek({ topic, partition, offset: offset.toString() });
      });
      // Comes for batches of transaction markers, too, with which a partition usually ends.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
        if (offsetOf(lastOffset) + 1n >= (left.get(partition) ?? 0n)) left.delete(partition);
        if (until !== null && left.size === 0) end();
      });
      consumer
        .run({
          autoCommit: false,
          eachBatch: async (payload) => {
            const { batch } = payload;
            for (const message of batch.messages) {
              if (payload.isStale() || signal.aborted) return;
              const beyond = until !== null && offsetOf(message.offset) >= (until.get(batch.partition) ?? 0n);
              if (!beyond) await onRecord(recordOf(batch, message));
            }
          },
        })
        .catch(reject);
    });
  } catch (error) {
    throw asCounterfoilError(error, 'KAFKA_UNAVAILABLE', `${topic} could not be read`);
  } finally {
    await consumer.disconnect().catch(() => undefined);
    const admin = kafka.admin();
    await admin
      .connect()
      .then(() => admin.deleteGroups([groupId]))
      .catch(() => undefined);
    await admin.disconnect().catch(() => undefined);
  }
}
