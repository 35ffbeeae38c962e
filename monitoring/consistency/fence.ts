import { setTimeout as sleep } from 'node:timers/promises';
import type { Cell } from '../../schemas/contract/cell.ts';
import type { StoredPosition } from '../../schemas/contract/ports.ts';
import type { PartitionRange } from '../../schemas/contract/position.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { isPassed, positionText, versionText } from './source-position.ts';
import type { SourcePosition } from './source-position.ts';

/** What the fence asks of the route it waits for. */
export interface FencedRoute {
  /** Topic of the source's heartbeat table. */
  readonly heartbeatTopic: string;
  /** Stored positions of the route, as its target database has them. */
  readonly positions: () => Promise<readonly StoredPosition[]>;
  /** Topics that the route reads, the heartbeat topic included. */
  readonly topics: () => Promise<readonly string[]>;
  readonly endOffsets: (topics: readonly string[]) => Promise<ReadonlyMap<string, readonly PartitionRange[]>>;
}

export interface FenceOptions {
  readonly deadlineSeconds: number;
  readonly signal: AbortSignal;
  readonly pollMilliseconds?: number;
}

/** A source row of which Kafka holds changes that a route has left to a later run. */
export interface UnreadRow {
  readonly table: TableId;
  /** Empty when it may be any row of the table. */
  readonly key: readonly Cell[];
}

export type FenceOutcome =
  | { readonly passed: true; readonly unread?: readonly UnreadRow[] }
  | { readonly passed: false; readonly reason: string };

/**
 * Waits until the route has applied everything that was committed at the source before `position`:
 * first until it has passed a heartbeat made after it (the connector publishes in order, so all of it is in Kafka by
 * then), then until it has passed the offsets that its topics reach at that moment. Each wait has the deadline. Throws
 * what the ports throw, and the signal's reason.
 */
export async function waitForFence(
  route: FencedRoute,
  position: SourcePosition,
  options: FenceOptions,
): Promise<FenceOutcome> {
  const captured = await waitUntil(options, async () =>
    heartbeatGap(route.heartbeatTopic, position, await route.positions()),
  );
  if (captured !== null) return { passed: false, reason: captured };
  const ends = await route.endOffsets(await route.topics());
  const applied = await waitUntil(options, async () => offsetGap(ends, await route.positions()));
  if (applied !== null) return { passed: false, reason: applied };
  return { passed: true };
}

/** Null when a heartbeat made after `position` has been passed; otherwise how far the route has come. */
export function heartbeatGap(
  heartbeatTopic: string,
  position: SourcePosition,
  positions: readonly StoredPosition[],
): string | null {
  const wanted = positionText(position);
  let newest: StoredPosition | null = null;
  for (const stored of positions) {
    if (stored.topic !== heartbeatTopic || stored.sourceVersion === null) continue;
    if (isPassed(position, stored.sourceVersion)) return null;
    if (newest?.sourceVersion == null || stored.sourceVersion > newest.sourceVersion) newest = stored;
  }
  if (newest?.sourceVersion == null)
    return `the route has passed no heartbeat of its source yet (wanted one after ${wanted}); see whether the connector runs and ${heartbeatTopic} receives events`;
  const when = newest.sourceTime === null ? '' : `, of ${new Date(newest.sourceTime).toISOString()}`;
  return `the newest heartbeat that the route has passed is at ${versionText(position.kind, newest.sourceVersion)}${when}; wanted one after ${wanted}`;
}

/** Null when every partition is passed up to its end; otherwise which is furthest behind. */
export function offsetGap(
  ends: ReadonlyMap<string, readonly PartitionRange[]>,
  positions: readonly StoredPosition[],
): string | null {
  const next = new Map(
    positions.map((stored) => [`${stored.topic}/${stored.partition.toString()}`, stored.next]),
  );
  let behind = 0n;
  let worst: { readonly partition: string; readonly left: bigint } | null = null;
  for (const [topic, ranges] of ends) {
    for (const { partition, low, high } of ranges) {
      const name = `${topic}/${partition.toString()}`;
      const reached = next.get(name);
      // A partition that has never held a record needs no position.
      if (high === low && reached === undefined) continue;
      const left = high - (reached ?? low);
      if (left <= 0n) continue;
      behind += left;
      if (worst === null || left > worst.left) worst = { partition: name, left };
    }
  }
  if (worst === null) return null;
  return `the route is ${behind.toString()} offsets behind, ${worst.left.toString()} of them in ${worst.partition}`;
}

/** Asks again and again; null when the gap is closed, the last gap when the deadline has come. */
async function waitUntil(options: FenceOptions, gap: () => Promise<string | null>): Promise<string | null> {
  const { signal, deadlineSeconds, pollMilliseconds = 200 } = options;
  const deadline = performance.now() + deadlineSeconds * 1_000;
  for (;;) {
    signal.throwIfAborted();
    const left = await gap();
    if (left === null) return null;
    if (performance.now() >= deadline) return `${left} (waited ${deadlineSeconds.toString()} s)`;
    await sleep(pollMilliseconds, undefined, { signal });
  }
}
