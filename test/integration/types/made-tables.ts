import type { NativeDatabase } from './native.ts';
import type { System } from './mirrors.ts';
import { plainValue } from './plain-values.ts';

/** A value as {@link plainValue} writes it. */
export type PlainValue = string | null;

/** A table of a source that others have designed. */
export interface MadeTable {
  readonly namespace: string;
  readonly name: string;
  readonly columns: readonly MadeColumn[];
  /** Names of the columns of the primary key, in the order of the columns. */
  readonly key: readonly string[];
}

export interface MadeColumn {
  readonly name: string;
  readonly type: string;
}

export const quoted: Readonly<Record<System, (name: string) => string>> = {
  mariadb: (name) => `\`${name.replaceAll('`', '``')}\``,
  postgres: (name) => `"${name.replaceAll('"', '""')}"`,
};

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** The columns of all tables whose namespace matches, with `s`, `t`, `c`, `type`, and `k` where it is of the key. */
const COLUMNS: Readonly<Record<System, (namespaces: string) => string>> = {
  mariadb: (namespaces) =>
    `SELECT c.table_schema AS s, c.table_name AS t, c.column_name AS c, c.column_type AS type, c.column_key = 'PRI' AS k
     FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema REGEXP ${literal(namespaces)} AND t.table_type = 'BASE TABLE' ORDER BY 1, 2, c.ordinal_position`,
  postgres: (namespaces) =>
    `SELECT n.nspname AS s, c.relname AS t, a.attname AS c, format_type(a.atttypid, a.atttypmod) AS type,
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey::int2[])) AS k
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname ~ ${literal(namespaces)} AND c.relkind = 'r' AND NOT c.relispartition AND a.attnum > 0
       AND NOT a.attisdropped ORDER BY 1, 2, a.attnum`,
};

/** The tables of these namespaces (a regular expression), also those without a key. */
export async function tablesOf(
  database: NativeDatabase,
  system: System,
  namespaces: string,
): Promise<readonly MadeTable[]> {
  const tables = new Map<string, MadeTable & { columns: MadeColumn[]; key: string[] }>();
  for (const row of await database.query(COLUMNS[system](namespaces))) {
    const [namespace, name, column, type, k] = ['s', 't', 'c', 'type', 'k'].map((each) => String(row[each]));
    const label = `${namespace ?? ''}.${name ?? ''}`;
    const table = tables.get(label) ?? { namespace: namespace ?? '', name: name ?? '', columns: [], key: [] };
    table.columns.push({ name: column ?? '', type: type ?? '' });
    if (k === '1' || k === 't') table.key.push(column ?? '');
    tables.set(label, table);
  }
  return [...tables.values()];
}

/** A row's values by column. */
export type PlainRow = ReadonlyMap<string, PlainValue>;

/** All rows, in the spelling of both systems. */
export async function rowsOf(
  database: NativeDatabase,
  system: System,
  table: MadeTable,
): Promise<readonly PlainRow[]> {
  const rows = await textsOf(database, system, table);
  return rows.map(
    (row) => new Map(table.columns.map(({ name, type }) => [name, plainValue(row.get(name) ?? null, type)])),
  );
}

/** All rows, in the text of the server itself; shapes are `SRID;hex` in MariaDB, arrays are JSON. */
export async function textsOf(
  database: NativeDatabase,
  system: System,
  { namespace, name, columns }: MadeTable,
): Promise<readonly PlainRow[]> {
  const q = quoted[system];
  const shown = columns.map((column, at) => `${expression(system, q(column.name), column.type)} AS c${at}`);
  const rows = await database.query(`SELECT ${shown.join(', ')} FROM ${q(namespace)}.${q(name)}`);
  return rows.map((row) => new Map(columns.map((column, at) => [column.name, row[`c${at}`] as PlainValue])));
}

function expression(system: System, name: string, type: string): string {
  if (system === 'postgres') return type.endsWith('[]') ? `array_to_json(${name})::text` : name;
  if (/blob|binary/.test(type)) return `HEX(${name})`;
  if (/geom|point|line|polygon/.test(type)) return `CONCAT(ST_SRID(${name}), ';', HEX(ST_AsWKB(${name})))`;
  if (type.startsWith('bit')) return `BIN(${name} + 0)`;
  return /^(float|double)/.test(type) ? `CAST(${name} + 0e0 AS CHAR)` : `CAST(${name} AS CHAR)`;
}
