import { unreachable } from '../../schemas/contract/unreachable.ts';
import type { EventTiming, Telemetry } from '../../schemas/contract/telemetry.ts';
import type { BatchWork } from './batch-work.ts';
import type { Entry } from './entry.ts';

/** Latencies are taken of at most so many events of a batch, evenly spread. */
const TIMINGS_PER_BATCH = 100;

/** Tells what became of a batch. Times are milliseconds since the epoch. */
export function reportBatch(
  route: string,
  work: BatchWork,
  telemetry: Telemetry,
  started: number,
  committed: number,
): void {
  const { topic, partition, next } = work.batch;
  const at = { topic, partition };
  for (const { record, error, stage } of work.letters) {
    telemetry.emit({
      type: 'event-dead-lettered',
      route,
      partition: at,
      offset: record.offset,
      stage,
      code: error.code,
      reason: error.message,
    });
  }
  for (const [rule, count] of work.filtered) telemetry.emit({ type: 'event-filtered', route, rule, count });
  telemetry.emit({
    type: 'batch-applied',
    route,
    partition: at,
    next,
    events: work.entries.length,
    outcomes: work.outcomes(),
    rows: work.rows,
    seconds: (committed - started) / 1_000,
    timings: timings(work.entries, committed),
    sourceTime: work.passed().time,
  });
}

function timings(entries: readonly Entry[], committed: number): EventTiming[] {
  const stride = Math.ceil(entries.length / TIMINGS_PER_BATCH);
  const sample: EventTiming[] = [];
  for (let index = 0; index < entries.length; index += stride) {
    const entry = entries[index];
    if (entry?.outcome === 'applied') sample.push(timing(entry, committed));
  }
  return sample;
}

/** Snapshot reads have no commit of their own; clocks of three machines may disagree, and nothing here hides it. */
function timing({ event, record }: Entry, committed: number): EventTiming {
  const commit = event === null ? null : commitTime(event);
  return {
    capture: commit === null ? null : (record.timestamp - commit) / 1_000,
    apply: (committed - record.timestamp) / 1_000,
    total: commit === null ? null : (committed - commit) / 1_000,
  };
}

function commitTime(event: NonNullable<Entry['event']>): number | null {
  switch (event.kind) {
    case 'tombstone':
    case 'boundary':
      return null;
    case 'upsert':
    case 'delete':
    case 'truncate':
      return event.source.snapshot ? null : event.source.committedAt;
    default:
      return unreachable(event);
  }
}
