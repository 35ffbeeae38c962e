import type { ComparedTable } from '../../monitoring/consistency/expected-rows.ts';
import type { Version } from '../../schemas/contract/position.ts';
import type { RepairId, RepairRow, RepairRowChange } from '../../schemas/contract/repair.ts';
import { lookAtTables } from './look.ts';
import type { TablesLook } from './look.ts';
import { notPassed, passedVersion } from './passed-version.ts';
import { deletesOf, eachPortion, writePortion } from './portions.ts';
import type { RepairSession } from './session.ts';
import { isSame, standOf, targetRows } from './tables.ts';
import type { RepairTables } from './tables.ts';

/**
 * Deletes rows that no source row makes, as the route would: under the version guard, leaving tombstones. The version is that
 * of a heartbeat from before the source is looked at: what the source does about the row from then on is newer, and comes
 * through. Rows that have changed since they were planned, or that a source row makes by now, are left alone.
 */
export async function deleteRows(
  session: RepairSession,
  repair: RepairId,
  { targets }: RepairTables,
  rows: readonly RepairRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const version = await passedVersion(session);
  const labels = new Set(rows.map(({ table }) => table));
  const look = await lookAtTables(session, labels);
  const decided = rows.filter((row) => look.of(row) !== 'undecided');
  await eachPortion(targets, decided, (table, portion) =>
    deletePortion(session, repair, table, version, look, portion),
  );
  if (decided.length < rows.length) throw notPassed(look.doubt);
}

async function deletePortion(
  session: RepairSession,
  repair: RepairId,
  table: ComparedTable,
  version: Version,
  look: TablesLook,
  rows: readonly RepairRow[],
): Promise<void> {
  const found = await targetRows(
    session.checkable,
    table,
    rows.map(({ place }) => place),
  );
  const left: RepairRowChange[] = [];
  const going: RepairRow[] = [];
  for (const row of rows) {
    const { number, place, planned } = row;
    if (look.of(row) === 'extra' && isSame(standOf(found.get(place) ?? null), planned)) going.push(row);
    else
      left.push({
        ...{ number, from: 'kept', to: 'left' },
        explanation: 'it is another row by now, or a source row makes it',
      });
  }
  await session.sink.repairs.note(repair, left);
  await writePortion(session, repair, {
    upserts: [],
    deletes: [deletesOf(table, going, version)],
    changes: (kept) =>
      going.map(({ number, key }) =>
        kept.has(key)
          ? { ...{ number, from: 'kept', to: 'left' }, explanation: 'its version is newer than the source' }
          : { ...{ number, from: 'kept', to: 'written' }, left: { version: null, digest: null } },
      ),
  });
}
