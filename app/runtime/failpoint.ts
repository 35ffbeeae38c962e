import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { PipelinePoint, SinkPoint } from '../../schemas/contract/ports.ts';
import type { PublisherPoint } from '../../schemas/contract/publisher.ts';
import type { RepairPoint } from '../../schemas/contract/repair.ts';
import type { SyncPoint } from '../../schemas/contract/sync-run.ts';
import type { FeedPoint } from '../../schemas/feed/store.ts';
import type { PostingPoint } from '../../schemas/posting/store.ts';

export type BatchPoint = PipelinePoint | SinkPoint;
export type Point = BatchPoint | PublisherPoint | PostingPoint | SyncPoint | FeedPoint | RepairPoint;

/** Every named point that a batch passes, in order: crash tests kill the process at each of them. */
export const POINTS = [
  'batch:received',
  'batch:decoded',
  'batch:mapped',
  'batch:dead-letters-sent',
  'sink:transaction-begun',
  'sink:position-written',
  'sink:rows-written',
  'sink:committed',
  'batch:applied',
] as const satisfies readonly BatchPoint[];

/** Those that messages pass, between the points of the sink that writes letters and positions. */
export const PUBLISHER_POINTS = [
  'publish:sent',
  'publish:committed',
] as const satisfies readonly PublisherPoint[];

/** Those that documents pass on their way to vouchers. */
export const POSTING_POINTS = [
  'posting:read',
  'posting:written',
  'posting:committed',
] as const satisfies readonly PostingPoint[];

/** Those that a run of a route passes. */
export const SYNC_POINTS = [
  'sync:cut-off-fixed',
  'sync:applied',
  'sync:checked',
] as const satisfies readonly SyncPoint[];

/** Those that whole documents pass on their way to who is told of them. */
export const FEED_POINTS = [
  'feed:read',
  'feed:queued',
  'feed:published',
  'feed:settled',
] as const satisfies readonly FeedPoint[];

/** Those that a repair passes. */
export const REPAIR_POINTS = [
  'repair:kept',
  'repair:read',
  'repair:deleted',
  'repair:applied',
  'repair:restored',
] as const satisfies readonly RepairPoint[];

/**
 * Makes the function that the pipeline calls at each named point. Without a specification it does nothing; with
 * `point:n` the process is killed by SIGKILL, as a crash would, the nth time the point is passed.
 */
export function createReach(
  specification: string | undefined,
  kill: () => void = killSelf,
): (point: Point) => void {
  if (specification === undefined) return () => undefined;
  const separator = specification.lastIndexOf(':');
  const count = Number(specification.slice(separator + 1));
  const wanted = Number.isInteger(count) ? specification.slice(0, separator) : specification;
  let left = Number.isInteger(count) ? count : 1;
  const known: readonly Point[] = [
    ...[...POINTS, ...PUBLISHER_POINTS, ...POSTING_POINTS],
    ...[...SYNC_POINTS, ...FEED_POINTS, ...REPAIR_POINTS],
  ];
  if (!known.some((point) => point === wanted)) {
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `there is no point "${wanted}"; the points are ${known.join(', ')}`,
    );
  }
  return (point) => {
    if (point === wanted && --left === 0) kill();
  };
}

function killSelf(): void {
  process.kill(process.pid, 'SIGKILL');
}
