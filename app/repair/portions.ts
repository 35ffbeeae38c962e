import type { ComparedTable } from '../../monitoring/consistency/expected-rows.ts';
import { DEFAULT_BACK_OFF, retrying } from '../../processors/pipeline/retry.ts';
import { rowKeyOf } from '../../schemas/contract/cell.ts';
import type { DeleteGroup, UpsertGroup, Withheld } from '../../schemas/contract/ports.ts';
import type { Version } from '../../schemas/contract/position.ts';
import type { RepairId, RepairRow, RepairRowChange } from '../../schemas/contract/repair.ts';
import type { RepairSession } from './session.ts';
import type { RepairTables } from './tables.ts';

const ROWS_AT_ONCE = 200;

/** Works on rows by table, so many at once; those of tables that are no longer compared are left out. */
export async function eachPortion(
  targets: RepairTables['targets'],
  rows: readonly RepairRow[],
  work: (table: ComparedTable, portion: readonly RepairRow[]) => Promise<void>,
): Promise<void> {
  for (const label of new Set(rows.map(({ table }) => table))) {
    const table = targets.get(label);
    if (table === undefined) continue;
    const mine = rows.filter((row) => row.table === label);
    for (let from = 0; from < mine.length; from += ROWS_AT_ONCE)
      await work(table, mine.slice(from, from + ROWS_AT_ONCE));
  }
}

export function deletesOf(
  { shape, digester }: ComparedTable,
  rows: readonly Pick<RepairRow, 'place'>[],
  version: Version,
): DeleteGroup {
  const keyCells = rows.map(({ place }) => digester.keyCells(place));
  return { table: shape, keyCells, keys: keyCells.map(rowKeyOf), versions: rows.map(() => version) };
}

export interface Portion {
  readonly upserts: readonly UpsertGroup[];
  readonly deletes: readonly DeleteGroup[];
  /** Given the keys of rows that the version guard kept out. */
  readonly changes: (kept: ReadonlySet<string>) => readonly RepairRowChange[];
}

/** Writes rows of one table, and of the repair what became of them, in one transaction. */
export async function writePortion(
  { sink, route, checkable, signal }: RepairSession,
  repair: RepairId,
  { upserts, deletes, changes }: Portion,
): Promise<void> {
  const chain = { route: route.name, topic: checkable.heartbeatTopic, partition: 0 };
  const rows = { mappingVersion: route.mapping.version, clears: [], occurrences: [], upserts, deletes };
  const changesOf = (withheld: readonly Withheld[]) => changes(new Set(withheld.map(({ key }) => key)));
  await retrying(() => sink.repairs.write(repair, chain, rows, changesOf), {
    ...{ signal, backOff: DEFAULT_BACK_OFF, onFailure: () => undefined },
    retriable: ({ code }) => code === 'TARGET_CONFLICT',
  });
}
