import { uniqueName } from '../support/stack-file.ts';
import { DECLARED, REFUSED } from './types/declared.ts';
import { compareTable } from './types/differences.ts';
import { schemaFiles, sharedFolder } from './types/loading.ts';
import { quoted, tablesOf } from './types/made-tables.ts';
import type { MadeTable } from './types/made-tables.ts';
import { openMirrors } from './types/mirrors.ts';
import type { Mirrors, System } from './types/mirrors.ts';
import { saidOf, typesRows } from './types/types-page.ts';

// Schemas with which others test their types: loaded before the snapshot, and written again after it.
const PATIENCE_MS = 600_000;
const folder = sharedFolder();

test.each(DECLARED.map((each) => [`${each.table}.${each.column}`, each] as const))(
  'docs/types.md says what becomes of %s',
  (_, { from, instead, row }) => {
    const rows = typesRows(from === 'mariadb' ? 'MariaDB and MySQL' : 'PostgreSQL');
    for (const to of ['postgres', 'mariadb'] as const)
      expect(saidOf(rows.get(row), to)).toContain(instead === REFUSED ? 'refused' : 'lossy');
  },
);

(folder === null ? describe.skip : describe)('schemas made by others arrive whole', () => {
  let mirrors: Mirrors;
  const tables: Record<System, readonly MadeTable[]> = { mariadb: [], postgres: [] };

  beforeAll(async () => {
    const name = uniqueName('made').slice(0, 18);
    const files = {
      mariadb: schemaFiles(folder ?? '', ['types/dbz_mariadb', 'types/dbz_mysql', 'types/flink_mysql']),
      postgres: schemaFiles(folder ?? '', ['types/dbz_pg', 'types/flink_pg']),
    };
    const databases = files.mariadb.map((_, at) => `${name}_f${at}`);
    mirrors = await openMirrors(name, { extraDatabases: databases, apart: true });
    const { mariadb, postgres } = mirrors.databases;
    // Statements for other servers, and those that need a schema or an extension that is not here, fail.
    const attempt = (system: System, statement: string) =>
      mirrors.databases[system].query(statement).catch(() => undefined);
    for (const [at, file] of files.mariadb.entries()) {
      await mariadb.query(`CREATE DATABASE ${databases[at]!} CHARACTER SET utf8mb4`);
      await mariadb.query(`USE ${databases[at]!}`);
      for (const statement of file.statements) await attempt('mariadb', statement);
      await mariadb.query(`SET SESSION sql_mode = '', foreign_key_checks = 0, time_zone = '+00:00'`);
    }
    for (const extension of ['ltree', 'isn', 'citext', 'hstore'])
      await postgres.query(`CREATE EXTENSION IF NOT EXISTS ${extension}`);
    for (const [at, file] of files.postgres.entries()) {
      await postgres.query(`CREATE SCHEMA f${at}; SET search_path TO f${at}, public`);
      for (const statement of file.statements)
        await attempt('postgres', statement.replaceAll('inventory.', '').replaceAll('test_decimal.', ''));
      // Types alone have no rows: one of defaults.
      for (const { name: table } of await tablesOf(postgres, 'postgres', `^f${at}$`))
        await attempt('postgres', `INSERT INTO f${at}.${quoted.postgres(table)} DEFAULT VALUES`);
    }
    tables.mariadb = await tablesOf(mariadb, 'mariadb', `^${name}_f[0-9]+$`);
    tables.postgres = await tablesOf(postgres, 'postgres', '^(f[0-9]+|inventory)$');
    // As `doctor` asks for it: the log has whole rows of what has no key.
    for (const { namespace, name: table, key } of tables.postgres)
      if (key.length === 0)
        await postgres.query(
          `ALTER TABLE ${quoted.postgres(namespace)}.${quoted.postgres(table)} REPLICA IDENTITY FULL`,
        );
    await mirrors.start();
  }, PATIENCE_MS);

  afterAll(() => mirrors.close(), PATIENCE_MS);

  describe.each(['snapshot', 'stream'] as const)('by %s', (phase) => {
    beforeAll(async () => {
      if (phase === 'stream') await writeAgain(mirrors, tables);
    }, PATIENCE_MS);

    test.each([0, 1, 2, 3])(
      'every value is equal, or what becomes of it is declared, and the check finds exactly those (%i)',
      async (at) => {
        const direction = mirrors.directions[at]!;
        const report = await mirrors.check(direction.route);
        const lines: string[] = [];
        let [rows, found] = [0, 0];
        for (const table of tables[direction.from]) {
          const comparison = await compareTable(mirrors, direction, table, DECLARED);
          lines.push(...comparison.lines);
          rows += comparison.rows;
          found += comparison.found;
        }
        const unproven = report.tables
          .filter(({ verdict }) => verdict === 'inconclusive')
          .map(({ reason }) => reason);
        const findings = report.tables.flatMap(({ table, keys }) => keys.map(({ key }) => `${table}${key}`));
        expect({ reason: report.reason, unproven, lines }).toEqual({ reason: null, unproven: [], lines: [] });
        expect([findings, findings.length]).toEqual([findings, found]);
        expect(rows).toBeGreaterThan(40);
      },
      PATIENCE_MS,
    );
  });
});

/** Every row is written once more, as it is; where MariaDB has no key to replace it by, it is there twice from then on. */
async function writeAgain(
  { databases }: Mirrors,
  tables: Readonly<Record<System, readonly MadeTable[]>>,
): Promise<void> {
  for (const { namespace, name, columns } of tables.mariadb) {
    const table = `${quoted.mariadb(namespace)}.${quoted.mariadb(name)}`;
    const list = columns.map((column) => quoted.mariadb(column.name)).join(', ');
    await databases.mariadb.query(`REPLACE INTO ${table} (${list}) SELECT ${list} FROM ${table}`);
  }
  for (const { namespace, name, key, columns } of tables.postgres) {
    const column = quoted.postgres(key[0] ?? columns[0]?.name ?? '');
    await databases.postgres.query(
      `UPDATE ${quoted.postgres(namespace)}.${quoted.postgres(name)} SET ${column} = ${column}`,
    );
  }
}
