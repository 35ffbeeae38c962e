import type { Kafka } from 'kafkajs';
import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import { offsetOf } from '../../schemas/contract/position.ts';
import type { Offset, PartitionRange } from '../../schemas/contract/position.ts';

export interface FollowOptions {
  readonly kafka: Kafka;
  /** A topic of one partition. */
  readonly topic: string;
  /** What the topic holds when following begins. */
  readonly held: PartitionRange;
  /** Unlike that of anybody else; gone again afterwards. */
  readonly groupId: string;
  readonly onValue: (value: Buffer, offset: Offset) => Promise<void> | void;
  /** Everything that was there at the beginning has been handed out. */
  readonly onCaughtUp: () => void;
}

/**
 * Hands out the values of a small topic from its beginning, then those to come, until `signal` aborts. Positions are kept
 * nowhere. Throws KAFKA_UNAVAILABLE, and what `onValue` throws.
 */
export async function followTopic(options: FollowOptions, signal: AbortSignal): Promise<void> {
  const { kafka, topic, held, groupId, onValue, onCaughtUp } = options;
  if (held.low === held.high) onCaughtUp();
  const consumer = kafka.consumer({
    groupId,
    readUncommitted: false,
    maxWaitTimeInMs: 250,
    retry: { retries: 5, restartOnFailure: () => Promise.resolve(false) },
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      if (signal.aborted) resolve();
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        reject(payload.error);
      });
      // Comes for batches of transaction markers, too, with which a topic usually ends.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
        if (offsetOf(payload.lastOffset) + 1n >= held.high) onCaughtUp();
      });
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            for (const { value, offset } of batch.messages)
              if (value !== null) await onValue(value, offsetOf(offset));
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
