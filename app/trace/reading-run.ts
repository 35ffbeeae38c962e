import type { SyncRun } from '../../schemas/contract/sync-run.ts';
import type { Change } from './changes.ts';

/** The run by hand that a row was read again for: the one under way when its record was published. */
export function readingRun(
  { origin }: Pick<Change, 'origin'>,
  runs: readonly SyncRun[],
): SyncRun | undefined {
  if (origin?.kind !== 'record') return undefined;
  const { source, publishedAt } = origin.record.event;
  if (source.snapshotRow !== 'incremental') return undefined;
  return runs.find(
    ({ orderedAt, finishedAt }) =>
      orderedAt <= publishedAt && (finishedAt === null || publishedAt <= finishedAt),
  );
}
