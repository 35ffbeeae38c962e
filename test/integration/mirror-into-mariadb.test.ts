import { createHmac } from 'node:crypto';
import { freshMirror } from '../support/fresh-mirror.ts';
import type { FreshMirror } from '../support/fresh-mirror.ts';

// The other way than mirror-policies.test.ts: what depends on the kinds of source and target.
const PATIENCE_MS = 180_000;
const SECRET = 'a salt of sixteen or more';

let mirror: FreshMirror;

beforeAll(async () => {
  mirror = await freshMirror('postgresql', [
    `CREATE TABLE voucher (id bigint PRIMARY KEY, amount numeric NOT NULL, paid_at timestamptz, note text,
       flags bit varying(9) DEFAULT B'101')`,
    `INSERT INTO voucher VALUES (1, 1.50, '2024-02-29 08:00:10.500+00', 'a'), (2, 20, NULL, NULL), (3, 0, now(), 'x')`,
  ]);
  mirror.configure((settings) => {
    settings['masking'] = { secret: SECRET };
    Object.assign(settings.routes[0]!, {
      delete: 'soft',
      truncate: 'ignore',
      namespace: `${mirror.name}_*`,
      rename: [{ from: 'public.*', to: 't_*' }],
      tables: [
        // Nobody can carry flags: left out, it is in nobody's way.
        {
          match: ['public.voucher'],
          columns: { exclude: ['flags'] },
          mask: [{ method: 'hash', columns: ['id', 'amount', 'paid_at'] }],
        },
      ],
    });
  });
  // Init has granted the sink another database: the namespace was changed since.
  await mirror.target.query(
    `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER ON ${mirror.name}_public.* TO '${mirror.name}_sink'@'%';
     GRANT SELECT ON ${mirror.name}_public.* TO '${mirror.name}_check'@'%'`,
  );
  await mirror.start();
}, PATIENCE_MS);

afterAll(async () => {
  await mirror.stop();
  await mirror.target.query(`DROP DATABASE IF EXISTS ${mirror.name}_public`);
  await mirror.close();
}, PATIENCE_MS);

const check = () => mirror.check(90);

const hashed = (value: string) => createHmac('sha256', SECRET).update(value).digest('hex');

test(
  'PostgreSQL into MariaDB: snapshot and stream, hashed keys and values of any scale, rows marked as deleted',
  async () => {
    expect(await check()).toMatchObject({ verdict: 'match', tables: [{ rowsCompared: 3 }] });
    for (const statement of [
      'UPDATE voucher SET amount = 1.500, note = NULL WHERE id = 1',
      'DELETE FROM voucher WHERE id = 2',
      'DELETE FROM voucher WHERE id = 3',
      `INSERT INTO voucher VALUES (3, 7, NULL, 'again')`,
    ])
      await mirror.source.query(statement);
    expect(await check()).toMatchObject({ verdict: 'match', tables: [{ rowsCompared: 2, kept: 1 }] });
    const rows = await mirror.target.query(
      `SELECT id, amount, paid_at, note, cf_deleted_at IS NULL AS alive FROM ${mirror.name}_public.t_voucher`,
    );
    expect(new Set(rows)).toEqual(
      new Set([
        {
          id: hashed('1'),
          amount: hashed('1.5'),
          paid_at: hashed('2024-02-29T08:00:10.5Z'),
          note: null,
          alive: 1,
        },
        { id: hashed('2'), amount: hashed('20'), paid_at: null, note: null, alive: 0 },
        { id: hashed('3'), amount: hashed('7'), paid_at: null, note: 'again', alive: 1 },
      ]),
    );
  },
  PATIENCE_MS,
);

test(
  'a mark that was taken off is found',
  async () => {
    await mirror.target.query(`UPDATE ${mirror.name}_public.t_voucher SET cf_deleted_at = NULL`);
    expect(await check()).toMatchObject({ verdict: 'mismatch', tables: [{ extra: 1, different: 0 }] });
  },
  PATIENCE_MS,
);

test(
  'an emptied source leaves rows that no delete has marked: they are extra',
  async () => {
    await mirror.source.query('TRUNCATE voucher');
    expect(await check()).toMatchObject({ verdict: 'mismatch', tables: [{ extra: 3, missing: 0 }] });
  },
  PATIENCE_MS,
);
