import type { Kafka } from 'kafkajs';
import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import { nextOffset, offsetOf } from '../../schemas/contract/position.ts';
import type { Offset } from '../../schemas/contract/position.ts';
import type { RawRecord } from '../../schemas/contract/ports.ts';
import { recordOf } from './raw-record.ts';
import { forgetGroup } from './forget-group.ts';

export interface FollowOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  /** Where to begin, by partition. */
  readonly from: ReadonlyMap<number, Offset>;
  /** Where the partitions end when following begins. */
  readonly ends: ReadonlyMap<number, Offset>;
  /** Unlike that of anybody else; gone again afterwards. */
  readonly groupId: string;
  readonly onRecord: (record: RawRecord) => Promise<void> | void;
  /** Called once, when all that was there at the beginning has been handed out. */
  readonly onCaughtUp: () => void;
}

/**
 * Hands out the committed records of a topic, then those to come, until `signal` aborts. Positions are kept nowhere. Throws
 * KAFKA_UNAVAILABLE, and what `onRecord` throws.
 */
export async function followTopic(options: FollowOptions, signal: AbortSignal): Promise<void> {
  const { kafka, topic, from, ends, groupId, onRecord, onCaughtUp } = options;
  const behind = new Set([...ends].flatMap(([at, end]) => ((from.get(at) ?? 0n) < end ? [at] : [])));
  if (behind.size === 0) onCaughtUp();
  if (signal.aborted) return;
  const next = new Map(from);
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
      // A consumer that was slow joins again, and goes on from where it was.
      consumer.on(consumer.events.GROUP_JOIN, () => {
        for (const [partition, offset] of next)
          consumer.seek({ topic, partition, offset: offset.toString() });
      });
      // Comes for batches of transaction markers, too, with which a partition usually ends.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
        if (offsetOf(lastOffset) + 1n < (ends.get(partition) ?? 0n)) return;
        if (behind.delete(partition) && behind.size === 0) onCaughtUp();
      });
      consumer
        .run({
          autoCommit: false,
          eachBatch: async (payload) => {
            const { batch } = payload;
            for (const message of batch.messages) {
              if (payload.isStale() || signal.aborted) return;
              const record = recordOf(batch, message);
              await onRecord(record);
              next.set(record.partition, nextOffset(record.offset));
            }
          },
        })
        .catch(reject);
    });
  } catch (error) {
    throw asCounterfoilError(error, 'KAFKA_UNAVAILABLE', `${topic} could not be read`);
  } finally {
    await consumer.disconnect().catch(() => undefined);
    await forgetGroup(kafka, groupId);
  }
}
