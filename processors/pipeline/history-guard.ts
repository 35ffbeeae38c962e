import { isOfTable } from '../../schemas/contract/change-event.ts';
import type { ChangeEvent } from '../../schemas/contract/change-event.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { compareVersions } from '../../schemas/contract/position.ts';
import type { Version } from '../../schemas/contract/position.ts';

/** The newest change of a partition that was applied: its version, and its commit time in milliseconds. */
export interface Passed {
  readonly version: Version | null;
  readonly time: number | null;
}

export const NOTHING_PASSED: Passed = { version: null, time: null };

/** What is passed when this was applied as well: null where nothing is known. */
export function passedWith({ version, time }: Passed, more: Passed): Passed {
  return {
    version:
      version === null || (more.version !== null && compareVersions(more.version, version) > 0)
        ? more.version
        : version,
    time: time === null ? more.time : Math.max(time, more.time ?? time),
  };
}

/** The newest of these changes, and of what is told of ends of transactions; a record that could not be decoded is null. */
export function newestOf(events: readonly (ChangeEvent | null)[]): Passed {
  let version: Version | null = null;
  let time: number | null = null;
  for (const event of events) {
    const committedAt = event === null ? null : commitTimeOf(event);
    if (committedAt !== null && (time === null || committedAt > time)) time = committedAt;
    if (event === null || !isOfTable(event)) continue;
    const { source } = event;
    if (version === null || compareVersions(source.version, version) > 0) version = source.version;
  }
  return { version, time };
}

/** By the source's clock, milliseconds; null where the event does not tell. */
function commitTimeOf(event: ChangeEvent): number | null {
  if (isOfTable(event)) return event.source.committedAt;
  return event.kind === 'boundary' ? (event.end?.committedAt ?? null) : null;
}

/**
 * Throws POSITION_REGRESSED for a change that was committed after all that was applied and yet stands before it in the
 * log: the source's history has gone back (a restored backup, another server), and the version guard would keep out
 * every change to come as old. A change that the connector merely sends again is older by the clock, too.
 */
export function assertHistoryGoesOn(event: ChangeEvent, { version, time }: Passed): void {
  if (!isOfTable(event) || version === null || time === null) return;
  const { source, shape } = event;
  if (source.snapshot || source.committedAt === null || source.committedAt <= time) return;
  if (compareVersions(source.version, version) >= 0) return;
  throw new CounterfoilError(
    'POSITION_REGRESSED',
    `a change of ${shape.id.namespace}.${shape.id.name} was committed after the newest applied one, but stands before it ` +
      `in the log of ${source.name}: the history of the source has gone back`,
    {
      remedy:
        'When the source was restored or replaced: raise its `era` by one and snapshot its tables again (docs/errors.md).',
    },
  );
}
