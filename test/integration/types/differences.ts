import { REFUSED } from './declared.ts';
import type { Declared } from './declared.ts';
import { rowsOf, tablesOf } from './made-tables.ts';
import type { MadeTable, PlainRow } from './made-tables.ts';
import type { Direction, Mirrors } from './mirrors.ts';

/** How a table and its copy compare. */
export interface Comparison {
  readonly rows: number;
  /** What the copy should not show, or does not show. */
  readonly lines: readonly string[];
  /** How many rows a check must find to be no copies. */
  readonly found: number;
}

/** Compares a table with its copy, through the databases' own clients, and with what is declared of its columns. */
export async function compareTable(
  { databases }: Pick<Mirrors, 'databases'>,
  { from, to, namespace }: Direction,
  table: MadeTable,
  declared: readonly Declared[],
): Promise<Comparison> {
  const own = declared.filter((each) => each.from === from && each.table === table.name);
  const source = await rowsOf(databases[from], from, table);
  const copy = await copyOf({ databases }, to, namespace.replace('*', table.namespace), table);
  const label = `${table.namespace}.${table.name}`;
  const lines: string[] = [];
  let found = 0;
  const named = namer(table);
  const seen = new Set<string>();
  for (const row of source) {
    const met = own.filter(({ column, when }) => when(row.get(column) ?? null));
    const expected = met.some(({ instead }) => instead === REFUSED) ? null : withDeclared(row, met);
    const key = named(expected ?? row);
    const shown = copy.rows.get(key);
    copy.rows.delete(key);
    const ownKey = keyOf(table, row);
    const moved = expected !== null && ownKey !== keyOf(table, expected);
    // Of equal rows without a key the check speaks once.
    if (met.some((each) => each.found) && !seen.has(ownKey)) found += moved ? 2 : 1;
    seen.add(ownKey);
    if (expected === null && shown !== undefined) lines.push(`${label}${key} is no longer refused`);
    else if (expected !== null && shown === undefined) lines.push(`${label}${key} has not come`);
    else if (expected !== null && shown !== undefined)
      lines.push(...cellsOff(expected, shown).map((line) => `${label}${key}.${line}`));
  }
  for (const key of copy.rows.keys()) lines.push(`${label}${key} is not of the source`);
  if (source.length > 0 && !copy.exists && own.every(({ instead }) => instead !== REFUSED))
    lines.push(`${label} has no copy`);
  return { rows: source.length, lines, found };
}

/** The rows of the copy by key; columns that it does not have are absent. */
async function copyOf(
  { databases }: Pick<Mirrors, 'databases'>,
  to: Direction['to'],
  namespace: string,
  { name, key, columns }: MadeTable,
): Promise<{ exists: boolean; rows: Map<string, PlainRow> }> {
  const copy = (await tablesOf(databases[to], to, `^${namespace}$`)).find((each) => each.name === name);
  if (copy === undefined) return { exists: false, rows: new Map() };
  const named = namer({ key, columns });
  const rows = await rowsOf(databases[to], to, copy);
  return { exists: true, rows: new Map(rows.map((row) => [named(row), row])) };
}

/** Names of rows: their keys; without one all their values, and of equal rows a number. */
function namer(table: Pick<MadeTable, 'key' | 'columns'>): (row: PlainRow) => string {
  if (table.key.length > 0) return (row) => keyOf(table, row);
  const met = new Map<string, number>();
  return (row) => {
    const values = keyOf(table, row);
    const count = (met.get(values) ?? 0) + 1;
    met.set(values, count);
    return `${values}#${count}`;
  };
}

function withDeclared(row: PlainRow, met: readonly Declared[]): PlainRow {
  const altered = new Map(row);
  for (const { column, instead } of met) if (instead !== REFUSED) altered.set(column, instead);
  return altered;
}

function keyOf({ key, columns }: Pick<MadeTable, 'key' | 'columns'>, row: PlainRow): string {
  const names = key.length > 0 ? key : columns.map(({ name }) => name);
  return JSON.stringify(names.map((name) => row.get(name)));
}

function cellsOff(expected: PlainRow, shown: PlainRow): readonly string[] {
  return [...expected].flatMap(([column, value]) => {
    const actual = shown.get(column);
    return actual === value ? [] : [`${column}: ${short(actual)} instead of ${short(value)}`];
  });
}

function short(value: string | null | undefined): string {
  return value === undefined ? 'no column' : JSON.stringify(value).slice(0, 200);
}
