import { createChecker } from '../../monitoring/consistency/checker.ts';
import type { CheckedRoute } from '../../monitoring/consistency/checked-route.ts';
import { createMysqlReader } from '../../monitoring/consistency/readers/mysql.ts';
import { createPostgresReader } from '../../monitoring/consistency/readers/postgres.ts';
import type { CheckReport } from '../../monitoring/consistency/report.ts';
import { openMariadb, openPostgres } from '../support/databases.ts';
import type { TestDatabase } from '../support/databases.ts';
import { mirrorInto, passedPorts } from '../unit/monitoring/fixtures.ts';

const COLUMNS =
  'id, claim_no, amount, remark, submitted_at, approved_at, ratio, extra, digest, seal, urgent, day, node';

describe('a check of MariaDB against PostgreSQL', () => {
  let source: TestDatabase;
  let target: TestDatabase;
  let from: string;
  let into: string;
  let route: CheckedRoute;

  beforeAll(async () => {
    source = openMariadb();
    target = openPostgres();
    from = source.reserveNamespace('cf_check');
    into = target.reserveNamespace('cf_check');
    await source.query(`CREATE DATABASE ${from} CHARACTER SET utf8mb4`);
    await source.query(`CREATE TABLE ${from}.claim (
      id BIGINT PRIMARY KEY, claim_no VARCHAR(32) NOT NULL, amount DECIMAL(18,2) NOT NULL, remark TEXT,
      submitted_at DATETIME(3), approved_at TIMESTAMP(6) NULL, ratio FLOAT, extra JSON, digest BINARY(4),
      seal BIGINT UNSIGNED, urgent TINYINT(1) NOT NULL DEFAULT 0, day DATE, node ENUM('draft','done'))`);
    await target.query(`CREATE SCHEMA ${into}`);
    await target.query(`CREATE TABLE ${into}.claim (
      id bigint PRIMARY KEY, claim_no text NOT NULL, amount numeric(18,2) NOT NULL, remark text,
      submitted_at timestamp(3), approved_at timestamptz, ratio real, extra jsonb, digest bytea,
      seal numeric(20,0), urgent smallint NOT NULL, day date, node text, cf_version char(32))`);
    const connection = { ...source.address };
    route = {
      name: 'claims',
      mapping: mirrorInto(into),
      source: createMysqlReader({ connection }),
      target: createPostgresReader({ connection: { ...target.address } }),
      tables: () => Promise.resolve([{ namespace: from, name: 'claim' }]),
      ...passedPorts(),
    };
  });
  afterAll(async () => {
    await source.close();
    await target.close();
  });

  const bothHold = async (rows: readonly { readonly oa: string; readonly finance: string }[]) => {
    await source.query(`DELETE FROM ${from}.claim`);
    await target.query(`DELETE FROM ${into}.claim`);
    for (const { oa, finance } of rows) {
      if (oa !== '')
        await source.query(
          `SET STATEMENT time_zone = '+00:00' FOR INSERT INTO ${from}.claim (${COLUMNS}) VALUES (${oa})`,
        );
      if (finance !== '') await target.query(`INSERT INTO ${into}.claim (${COLUMNS}) VALUES (${finance})`);
    }
  };

  const check = (over: Partial<CheckedRoute> = {}): Promise<CheckReport> =>
    createChecker({ pollMilliseconds: 10 }).check(
      { ...route, ...over },
      { signal: new AbortController().signal, deadlineSeconds: 5 },
    );

  const oa = (id: string, over: Readonly<Record<string, string>> = {}) =>
    values({
      id,
      ...COMMON,
      extra: `'{"b": 1.50, "a": [1, 2]}'`,
      digest: "X'DEADBEEF'",
      urgent: '1',
      ...over,
    });
  const finance = (id: string, over: Readonly<Record<string, string>> = {}) =>
    values({
      id,
      ...COMMON,
      extra: `'{"a": [1, 2], "b": 1.5}'`,
      digest: `'\\xdeadbeef'`,
      urgent: '1',
      ...over,
    });

  test('equal rows match, in whatever way each database writes them', async () => {
    await bothHold([
      { oa: oa('9007199254740993'), finance: finance('9007199254740993') },
      {
        oa: oa('2', { amount: '-0.10', remark: "''", extra: 'NULL', approved_at: 'NULL', ratio: '0' }),
        finance: finance('2', {
          amount: '-0.1',
          remark: "''",
          extra: 'NULL',
          approved_at: 'NULL',
          ratio: '0',
        }),
      },
    ]);
    expect(await check()).toMatchObject({
      verdict: 'match',
      tables: [
        { table: `${into}.claim`, verdict: 'match', rowsCompared: 2, missing: 0, extra: 0, different: 0 },
      ],
    });
  });

  const faults: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
    ['one cent off', { amount: '1234.57' }, ['amount']],
    ['null where there is an empty text', { remark: 'NULL' }, ['remark']],
    ['a text cut short', { claim_no: "'BX-2024-00'" }, ['claim_no']],
    ['an instant eight hours off', { approved_at: "'2024-03-31 23:59:59.123456+08'" }, ['approved_at']],
    ['a wall clock moved to UTC', { submitted_at: "'2024-03-31 15:59:59.999'" }, ['submitted_at']],
    ['another bit of the digest', { digest: "'\\xdeadbeee'" }, ['digest']],
    ['a member less in JSON', { extra: `'{"a": [1, 2]}'` }, ['extra']],
    ['an unsigned number that went through a double', { seal: '18446744073709551614' }, ['seal']],
    ['the day before', { day: "'9999-12-30'" }, ['day']],
    ['two columns at once', { urgent: '0', node: 'NULL' }, ['urgent', 'node']],
  ];

  test.each(faults)('names %s', async (_, fault, columns) => {
    await bothHold([
      { oa: oa('7', { remark: "''" }), finance: finance('7', { remark: "''", ...fault }) },
      { oa: oa('8'), finance: finance('8') },
    ]);
    const report = await check();
    expect(report.tables[0]).toMatchObject({
      verdict: 'mismatch',
      rowsCompared: 2,
      different: 1,
      missing: 0,
      extra: 0,
    });
    expect(report.tables[0]?.keys).toEqual([{ key: '["7"]', kind: 'different', columns, code: null }]);
  });

  test('names a missing and an extra row', async () => {
    await bothHold([
      { oa: oa('1'), finance: '' },
      { oa: '', finance: finance('2') },
      { oa: oa('3'), finance: finance('3') },
    ]);
    const report = await check();
    expect(report.verdict).toBe('mismatch');
    expect(report.tables[0]).toMatchObject({ rowsCompared: 3, missing: 1, extra: 1, different: 0 });
    expect(new Set(report.tables[0]?.keys.map(({ key, kind }) => `${kind} ${key}`))).toEqual(
      new Set(['missing ["1"]', 'extra ["2"]']),
    );
  });
});

const COMMON = {
  claim_no: "'BX-2024-0001 差旅报销𠮷'",
  amount: '1234.56',
  remark: "'审批通过'",
  submitted_at: "'2024-03-31 23:59:59.999'",
  approved_at: "'2024-03-31 23:59:59.123456'",
  ratio: '0.1',
  seal: '18446744073709551615',
  day: "'9999-12-31'",
  node: "'done'",
};

function values(row: Readonly<Record<string, string>>): string {
  return COLUMNS.split(', ')
    .map((name) => row[name] ?? 'NULL')
    .join(', ');
}
