import { tablesOf, textsOf } from '../integration/types/made-tables.ts';
import type { PlainRow, PlainValue } from '../integration/types/made-tables.ts';
import type { TypeRow } from '../integration/types/type-tables.ts';
import { rowsUntil } from '../integration/types/type-tables.ts';
import type { TypeCase } from '../integration/types/type-case.ts';
import type { Place } from './event-outcome.ts';
import type { Column, Verdict } from './type-verdict.ts';
import { judge } from './type-verdict.ts';

/** What became of a column type in a target of a sink. */
export interface TableOutcome {
  /** The type of the column that the sink has made; null without a table or a column. */
  readonly column: string | null;
  readonly values: readonly ValueOutcome[];
}

export interface ValueOutcome {
  readonly row: TypeRow;
  /** What the source shows. */
  readonly wanted: PlainValue;
  readonly verdict: Verdict;
}

/** The tables of a place by name, each as its server shows it. */
export type ShownTables = ReadonlyMap<string, ShownTable>;

interface ShownTable {
  /** The column `v`. */
  readonly column: Column | null;
  readonly rows: ReadonlyMap<number, PlainRow>;
}

export async function shownTables({ database, system, namespace }: Place): Promise<ShownTables> {
  const shown = new Map<string, ShownTable>();
  for (const table of await tablesOf(database, system, `^${namespace}$`)) {
    const type = table.columns.find(({ name }) => name === 'v')?.type;
    const rows = await textsOf(database, system, table);
    shown.set(table.name, {
      column: type === undefined ? null : { system, type },
      rows: new Map(rows.map((row) => [Number(row.get('id')), row])),
    });
  }
  return shown;
}

/** Compares the rows of a case's table with their copies, each as its own server shows it. */
export function outcomeOf(
  each: TypeCase,
  name: string,
  sources: ShownTables,
  targets: ShownTables,
): TableOutcome {
  const source = sources.get(name);
  const target = targets.get(name);
  const column = source?.column;
  if (source === undefined || column === undefined || column === null)
    throw new Error(`the source has no table ${name}`);
  const verdictOf = (id: number, wanted: PlainValue): Verdict => {
    const shown = target?.rows.get(id);
    if (shown === undefined) return { is: 'missing' };
    if (target?.column === undefined || target.column === null) return { is: 'no column' };
    return judge(column, wanted, target.column, shown.get('v') ?? null);
  };
  return {
    column: target?.column?.type ?? null,
    values: rowsUntil('stream', each).map((row) => {
      const wanted = source.rows.get(row.id)?.get('v') ?? null;
      return { row, wanted, verdict: verdictOf(row.id, wanted) };
    }),
  };
}
