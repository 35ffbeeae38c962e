import type { BatchHandler } from '../../schemas/contract/ports.ts';
import type { Offset, PartitionRange, TopicPartition } from '../../schemas/contract/position.ts';

/**
 * Has a handler read each partition up to the end that it had, and no further. Partitions that came later are not read.
 * A partition is at its end, too, when the handler wants no more of it.
 *
 * @param onReached called once, when all partitions are at their ends; the session is to be ended then
 */
export function upTo(
  handler: BatchHandler,
  ends: ReadonlyMap<string, readonly PartitionRange[]>,
  onReached: () => void,
): BatchHandler {
  const ranges = new Map<string, PartitionRange>();
  for (const [topic, partitions] of ends)
    for (const range of partitions) ranges.set(keyOf({ topic, partition: range.partition }), range);
  const open = new Set([...ranges].filter(([, { low, high }]) => low < high).map(([key]) => key));
  let reached = false;

  function endOf(at: TopicPartition): Offset {
    return ranges.get(keyOf(at))?.high ?? (0n as Offset);
  }

  function note(at: TopicPartition, isAtEnd: boolean): void {
    if (isAtEnd) open.delete(keyOf(at));
    else open.add(keyOf(at));
    if (open.size > 0 || reached) return;
    reached = true;
    onReached();
  }

  if (open.size === 0) {
    reached = true;
    onReached();
  }
  return {
    async claim(partitions, signal) {
      const claims = await handler.claim(partitions, signal);
      for (const claim of claims)
        note(claim, (claim.next ?? ranges.get(keyOf(claim))?.low ?? endOf(claim)) >= endOf(claim));
      return claims;
    },
    async handle(batch, claim, signal) {
      if (batch.first >= endOf(batch)) {
        note(batch, true);
        return batch.first;
      }
      const next = await handler.handle(batch, claim, signal);
      if (next < batch.next || next >= endOf(batch)) note(batch, true);
      return next;
    },
    async advance(claim, next, signal) {
      await handler.advance(claim, next, signal);
      if (next >= endOf(claim)) note(claim, true);
    },
  };
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
