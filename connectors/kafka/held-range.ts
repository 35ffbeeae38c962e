import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Offset, PartitionRange, TopicPartition } from '../../schemas/contract/position.ts';
import type { Claim } from '../../schemas/contract/ports.ts';
import { forEachAtOnce } from './at-once.ts';
import type { TopicReader } from './topics.ts';

/** How far each of the topics reaches. Throws KAFKA_UNAVAILABLE. */
export async function heldRanges(
  reader: Pick<TopicReader, 'ranges'>,
  topics: readonly string[],
): Promise<ReadonlyMap<string, readonly PartitionRange[]>> {
  const ranges = new Map<string, readonly PartitionRange[]>();
  await forEachAtOnce(topics, async (topic) => {
    ranges.set(topic, await reader.ranges(topic));
  });
  return ranges;
}

export function rangeOf(
  ranges: readonly PartitionRange[],
  { topic, partition }: TopicPartition,
): PartitionRange {
  const range = ranges.find((candidate) => candidate.partition === partition);
  if (range) return range;
  throw new CounterfoilError(
    'KAFKA_UNAVAILABLE',
    `the broker does not know partition ${partition} of ${topic}`,
  );
}

/** Throws POSITION_LOST when the broker no longer holds, or does not yet hold, the offset that is to be read next. */
export function assertHeld(
  { topic, partition }: TopicPartition,
  expected: Offset,
  { low, high }: PartitionRange,
): void {
  if (expected < low) {
    throw new CounterfoilError(
      'POSITION_LOST',
      `offsets ${expected} to ${low - 1n} of ${topic}/${partition} are no longer in Kafka and have not been applied`,
      {
        remedy:
          'Raise the retention of the topic, then snapshot the table again; nothing is skipped until you do.',
      },
    );
  }
  if (expected > high) {
    throw new CounterfoilError(
      'POSITION_LOST',
      `${topic}/${partition} ends at offset ${high}, before the applied position ${expected}: it was re-created or cut`,
      {
        remedy:
          'Find out who re-created the topic, then snapshot the table again; nothing is skipped until you do.',
      },
    );
  }
}

/**
 * Throws POSITION_LOST when the topic is another one of the same name, grown beyond the applied position: then even
 * the first record that it holds is newer than the last one applied, although its offset is lower. Offsets alone cannot
 * tell, and records before the position would be skipped silently.
 */
export async function assertSameTopic(
  { topic, partition, next, recordTime }: Claim,
  { low }: PartitionRange,
  reader: Pick<TopicReader, 'offsetAfter'>,
): Promise<void> {
  if (next === null || recordTime === null || low >= next) return;
  if ((await reader.offsetAfter({ topic, partition }, recordTime)) !== low) return;
  throw new CounterfoilError(
    'POSITION_LOST',
    `${topic}/${partition} was re-created: all its records are newer than the last one applied; offsets ${low} to ` +
      `${next - 1n} of it have not been applied`,
    { remedy: 'Snapshot the table again: `counterfoil backfill` does; nothing is skipped until you do.' },
  );
}
