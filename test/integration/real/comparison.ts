import { rowsOf, tablesOf } from '../types/made-tables.ts';
import type { MadeTable, PlainRow } from '../types/made-tables.ts';
import type { Direction, Mirrors } from '../types/mirrors.ts';
import { plainValue } from '../types/plain-values.ts';

/**
 * What tables and their copies do not have in common, as multisets of rows in the spelling of both systems, read through
 * the databases' own clients; tables that are equal are left out.
 */
export async function differences(
  { databases }: Mirrors,
  { from, to, namespace }: Direction,
  tables: readonly MadeTable[],
): Promise<readonly string[]> {
  const namespaces = [...new Set(tables.map((table) => namespace.replace('*', table.namespace)))];
  const copies = await tablesOf(databases[to], to, `^(${namespaces.join('|')})$`);
  const lines: string[] = [];
  for (const table of tables) {
    const target = namespace.replace('*', table.namespace);
    const copy = copies.find((each) => each.namespace === target && each.name === table.name);
    const source = await rowsOf(databases[from], from, table);
    const rows = copy === undefined ? [] : await rowsOf(databases[to], to, copy);
    const off = [...netCounts(table, source, rows)].filter(([, left]) => left !== 0);
    const [first] = off.map(([row, left]) => `${left > 0 ? 'missing' : 'extra'} ${row.slice(0, 600)}`);
    if (first !== undefined)
      lines.push(`${table.namespace}.${table.name}: ${off.length} of ${source.length} rows, ${first}`);
  }
  return lines;
}

/** How many more times the source has each row than the copy. */
function netCounts(
  { columns }: MadeTable,
  source: readonly PlainRow[],
  copy: readonly PlainRow[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const count = (row: PlainRow, by: number) => {
    const values = columns.map(({ name, type }) => {
      const value = row.get(name);
      if (value === undefined) return 'no such column';
      // An interval is text where there is no such type.
      return type === 'interval' ? plainValue(value, type) : value;
    });
    const text = JSON.stringify(values);
    counts.set(text, (counts.get(text) ?? 0) + by);
  };
  for (const row of source) count(row, 1);
  for (const row of copy) count(row, -1);
  return counts;
}
