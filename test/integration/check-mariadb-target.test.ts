import { createChecker } from '../../monitoring/consistency/checker.ts';
import type { CheckedRoute } from '../../monitoring/consistency/checked-route.ts';
import { createMysqlReader } from '../../monitoring/consistency/readers/mysql.ts';
import { createPostgresReader } from '../../monitoring/consistency/readers/postgres.ts';
import { openMariadb, openPostgres } from '../support/databases.ts';
import type { TestDatabase } from '../support/databases.ts';
import { mirrorInto, passedPorts } from '../unit/monitoring/fixtures.ts';

describe('a check of PostgreSQL against MariaDB', () => {
  let source: TestDatabase;
  let target: TestDatabase;
  let from: string;
  let into: string;
  let route: CheckedRoute;

  beforeAll(async () => {
    source = openPostgres();
    target = openMariadb();
    from = source.reserveNamespace('cf_check');
    into = target.reserveNamespace('cf_check');
    await source.query(`CREATE SCHEMA ${from}`);
    await source.query(`CREATE TABLE ${from}.payment (
      no text, attempt smallint, amount numeric, paid boolean, paid_at timestamptz, bank uuid, data bytea,
      note json, PRIMARY KEY (no, attempt))`);
    await target.query(`CREATE DATABASE ${into} CHARACTER SET utf8mb4`);
    await target.query(`CREATE TABLE ${into}.payment (
      no VARCHAR(64) COLLATE utf8mb4_bin, attempt SMALLINT, amount DECIMAL(38,10), paid TINYINT(1), paid_at DATETIME(6),
      bank CHAR(36), data BLOB, note LONGTEXT, cf_version CHAR(32), PRIMARY KEY (no, attempt))`);
    route = {
      name: 'payments',
      mapping: mirrorInto(into),
      source: createPostgresReader({ connection: { ...source.address } }),
      target: createMysqlReader({ connection: { ...target.address }, zeroDates: 'as-stored' }),
      tables: () => Promise.resolve([{ namespace: from, name: 'payment' }]),
      ...passedPorts(),
    };
  });
  afterAll(async () => {
    await source.close();
    await target.close();
  });

  const UUID = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';
  const check = () =>
    createChecker({ pollMilliseconds: 10 }).check(route, {
      signal: new AbortController().signal,
      deadlineSeconds: 5,
    });

  beforeEach(async () => {
    await source.query(`DELETE FROM ${from}.payment`);
    await target.query(`DELETE FROM ${into}.payment`);
    await source.query(`INSERT INTO ${from}.payment VALUES
      ('P-1', 1, 1.50, true, '2024-07-01 08:00:00.25+08', '${UUID}', '\\x00ff', '{"a": 1.0, "b": 2}'),
      ('p-1', 1, 100, false, NULL, NULL, NULL, NULL)`);
    await target.query(`INSERT INTO ${into}.payment VALUES
      ('P-1', 1, 1.5, 1, '2024-07-01 00:00:00.25', '${UUID.toUpperCase()}', X'00FF', '{"b": 2, "a": 1}', NULL),
      ('p-1', 1, 100, 0, NULL, NULL, NULL, NULL, NULL)`);
  });

  test('equal values match, though no type is the same', async () => {
    expect(await check()).toMatchObject({ verdict: 'match', tables: [{ rowsCompared: 2 }] });
  });

  test.each([
    ["paid_at = '2024-07-01 08:00:00.25'", ['paid_at']],
    ['paid = NULL', ['paid']],
    ['paid = 2', ['paid']],
    ["data = ''", ['data']],
    ['amount = 1.51', ['amount']],
    [`note = '{"a": 1}'`, ['note']],
    ["bank = ''", ['bank']],
  ])('names %s', async (assignment, columns) => {
    await target.query(`UPDATE ${into}.payment SET ${assignment} WHERE no = 'P-1'`);
    const report = await check();
    expect(report.tables[0]?.keys).toEqual([{ key: '["P-1","1"]', kind: 'different', columns, code: null }]);
  });

  test('a key in other letters is another key', async () => {
    await target.query(`UPDATE ${into}.payment SET no = 'P-1 ' WHERE no = 'P-1'`);
    const report = await check();
    expect(report.tables[0]).toMatchObject({ verdict: 'mismatch', missing: 1, extra: 1 });
    expect(new Set(report.tables[0]?.keys.map(({ key }) => key))).toEqual(
      new Set(['["P-1","1"]', '["P-1 ","1"]']),
    );
  });

  test('rows that arrive between two looks do not count', async () => {
    await target.query(`DELETE FROM ${into}.payment WHERE no = 'p-1'`);
    let asked = 0;
    const { positions } = passedPorts();
    const late: CheckedRoute = {
      ...route,
      positions: async () => {
        asked += 1;
        // The second fence lets the route catch up.
        if (asked === 3)
          await target.query(
            `INSERT INTO ${into}.payment VALUES ('p-1', 1, 100, 0, NULL, NULL, NULL, NULL, NULL)`,
          );
        return positions();
      },
    };
    const report = await createChecker({ pollMilliseconds: 10 }).check(late, {
      signal: new AbortController().signal,
      deadlineSeconds: 5,
    });
    expect(report).toMatchObject({ verdict: 'match', rounds: 2 });
  });

  test('a user without the right to read makes it inconclusive, with the reason', async () => {
    const { user, password } = await target.createUser('none');
    const blind: CheckedRoute = {
      ...route,
      target: createMysqlReader({ connection: { ...target.address, user, password } }),
    };
    const report = await createChecker().check(blind, {
      signal: new AbortController().signal,
      deadlineSeconds: 5,
    });
    expect(report).toMatchObject({ verdict: 'inconclusive', rounds: 0 });
    expect(report.reason).toMatch(/cannot read .*: .*denied/);
  });
});
