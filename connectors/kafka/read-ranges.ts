import { randomUUID } from 'node:crypto';
import type { Consumer, Kafka } from 'kafkajs';
import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import { offsetOf } from '../../schemas/contract/position.ts';
import type { Offset, OffsetRange, TopicPartition } from '../../schemas/contract/position.ts';
import type { RawRecord } from '../../schemas/contract/ports.ts';
import { forgetGroup } from './forget-group.ts';
import { recordOf } from './raw-record.ts';

/**
 * Hands out the committed records of some ranges, which Kafka must hold, and reads nothing between them. Those of one
 * partition come in their order. Throws KAFKA_UNAVAILABLE, what `visit` throws, and the reason of `signal` when it aborts.
 */
export async function readRanges(
  kafka: Kafka,
  ranges: readonly OffsetRange[],
  visit: (record: RawRecord) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const left = leftOf(ranges);
  if (left.size === 0) return;
  const groupId = `counterfoil.reading.${randomUUID()}`;
  const consumer = kafka.consumer({
    ...{ groupId, readUncommitted: false, maxWaitTimeInMs: 250 },
    retry: { retries: 5, restartOnFailure: () => Promise.resolve(false) },
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...new Set(ranges.map(({ topic }) => topic))], fromBeginning: true });
    await consume(consumer, left, visit, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw asCounterfoilError(error, 'KAFKA_UNAVAILABLE', 'records could not be read from Kafka');
  } finally {
    await consumer.disconnect().catch(() => undefined);
    await forgetGroup(kafka, groupId);
  }
}

/** What is still to be read, by partition; never an empty range. */
type Left = Map<string, OffsetRange[]>;

const BEFORE_ALL = -1n as Offset;

function consume(
  consumer: Consumer,
  left: Left,
  visit: (record: RawRecord) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const stop = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      reject(payload.error);
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      for (const [topic, partitions] of Object.entries(payload.memberAssignment))
        for (const partition of partitions) goOn(consumer, left, { topic, partition }, BEFORE_ALL);
    });
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      const { topic, partition, batchSize } = payload;
      const at = { topic, partition };
      const reached = (offsetOf(payload.lastOffset) + 1n) as Offset;
      // A batch of transaction markers, with which a range may end, is handed out to nobody.
      if (batchSize === 0) advance(left, at, reached);
      goOn(consumer, left, at, reached);
      if (left.size === 0) resolve();
    });
    consumer
      .run({
        autoCommit: false,
        partitionsConsumedConcurrently: 4,
        eachBatch: async (payload) => {
          const { batch } = payload;
          for (const message of batch.messages) {
            if (payload.isStale() || signal.aborted) return;
            const record = recordOf(batch, message);
            advance(left, batch, record.offset);
            const range = left.get(labelOf(batch))?.[0];
            if (range === undefined || record.offset < range.first) continue;
            // What it throws ends the reading: kafkajs would hand the record out again.
            await visit(record).catch(reject);
            advance(left, batch, (record.offset + 1n) as Offset);
          }
          advance(left, batch, (offsetOf(batch.lastOffset()) + 1n) as Offset);
        },
      })
      .catch(reject);
  });
}

/** To where the next range begins, past what was read; a partition of which nothing is left is read no more. */
function goOn(consumer: Consumer, left: Left, at: TopicPartition, reached: Offset): void {
  const { topic, partition } = at;
  const range = left.get(labelOf(at))?.[0];
  if (range === undefined) consumer.pause([{ topic, partitions: [partition] }]);
  else if (range.first > reached) consumer.seek({ topic, partition, offset: range.first.toString() });
}

/** Forgets what was read of a partition up to here. */
function advance(left: Left, at: TopicPartition, reached: Offset): void {
  const ahead = (left.get(labelOf(at)) ?? [])
    .filter(({ next }) => next > reached)
    .map((range) => (range.first < reached ? { ...range, first: reached } : range));
  if (ahead.length === 0) left.delete(labelOf(at));
  else left.set(labelOf(at), ahead);
}

/** Ranges in their order, those that overlap put together. */
function leftOf(ranges: readonly OffsetRange[]): Left {
  const left: Left = new Map();
  for (const range of [...ranges].sort((a, b) => (a.first < b.first ? -1 : 1))) {
    if (range.first >= range.next) continue;
    const known = left.get(labelOf(range)) ?? [];
    const last = known.at(-1);
    if (last === undefined || last.next < range.first) known.push(range);
    else known.splice(-1, 1, { ...last, next: last.next > range.next ? last.next : range.next });
    left.set(labelOf(range), known);
  }
  return left;
}

function labelOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
