import { uniqueName } from '../support/stack-file.ts';
import { SOURCE_SCHEMA, openMirrors } from './types/mirrors.ts';
import type { Mirrors, System } from './types/mirrors.ts';

const PATIENCE_MS = 180_000;

/** Tables by name, each with its columns: the first is the key. */
const COMMON: Readonly<Record<string, readonly string[]>> = {
  select: ['order', 'group', 'from'],
  Capital: ['Id', 'MixedCase', 'lower_case'],
  'with space': ['a b', 'voucher-id', 'q"uote', 'back`tick', "apo'strophes", 'dot.ted.', '1st', 'per%cents%'],
  报销单: ['编号', '说明文字'],
  'semi;colon': ['id', 'comma,'],
};
/** Tables that would share a topic, and columns that would be one field in Avro. */
const CROWDED: typeof COMMON = {
  'hyphen-ated': ['id', 'x-y', 'x y', 'x_y'],
  ...{ 人员: ['编号', '姓名', '部门'], 合同: ['编号', '名称'], 付款: ['编号', '摘要'] },
};

const quote: Readonly<Record<System, (name: string) => string>> = {
  mariadb: (name) => `\`${name.replaceAll('`', '``')}\``,
  postgres: (name) => `"${name.replaceAll('"', '""')}"`,
};

describe.each<System>(['mariadb', 'postgres'])('names that are kept apart in %s', (crowded) => {
  let mirrors: Mirrors;
  const tablesOf = (system: System) => (system === crowded ? { ...COMMON, ...CROWDED } : COMMON);
  let databases: Readonly<Record<System, readonly string[]>>;

  beforeAll(async () => {
    const name = uniqueName('names').slice(0, 20);
    const hyphenated = `${name}-x y`;
    mirrors = await openMirrors(name, {
      extraDatabases: [hyphenated],
      naming: { [crowded]: 'unicode' },
    });
    databases = { mariadb: [name], postgres: [SOURCE_SCHEMA] };
    await mirrors.databases.mariadb.query(
      `CREATE DATABASE ${quote.mariadb(hyphenated)} CHARACTER SET utf8mb4`,
    );
    await mirrors.databases.mariadb.query(
      `CREATE TABLE ${quote.mariadb(hyphenated)}.\`只此\` (id INT PRIMARY KEY, v TEXT)`,
    );
    await forEachTable(async (system, table, columns) => {
      const declared = columns.map(
        (column, at) => `${quote[system](column)} ${at === 0 ? 'int PRIMARY KEY' : 'text'}`,
      );
      await mirrors.databases[system].query(`CREATE TABLE ${table} (${declared.join(', ')})`);
    });
    await insert(1);
    await mirrors.databases.mariadb.query(
      `INSERT INTO ${quote.mariadb(hyphenated)}.\`只此\` VALUES (1, 'a')`,
    );
    await mirrors.start();
    for (const { route } of mirrors.directions) await mirrors.check(route);
    await insert(2);
    await mirrors.databases.mariadb.query(
      `INSERT INTO ${quote.mariadb(hyphenated)}.\`只此\` VALUES (2, 'b')`,
    );
  }, PATIENCE_MS);

  afterAll(() => mirrors.close(), PATIENCE_MS);

  async function forEachTable(
    work: (system: System, table: string, columns: readonly string[]) => Promise<void>,
  ): Promise<void> {
    for (const system of ['mariadb', 'postgres'] as const)
      for (const namespace of databases[system])
        for (const [name, columns] of Object.entries(tablesOf(system)))
          await work(system, `${quote[system](namespace)}.${quote[system](name)}`, columns);
  }

  function insert(id: number): Promise<void> {
    return forEachTable(async (system, table, columns) => {
      const values = columns.map((_, at) => (at === 0 ? id : `'${id}.${at}'`));
      await mirrors.databases[system].query(`INSERT INTO ${table} VALUES (${values.join(', ')})`);
    });
  }

  test.each([0, 1, 2, 3])(
    'tables and columns of any name arrive under that name (%i)',
    async (at) => {
      const { from, to, namespace, route } = mirrors.directions[at]!;
      const report = await mirrors.check(route);
      expect([
        report.verdict,
        report.reason,
        report.tables.filter(({ verdict }) => verdict !== 'match'),
      ]).toEqual(['match', null, []]);
      for (const [name, columns] of Object.entries(tablesOf(from))) {
        const q = quote[to];
        const list = columns.map(q).join(', ');
        const rows = await mirrors.databases[to].query(
          `SELECT ${list} FROM ${q(namespace)}.${q(name)} ORDER BY ${q(columns[0]!)}`,
        );
        const expected = [1, 2].map((id) =>
          columns.map((_, column) => (column === 0 ? `${id}` : `${id}.${column}`)),
        );
        expect([name, rows.map((row) => columns.map((column) => String(row[column])))]).toEqual([
          name,
          expected,
        ]);
      }
      if (from !== 'mariadb') return;
      const rows = await mirrors.databases[to].query(
        `SELECT id, v FROM ${namespace}.${quote[to]('只此')} ORDER BY id`,
      );
      expect(rows.map(({ id, v }) => `${String(id)}${String(v)}`)).toEqual(['1a', '2b']);
    },
    PATIENCE_MS,
  );
});
