import { rowsOf, tablesOf } from '../integration/types/made-tables.ts';
import type { PlainRow } from '../integration/types/made-tables.ts';
import type { System } from '../integration/types/mirrors.ts';
import type { NativeDatabase } from '../integration/types/native.ts';
import { shownAs } from './markdown.ts';

/** A place of tables. */
export interface Place {
  readonly database: NativeDatabase;
  readonly system: System;
  readonly namespace: string;
}

/** How a copy differs from its source, in words; null when every row and value is right. */
export async function differenceOf(table: string, source: Place, target: Place): Promise<string | null> {
  const [original, copy] = [await tableIn(source, table), await tableIn(target, table)];
  if (original === null) throw new Error(`the source has no table ${table}`);
  if (copy === null) return original.rows.length === 0 ? null : 'no table';
  const rows = new Map(copy.rows.map((row) => [keyOf(original.key, row), row]));
  if (original.key.length === 0) return difference(counted(original.rows), counted(copy.rows));
  const said: string[] = [];
  for (const row of original.rows) {
    const key = keyOf(original.key, row);
    const there = rows.get(key);
    rows.delete(key);
    if (there === undefined) said.push(`row ${key} is missing`);
    else
      for (const [column, value] of row)
        if (there.get(column) !== value)
          said.push(`row ${key} has ${quote(there.get(column))} in \`${column}\` instead of ${quote(value)}`);
  }
  for (const key of rows.keys()) said.push(`row ${key} should not be there`);
  return said.length === 0 ? null : said.join('; ');
}

interface Table {
  readonly key: readonly string[];
  readonly rows: readonly PlainRow[];
}

async function tableIn({ database, system, namespace }: Place, name: string): Promise<Table | null> {
  const table = (await tablesOf(database, system, `^${namespace}$`)).find((each) => each.name === name);
  return table === undefined ? null : { key: table.key, rows: await rowsOf(database, system, table) };
}

const keyOf = (key: readonly string[], row: PlainRow) =>
  key.map((column) => row.get(column) ?? 'NULL').join(', ');

/** How often each row is there; columns that only the target has do not count. */
function counted(rows: readonly PlainRow[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const text = [...row]
      .filter(([column]) => !column.startsWith('cf_'))
      .map(([, value]) => quote(value))
      .join(', ');
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

function difference(original: ReadonlyMap<string, number>, copy: ReadonlyMap<string, number>): string | null {
  const rows = new Set([...original.keys(), ...copy.keys()]);
  const said = [...rows].flatMap((row) => {
    const [wanted, there] = [original.get(row) ?? 0, copy.get(row) ?? 0];
    return wanted === there ? [] : [`row (${row}) is there ${times(there)} instead of ${times(wanted)}`];
  });
  return said.length === 0 ? null : said.join('; ');
}

const times = (count: number) => (count === 0 ? 'not at all' : count === 1 ? 'once' : `${count} times`);

const quote = (value: string | null | undefined) => shownAs(value, 40);
