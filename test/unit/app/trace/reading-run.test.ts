import { readingRun } from '../../../../app/trace/reading-run.ts';
import type { Change } from '../../../../app/trace/changes.ts';
import type { SyncRun } from '../../../../schemas/contract/sync-run.ts';

const run = (id: string, orderedAt: number, finishedAt: number | null) =>
  ({ id, route: 'claims', orderedAt, finishedAt }) as SyncRun;
const change = (publishedAt: number, snapshotRow: 'incremental' | null) =>
  ({
    origin: { kind: 'record', record: { event: { publishedAt, source: { snapshotRow } } } },
  }) as unknown as Change;
const RUNS = [run('first', 100, 200), run('second', 300, null)];

test('a row that was read again is of the run that was under way then, of one that is not over as well', () => {
  expect(readingRun(change(150, 'incremental'), RUNS)?.id).toBe('first');
  expect(readingRun(change(350, 'incremental'), RUNS)?.id).toBe('second');
  expect(readingRun(change(250, 'incremental'), RUNS)).toBeUndefined();
});

test('a change that was streamed during a run is of no run', () => {
  expect(readingRun(change(150, null), RUNS)).toBeUndefined();
  expect(readingRun({ origin: null }, RUNS)).toBeUndefined();
});
