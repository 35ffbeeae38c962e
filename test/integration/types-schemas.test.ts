import { uniqueName } from '../support/stack-file.ts';
import { schemaFiles, sharedFolder } from './types/loading.ts';
import { openMirrors } from './types/mirrors.ts';
import type { Direction, Mirrors, System } from './types/mirrors.ts';
import { plainValue } from './types/plain-values.ts';

// Schemas with which others test their types: loaded before the snapshot, and written again after it.
const PATIENCE_MS = 900_000;
const folder = sharedFolder();
const story = folder === null ? describe.skip : describe;

/** Tables whose rows do not all arrive, with the reason that docs/types.md gives. */
const DECLARED: Readonly<Record<string, string>> = {
  dbz_1194_datetime_key_test: 'zero dates in a key, where NULL is not allowed',
  dt_full: 'zero dates where NULL is not allowed: TIMESTAMP is refused',
  bitbin_table: 'bit strings of varying length are refused',
};

interface SourceTable {
  readonly namespace: string;
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly key: readonly string[];
}

const quote: Readonly<Record<System, (name: string) => string>> = {
  mariadb: (name) => `\`${name.replaceAll('`', '``')}\``,
  postgres: (name) => `"${name.replaceAll('"', '""')}"`,
};

story('schemas made by others arrive whole', () => {
  let mirrors: Mirrors;
  const tables: Record<System, readonly SourceTable[]> = { mariadb: [], postgres: [] };

  beforeAll(async () => {
    const name = uniqueName('made').slice(0, 18);
    const files = {
      mariadb: schemaFiles(folder ?? '', ['dbz_mariadb', 'dbz_mysql', 'flink_mysql']),
      postgres: schemaFiles(folder ?? '', ['dbz_pg', 'flink_pg']),
    };
    const databases = files.mariadb.map((_, at) => `${name}_f${at}`);
    mirrors = await openMirrors(name, { extraDatabases: databases, apart: true });
    const { mariadb, postgres } = mirrors.databases;
    for (const [at, file] of files.mariadb.entries()) {
      await mariadb.query(`CREATE DATABASE ${databases[at]!} CHARACTER SET utf8mb4`);
      await mariadb.query(`USE ${databases[at]!}`);
      for (const statement of file.statements) await mariadb.query(statement).catch(() => undefined);
      await mariadb.query(`SET SESSION sql_mode = '', foreign_key_checks = 0, time_zone = '+00:00'`);
    }
    for (const extension of ['ltree', 'isn', 'citext', 'hstore'])
      await postgres.query(`CREATE EXTENSION IF NOT EXISTS ${extension}`);
    for (const [at, file] of files.postgres.entries()) {
      await postgres.query(`CREATE SCHEMA f${at}; SET search_path TO f${at}, public`);
      for (const statement of file.statements)
        await postgres
          .query(statement.replaceAll('inventory.', '').replaceAll('test_decimal.', ''))
          .catch(() => undefined);
      // Types alone have no rows: one of defaults.
      const empty = await postgres.query(
        `SELECT relname FROM pg_class WHERE relnamespace = 'f${at}'::regnamespace AND relkind = 'r'`,
      );
      for (const { relname } of empty)
        await postgres
          .query(`INSERT INTO f${at}.${quote.postgres(String(relname))} DEFAULT VALUES`)
          .catch(() => undefined);
    }
    tables.mariadb = await mariadbTables(mirrors);
    tables.postgres = await postgresTables(mirrors);
    await mirrors.start();
  }, PATIENCE_MS);

  afterAll(() => mirrors.close(), PATIENCE_MS);

  describe.each(['snapshot', 'stream'] as const)('by %s', (phase) => {
    beforeAll(async () => {
      if (phase === 'stream') await writeAgain(mirrors, tables);
    }, PATIENCE_MS);

    test.each([0, 1, 2, 3])(
      'every table is equal, or its difference is declared (%i)',
      async (at) => {
        const direction = mirrors.directions[at]!;
        const report = await mirrors.check(direction.route);
        const off = report.tables.filter(({ verdict, reason }) => verdict !== 'match' && reason === null);
        const lines: string[] = [];
        for (const table of tables[direction.from])
          lines.push(...(await differences(mirrors, direction, table)));
        const declared = Object.keys(DECLARED);
        expect({
          reason: report.reason,
          off: off
            .map(({ table, keys }) => `${table}: ${keys.map((key) => key.columns.join()).join('; ')}`)
            .filter((line) => !declared.some((each) => line.includes(each))),
          lines: lines.filter((line) => !declared.some((each) => line.includes(each))),
        }).toEqual({ reason: null, off: [], lines: [] });
        expect(report.tables.length).toBeGreaterThan(20);
      },
      PATIENCE_MS,
    );
  });
});

async function mariadbTables({ databases, name }: Mirrors): Promise<SourceTable[]> {
  const rows = await databases.mariadb.query(
    `SELECT c.table_schema AS s, c.table_name AS t, c.column_name AS c, c.column_type AS type, c.column_key = 'PRI' AS k
     FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema LIKE '${name}\\_f%' AND t.table_type = 'BASE TABLE' ORDER BY 1, 2, c.ordinal_position`,
  );
  return grouped(rows);
}

async function postgresTables({ databases }: Mirrors): Promise<SourceTable[]> {
  const rows = await databases.postgres.query(
    `SELECT n.nspname AS s, c.relname AS t, a.attname AS c, format_type(a.atttypid, a.atttypmod) AS type,
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey::int2[])) AS k
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname ~ '^f\\d+$' AND c.relkind = 'r' AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, 2, a.attnum`,
  );
  return grouped(rows);
}

function grouped(rows: readonly Record<string, unknown>[]): SourceTable[] {
  const tables = new Map<
    string,
    { namespace: string; name: string; columns: { name: string; type: string }[]; key: string[] }
  >();
  for (const row of rows) {
    const { s, t, c, type, k } = row as Record<string, string>;
    const label = `${s ?? ''}.${t ?? ''}`;
    const table = tables.get(label) ?? { namespace: s ?? '', name: t ?? '', columns: [], key: [] };
    table.columns.push({ name: c ?? '', type: type ?? '' });
    if (String(k) === '1' || k === 't') table.key.push(c ?? '');
    tables.set(label, table);
  }
  // Without a key there is no mirror.
  return [...tables.values()].filter(({ key }) => key.length > 0);
}

/** Every row is written once more, as it is. */
async function writeAgain(
  { databases }: Mirrors,
  tables: Record<System, readonly SourceTable[]>,
): Promise<void> {
  for (const { namespace, name, columns } of tables.mariadb) {
    const table = `${quote.mariadb(namespace)}.${quote.mariadb(name)}`;
    const list = columns.map((column) => quote.mariadb(column.name)).join(', ');
    await databases.mariadb.query(`REPLACE INTO ${table} (${list}) SELECT ${list} FROM ${table}`);
  }
  for (const { namespace, name, key } of tables.postgres) {
    const column = quote.postgres(key[0] ?? '');
    await databases.postgres.query(
      `UPDATE ${quote.postgres(namespace)}.${quote.postgres(name)} SET ${column} = ${column}`,
    );
  }
}

async function differences(
  { databases }: Mirrors,
  { from, to, namespace }: Direction,
  table: SourceTable,
): Promise<readonly string[]> {
  const target = namespace.replace('*', table.namespace);
  const types = await columnTypes(databases[to], to, target, table.name);
  const label = `${table.namespace}.${table.name}`;
  const source = await rowsOf(
    databases[from],
    from,
    table.namespace,
    table,
    new Map(table.columns.map((each) => [each.name, each.type])),
  );
  if (types.size === 0) return source.length === 0 ? [] : [`${label}: no table for ${source.length} rows`];
  const copy = await rowsOf(databases[to], to, target, table, types);
  if (JSON.stringify(source) === JSON.stringify(copy)) return [];
  const at = source.findIndex((row, index) => row !== copy[index]);
  return [
    `${label}: ${source.length}/${copy.length} rows, first ${(source[at] ?? 'none').slice(0, 600)} AGAINST ${(copy[at] ?? 'none').slice(0, 600)}`,
  ];
}

async function columnTypes(
  database: Mirrors['databases'][System],
  system: System,
  namespace: string,
  name: string,
): Promise<Map<string, string>> {
  const rows = await database.query(
    system === 'mariadb'
      ? `SELECT column_name AS c, column_type AS type FROM information_schema.columns WHERE table_schema = '${namespace}' AND table_name = '${name}'`
      : `SELECT a.attname AS c, format_type(a.atttypid, a.atttypmod) AS type FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '${namespace}' AND c.relname = '${name.replaceAll("'", "''")}' AND a.attnum > 0`,
  );
  return new Map(rows.map(({ c, type }) => [String(c), String(type)]));
}

/** Rows as JSON of plain values, in the order of their text. */
async function rowsOf(
  database: Mirrors['databases'][System],
  system: System,
  namespace: string,
  table: SourceTable,
  types: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const q = quote[system];
  const parts = table.columns.map(
    ({ name }, at) => `${expression(system, q(name), types.get(name) ?? '')} AS c${at}`,
  );
  const rows = await database.query(`SELECT ${parts.join(', ')} FROM ${q(namespace)}.${q(table.name)}`);
  return rows
    .map((row) =>
      JSON.stringify(
        table.columns.map(({ name }, at) =>
          plainValue(row[`c${at}`] as string | null, types.get(name) ?? ''),
        ),
      ),
    )
    .sort();
}

function expression(system: System, name: string, type: string): string {
  if (type === '') return 'NULL';
  if (system === 'postgres') return /\[\]$/.test(type) ? `array_to_json(${name})::text` : name;
  if (/blob|binary/.test(type)) return `HEX(${name})`;
  if (/geom|point|line|polygon/.test(type)) return `HEX(ST_AsWKB(${name}))`;
  if (type.startsWith('bit')) return `BIN(${name} + 0)`;
  return /^(float|double)/.test(type) ? `CAST(${name} + 0e0 AS CHAR)` : `CAST(${name} AS CHAR)`;
}
