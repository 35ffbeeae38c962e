import { createHmac } from 'node:crypto';
import type { CheckReport, TableReport } from '../../monitoring/consistency/report.ts';
import { freshMirror } from '../support/fresh-mirror.ts';
import type { FreshMirror } from '../support/fresh-mirror.ts';
import { Pipeline } from '../support/pipeline.ts';

// One mirror with every policy at once, from a configuration that init wrote; each test goes on from the one before.
const PATIENCE_MS = 180_000;
const SECRET = 'a salt of sixteen or more';
const hashed = (value: string) => createHmac('sha256', SECRET).update(value).digest('hex');

let mirror: FreshMirror;
let pipeline: Pipeline;

beforeAll(async () => {
  mirror = await freshMirror('mariadb', [
    `CREATE TABLE employee (no VARCHAR(20) PRIMARY KEY, name VARCHAR(50), id_card VARCHAR(20), phone VARCHAR(20),
       salary DECIMAL(18,2) NOT NULL, photo BLOB)`,
    'CREATE TABLE account (card VARCHAR(20) PRIMARY KEY, id_card VARCHAR(20), balance DECIMAL(18,2))',
    'CREATE TABLE t_dept (id BIGINT PRIMARY KEY, title VARCHAR(50))',
    'CREATE TABLE act_log (id BIGINT PRIMARY KEY, what TEXT)',
    'CREATE TABLE roster (day DATE NOT NULL, who VARCHAR(20) NOT NULL, note TEXT)',
    `INSERT INTO roster VALUES ('2024-02-29', '张伟', 'a'), ('2024-02-29', '李娜', 'b'), ('2024-03-01', '张伟', NULL)`,
    `INSERT INTO employee VALUES ('E1', '张伟', '110101199003071234', '13812345678', 9000.00, X'00'),
       ('E2', '𠮷田', NULL, '12', 1.50, NULL), ('E3', '', '', '', 0, NULL)`,
    `INSERT INTO account VALUES ('6222-1', '110101199003071234', 10), ('6222-2', NULL, 20.50)`,
    `INSERT INTO t_dept VALUES (1, 'finance'), (2, 'sales'), (3, 'legal')`,
    `INSERT INTO act_log VALUES (1, 'a'), (2, 'b'), (3, 'c')`,
  ]);
  mirror.configure((settings) => {
    settings['masking'] = { secret: SECRET };
    // Init has left this one out: it has no key of its own.
    Object.assign(settings.sources[mirror.plan.sourceName]!, {
      exclude: [],
      keys: { [`${mirror.name}.roster`]: ['day', 'who'] },
    });
    Object.assign(settings.routes[0]!, {
      rename: [{ from: '*.t_*', to: '{2}' }],
      tables: [
        { match: ['*.*'], mask: [{ method: 'hash', columns: ['id_card', 'card'] }] },
        {
          match: ['*.employee'],
          columns: { exclude: ['photo'] },
          mask: [
            { method: 'partial', columns: ['phone'], keepLast: 4 },
            { method: 'nullify', columns: ['salary'] },
          ],
        },
        { match: ['*.t_dept'], delete: 'soft' },
        { match: ['*.act_log'], delete: 'ignore', truncate: 'ignore' },
      ],
    });
  });
  pipeline = await mirror.start();
}, PATIENCE_MS);

afterAll(async () => {
  await mirror.stop();
  await mirror.close();
}, PATIENCE_MS);

const check = () => mirror.check(90);

const tableOf = ({ tables }: CheckReport, name: string): TableReport =>
  tables.find(({ table }) => table === `${mirror.name}_mirror.${name}`)!;
const rows = (table: string, columns: string) =>
  mirror.target.query(`SELECT ${columns} FROM ${mirror.name}_mirror.${table} ORDER BY 1`);

test(
  'the snapshot arrives renamed, masked and without what is left out, and the check proves it',
  async () => {
    const report = await check();
    expect(report).toMatchObject({ verdict: 'match', reason: null });
    expect(
      report.tables.map(({ table, rowsCompared }) => [table.split('.')[1], rowsCompared]).sort(),
    ).toEqual([
      ['account', 2],
      ['act_log', 3],
      ['dept', 3],
      ['employee', 3],
      ['roster', 3],
    ]);
    expect(await rows('employee', 'no, name, id_card, phone, salary')).toEqual([
      { no: 'E1', name: '张伟', id_card: hashed('110101199003071234'), phone: '*******5678', salary: null },
      { no: 'E2', name: '𠮷田', id_card: null, phone: '**', salary: null },
      { no: 'E3', name: '', id_card: hashed(''), phone: '', salary: null },
    ]);
    const cards = await rows('account', 'card, id_card');
    expect(cards).toContainEqual({ card: hashed('6222-1'), id_card: hashed('110101199003071234') });
    const columns = await mirror.target.query(
      `SELECT column_name FROM information_schema.columns WHERE table_schema = '${mirror.name}_mirror' AND column_name IN ('photo', 'cf_deleted_at')`,
    );
    expect(columns).toEqual([{ column_name: 'cf_deleted_at' }]);
  },
  PATIENCE_MS,
);

test(
  'the stream does as well: changed keys, deletes by each policy, a row that comes back, a truncate',
  async () => {
    for (const statement of [
      `UPDATE employee SET phone = '13900001111', id_card = '2' WHERE no = 'E2'`,
      `DELETE FROM employee WHERE no = 'E3'`,
      `UPDATE account SET card = '6222-3' WHERE card = '6222-2'`,
      `DELETE FROM t_dept WHERE id IN (2, 3)`,
      `INSERT INTO t_dept VALUES (3, 'legal again'), (4, 'new')`,
      `UPDATE t_dept SET id = 5 WHERE id = 4`,
      `DELETE FROM act_log WHERE id = 1`,
      `TRUNCATE act_log`,
      `INSERT INTO act_log VALUES (9, 'after')`,
      `UPDATE roster SET note = 'changed' WHERE who = '李娜'`,
      `DELETE FROM roster WHERE day = '2024-03-01'`,
    ])
      await mirror.source.query(statement);
    const report = await check();
    expect(report).toMatchObject({ verdict: 'match', reason: null });
    expect(tableOf(report, 'dept')).toMatchObject({ rowsCompared: 3, kept: 2 });
    expect(tableOf(report, 'act_log')).toMatchObject({ rowsCompared: 1, kept: 3 });
    expect(await rows('employee', 'no, id_card, phone')).toEqual([
      { no: 'E1', id_card: hashed('110101199003071234'), phone: '*******5678' },
      { no: 'E2', id_card: hashed('2'), phone: '*******1111' },
    ]);
    expect(new Set((await rows('account', 'card')).map(({ card }) => card))).toEqual(
      new Set([hashed('6222-1'), hashed('6222-3')]),
    );
    const depts = await rows('dept', 'id, title, cf_deleted_at IS NULL AS alive');
    expect(depts).toEqual([
      { id: '1', title: 'finance', alive: true },
      { id: '2', title: 'sales', alive: false },
      { id: '3', title: 'legal again', alive: true },
      { id: '4', title: 'new', alive: false },
      { id: '5', title: 'new', alive: true },
    ]);
    const [deleted] = await rows('dept', 'max(cf_deleted_at) AS at');
    expect(Math.abs(Date.now() - (deleted!['at'] as Date).getTime())).toBeLessThan(PATIENCE_MS);
    expect(await rows('roster', 'who, note')).toEqual([
      { who: '张伟', note: 'a' },
      { who: '李娜', note: 'changed' },
    ]);
    const metrics = await pipeline.metrics();
    expect(metrics).toMatch(/rule="delete-ignored"[^\n]* 1\n/);
    expect(metrics).toMatch(/rule="truncate-ignored"[^\n]* 1\n/);
    expect(metrics).not.toMatch(/^counterfoil_dead_letters_total\{[^\n]* [1-9]/m);
  },
  PATIENCE_MS,
);

test.each<[string, string, (name: string) => string, (name: string) => string, object]>([
  [
    'a masked value that was changed',
    'employee',
    (name) => `UPDATE ${name}_mirror.employee SET phone = '*******5679' WHERE no = 'E1'`,
    (name) => `UPDATE ${name}_mirror.employee SET phone = '*******5678' WHERE no = 'E1'`,
    { different: 1, keys: [{ key: '["E1"]', columns: ['phone'] }] },
  ],
  [
    'a hidden value that came to light',
    'employee',
    (name) => `UPDATE ${name}_mirror.employee SET salary = 9000 WHERE no = 'E1'`,
    (name) => `UPDATE ${name}_mirror.employee SET salary = NULL WHERE no = 'E1'`,
    { different: 1, keys: [{ columns: ['salary'] }] },
  ],
  [
    'a deleted row without its mark',
    'dept',
    (name) => `UPDATE ${name}_mirror.dept SET cf_deleted_at = NULL WHERE id = 2`,
    (name) => `UPDATE ${name}_mirror.dept SET cf_deleted_at = now() WHERE id = 2`,
    { extra: 1, keys: [{ key: '["2"]', kind: 'extra' }] },
  ],
  [
    'a living row with a mark',
    'dept',
    (name) => `UPDATE ${name}_mirror.dept SET cf_deleted_at = now() WHERE id = 1`,
    (name) => `UPDATE ${name}_mirror.dept SET cf_deleted_at = NULL WHERE id = 1`,
    { different: 1, keys: [{ key: '["1"]', columns: ['cf_deleted_at'] }] },
  ],
  [
    'a changed row beside kept ones',
    'act_log',
    (name) => `UPDATE ${name}_mirror.act_log SET what = 'tampered' WHERE id = 9`,
    (name) => `UPDATE ${name}_mirror.act_log SET what = 'after' WHERE id = 9`,
    { different: 1, kept: 3, keys: [{ key: '["9"]', columns: ['what'] }] },
  ],
])(
  '%s is found',
  async (_, table, tamper, mend, found) => {
    await mirror.target.query(tamper(mirror.name));
    const report = await check();
    expect(report.verdict).toBe('mismatch');
    expect(tableOf(report, table)).toMatchObject({ verdict: 'mismatch', ...found });
    await mirror.target.query(mend(mirror.name));
    expect((await check()).verdict).toBe('match');
  },
  PATIENCE_MS,
);

test(
  'a configuration that asks for what cannot be done stops the route, and says why',
  async () => {
    await pipeline.drain();
    mirror.configure(({ routes }) => {
      (routes[0]!['tables'] as object[]).push({
        match: ['*.t_dept'],
        mask: [{ method: 'partial', columns: ['id'], keepLast: 1 }],
      });
    });
    const stubborn = new Pipeline(mirror.configFile);
    await mirror.source.query(`UPDATE t_dept SET title = 'x' WHERE id = 1`);
    await stubborn.untilReadiness(({ body }) => body.includes('"stopped"'));
    expect((await stubborn.readiness()).body).toMatch(
      /CONFIGURATION_INVALID.*t_dept\.id: a key column cannot be shown in part/s,
    );
    await stubborn.kill('SIGTERM');
  },
  PATIENCE_MS,
);
