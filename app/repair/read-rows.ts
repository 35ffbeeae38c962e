import { withDeadline } from '../../schemas/contract/deadline.ts';
import type { RepairRow, RepairRowChange } from '../../schemas/contract/repair.ts';
import { newBackfillId, sourceOf, untilApplied, untilIdle, waitingRows } from '../runtime/backfill.ts';
import { keyConditions } from '../runtime/key-conditions.ts';
import { readAgain } from '../runtime/sync/by-hand.ts';
import type { ComparedTable } from '../../monitoring/consistency/expected-rows.ts';
import type { RepairId } from '../../schemas/contract/repair.ts';
import { notPassed } from './passed-version.ts';
import type { RepairSession } from './session.ts';
import { isSame, standOf, targetRows } from './tables.ts';
import type { RepairTables } from './tables.ts';

/**
 * Has the connector read the source rows of these rows again, in portions, and waits until the route has applied them: they come
 * in order with the changes of the source, and under the version guard.
 */
export async function readRowsAgain(
  session: RepairSession,
  repair: RepairId,
  tables: RepairTables,
  rows: readonly RepairRow[],
): Promise<void> {
  for (const label of new Set(rows.map(({ sourceTable }) => sourceTable))) {
    const source = label === null ? undefined : tables.sources.get(label);
    if (source === undefined) continue;
    const mine = rows.filter(({ sourceTable }) => sourceTable === label);
    await readTableAgain(session, repair, tables, source, mine);
  }
}

async function readTableAgain(
  session: RepairSession,
  repair: RepairId,
  tables: RepairTables,
  { shape, digester }: ComparedTable,
  rows: readonly RepairRow[],
): Promise<void> {
  const { config, route, signal, timeoutSeconds, sink } = session;
  const { source } = route.config;
  const { kind } = sourceOf(config, source);
  const conditions = keyConditions(kind, digester.keyColumns, rows, ({ sourcePlace }) =>
    digester.keyCells(sourcePlace ?? ''),
  );
  for (const { where, items } of conditions) {
    await untilIdle(config, source, signal);
    await readAgain(source, shape.id, where, newBackfillId(), [route.name], session);
    const applied = await withDeadline(signal, timeoutSeconds * 1_000, (until) =>
      untilApplied(config, [route], source, shape.id, until),
    );
    signal.throwIfAborted();
    if (!applied) throw notPassed(`${route.name} has not applied the rows in ${timeoutSeconds.toString()} s`);
    const waiting = await waitingRows(config, [route], source, shape.id);
    await sink.repairs.note(repair, await whatCame(session, tables, items, waiting));
  }
}

/** What the target holds of the rows now that they were read and applied. */
async function whatCame(
  { checkable }: RepairSession,
  { targets }: RepairTables,
  rows: readonly RepairRow[],
  waiting: number,
): Promise<readonly RepairRowChange[]> {
  const changes: RepairRowChange[] = [];
  for (const label of new Set(rows.map(({ table }) => table))) {
    const table = targets.get(label);
    if (table === undefined) continue;
    const mine = rows.filter((row) => row.table === label);
    const found = await targetRows(
      checkable,
      table,
      mine.map(({ place }) => place),
    );
    for (const { number, place, planned } of mine) {
      const left = standOf(found.get(place) ?? null);
      changes.push(
        isSame(left, planned)
          ? { ...{ number, from: 'kept', to: 'left' }, explanation: whyNothing(waiting) }
          : { number, from: 'kept', to: 'written', left },
      );
    }
  }
  return changes;
}

function whyNothing(waiting: number): string {
  return waiting === 0
    ? 'it was read again, and nothing came of it: its source row has gone meanwhile, or what the target has is newer'
    : `it was read again, and nothing came of it: ${waiting.toString()} rows of its table wait behind dead letters`;
}
