import pg from 'pg';
import { SHIPPED_DICTIONARY, loadDictionary } from '../../app/dictionary/load.ts';
import { decide } from '../../processors/posting/decide.ts';
import { DOCUMENTS } from '../../schemas/documents/catalogue.ts';
import type { Period } from '../../schemas/posting/period.ts';
import type { PostingStore, WatchedDocument } from '../../schemas/posting/store.ts';
import { change, day } from '../../schemas/posting/example-documents.ts';
import { createBooks } from '../../sinks/ledger/store.ts';
import { auditOf, JOURNAL } from '../support/audited.ts';
import { testStack, uniqueName } from '../support/stack-file.ts';

const { dictionary } = loadDictionary(SHIPPED_DICTIONARY);
const claims = DOCUMENTS.get('expense-claim')!;
const YEAR: Period = {
  code: '2026-03',
  startsOn: day('2026-03-01'),
  endsOn: day('2026-03-31'),
  status: 'open',
};
const APPROVED = '2026-03-05 02:00:00+00';

let admin: pg.Client;
let database: string;
let books: PostingStore;
const watched: WatchedDocument = {
  kind: 'expense-claim',
  header: { ...claims.header, id: { namespace: 'copy', name: 'expense_claim' } },
  parts: { lines: { ...claims.parts['lines']!, id: { namespace: 'copy', name: 'expense_claim_line' } } },
  references: {},
};

beforeAll(async () => {
  database = uniqueName('books');
  const { host, port, user, password } = testStack().postgres;
  const server = new pg.Client({ host, port, user, password, database: 'postgres' });
  await server.connect();
  await server.query(`CREATE DATABASE ${database}`);
  await server.end();
  admin = new pg.Client({ host, port, user, password, database });
  await admin.connect();
  books = createBooks({ ...{ host, port, user, password, database }, namespace: 'own', schema: 'ledger' });
  await books.prepare();
});

afterAll(async () => {
  await books.close();
  await admin.end();
});

const version = change;
const look = (cut: number, periods: readonly Period[] = [YEAR]) =>
  books.post('expense-claim', version(cut), 100, (subject) =>
    decide(claims, subject, { dictionary, periods }, day('2026-03-20')),
  );

async function claim(id: number, at: number, over: Record<string, unknown> = {}): Promise<void> {
  const row = {
    ...{ claim_no: `BX${id}`, applicant_no: 'E10012', department_code: 'D0510', currency: 'CNY' },
    ...{ total_amount: '636.00', status: 'approved', approved_at: APPROVED, is_deleted: false },
    ...{ updated_at: APPROVED, cf_deleted_at: null, ...over },
  };
  const names = Object.keys(row);
  await admin.query(
    `INSERT INTO copy.expense_claim (id, cf_version, ${names.join(', ')})
     VALUES ($1, decode($2, 'hex'), ${names.map((_, index) => `$${index + 3}`).join(', ')})
     ON CONFLICT (id) DO UPDATE SET cf_version = excluded.cf_version, ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    [id, version(at), ...Object.values(row)],
  );
}

async function line(id: number, of: number, at: number, amount = '636.00', tax = '36.00'): Promise<void> {
  await admin.query(
    `INSERT INTO copy.expense_claim_line (id, claim_id, line_no, expense_type, amount, tax_rate, tax_amount, cf_version)
     VALUES ($1, $2, $1::bigint % 1000, 'hotel', $3, 0.06, $4, decode($5, 'hex'))`,
    [id, of, amount, tax, version(at)],
  );
}

const vouchers = async (id: number) =>
  (
    await admin.query<{ voucher_no: string; kind: string; revision: number; total: string }>(
      `SELECT voucher_no, kind, revision, (SELECT sum(amount)::text FROM ledger.voucher_entry e
         WHERE e.voucher_no = v.voucher_no AND side = 'debit') AS total
       FROM ledger.voucher v WHERE document_id = $1 ORDER BY voucher_no`,
      [id],
    )
  ).rows;
const standing = async (id: number) =>
  (
    await admin.query<{ state: string; reason: string | null; voucher_no: string | null; revision: number }>(
      'SELECT state, reason, voucher_no, revision FROM ledger.document WHERE document_id = $1',
      [id],
    )
  ).rows[0];

test('tables that are not there are watched later; what is in them by then is looked at', async () => {
  expect(await books.watch(watched)).toBe(false);
  await admin.query(`
    CREATE SCHEMA copy;
    CREATE TABLE copy.expense_claim (id bigint PRIMARY KEY, claim_no text, applicant_no text, department_code text,
      currency text, total_amount numeric(18,2), status text, approved_at timestamptz, is_deleted boolean,
      updated_at timestamptz, cf_version bytea, cf_deleted_at timestamptz);
    CREATE TABLE copy.expense_claim_line (id bigint PRIMARY KEY, claim_id bigint, line_no int, expense_type text,
      amount numeric(18,2), tax_rate numeric(5,4), tax_amount numeric(18,2), cf_version bytea, cf_deleted_at timestamptz)`);
  await claim(1, 1);
  await line(11, 1, 1);
  expect(await books.watch(watched)).toBe(true);
  expect(await books.watch(watched)).toBe(true);
  expect(await look(1)).toMatchObject({ documents: 1, vouchers: { post: 1, reverse: 0 } });
  expect(await vouchers(1)).toEqual([
    { voucher_no: '2026-03-000001', kind: 'posting', revision: 1, total: '636.00' },
  ]);
  expect(await standing(1)).toEqual({
    state: 'posted',
    reason: null,
    voucher_no: '2026-03-000001',
    revision: 1,
  });
  expect(await look(99)).toMatchObject({ documents: 0 });
});

test('a document is not looked at before all up to its newest change has come', async () => {
  await claim(2, 5);
  expect(await look(6)).toMatchObject({ documents: 1, states: { refused: 1 } });
  expect((await standing(2))?.reason).toBe('the total is not the sum of the lines');
  await claim(2, 10);
  await line(21, 2, 12, '600.00');
  expect(await look(11)).toMatchObject({ documents: 0 });
  await line(22, 2, 12, '36.00', '0');
  expect(await look(12)).toMatchObject({ documents: 1, vouchers: { post: 1 } });
});

test('saved anew, lines marked as deleted and written again: reversal and next revision, without gaps in numbers', async () => {
  await admin.query(
    `UPDATE copy.expense_claim_line SET cf_deleted_at = now(), cf_version = decode($1, 'hex') WHERE claim_id = 1`,
    [version(20)],
  );
  await line(12, 1, 20, '100.00', '0');
  await claim(1, 20, { total_amount: '100.00' });
  await look(20);
  expect(await vouchers(1)).toEqual([
    { voucher_no: '2026-03-000001', kind: 'posting', revision: 1, total: '636.00' },
    { voucher_no: '2026-03-000003', kind: 'reversal', revision: 1, total: '-636.00' },
    { voucher_no: '2026-03-000004', kind: 'posting', revision: 2, total: '100.00' },
  ]);
  await claim(1, 21, { status: 'withdrawn', total_amount: '100.00' });
  await look(21);
  expect(await standing(1)).toMatchObject({ state: 'reversed', voucher_no: null, revision: 2 });
});

test('what waits for a period is looked at again, and posted once it is open', async () => {
  await claim(3, 30);
  await line(31, 3, 30);
  const closed = [{ ...YEAR, status: 'closed' as const }];
  expect(await look(30, closed)).toMatchObject({ states: { parked: 1 } });
  expect(await books.waiting(['expense-claim'], 10)).toMatchObject([
    { number: 'BX3', state: 'parked', reason: expect.stringContaining('no accounting period') as string },
  ]);
  expect(await books.lookAgain('expense-claim')).toBe(1);
  expect(await look(30)).toMatchObject({ vouchers: { post: 1 } });
  expect(await books.summary(['expense-claim'])).toMatchObject({ pending: 0, waiting: { parked: 0 } });
});

test('what is new does not wait behind what is looked at again', async () => {
  const closed: Period = { ...YEAR, status: 'closed' };
  await claim(4, 31);
  await line(41, 4, 31);
  expect(await look(31, [closed])).toMatchObject({ states: { parked: 1 } });
  expect(await books.lookAgain('expense-claim')).toBe(1);
  await claim(5, 32);
  await line(51, 5, 32);
  const taken: string[] = [];
  await books.post('expense-claim', version(32), 1, (subject) => {
    taken.push(subject.id);
    return decide(claims, subject, { dictionary, periods: [YEAR] }, day('2026-03-20'));
  });
  expect(taken).toEqual(['5']);
  expect(await look(32)).toMatchObject({ documents: 1, vouchers: { post: 1 } });
});

test.each([
  ["UPDATE ledger.voucher SET description = ''", /is not changed/],
  ['DELETE FROM ledger.voucher_entry', /is not changed/],
  ['TRUNCATE ledger.voucher_entry', /is not changed/],
  ['TRUNCATE ledger.voucher CASCADE', /is not changed/],
  [
    `INSERT INTO ledger.voucher_entry VALUES ('2026-03-000001', 99, 'debit', '6602', NULL, NULL, 'x', 1, 1)`,
    /not balanced/,
  ],
  [
    `INSERT INTO ledger.voucher SELECT 'again', document_kind, document_id, 7, kind, period, voucher_date, currency, minor_units,
       base_currency, base_minor_units, rate, description, content, codes FROM ledger.voucher WHERE voucher_no = '2026-03-000002'`,
    /duplicate key.*live_voucher/,
  ],
  [
    `INSERT INTO ledger.voucher SELECT 'again', document_kind, document_id, revision, 'reversal', period, voucher_date, currency,
       minor_units, base_currency, base_minor_units, rate, description, content, codes FROM ledger.voucher WHERE voucher_no = '2026-03-000004'`,
    /duplicate key|does not stand/,
  ],
])('the database itself refuses: %s', async (statement, reason) => {
  await expect(admin.query(statement)).rejects.toThrow(reason);
});

test('two at once post each document once', async () => {
  for (let id = 100; id < 160; id += 1) {
    await claim(id, 40);
    await line(id * 10, id, 40);
  }
  const half = () =>
    books.post('expense-claim', version(40), 20, (subject) =>
      decide(claims, subject, { dictionary, periods: [YEAR] }, day('2026-03-20')),
    );
  const all = async () => {
    for (let left = 60; left > 0;) {
      const outcomes = await Promise.allSettled([half(), half(), half()]);
      for (const outcome of outcomes)
        if (outcome.status === 'fulfilled') left -= outcome.value.documents;
        else expect(outcome.reason).toMatchObject({ code: 'TARGET_CONFLICT' });
    }
  };
  await all();
  const { rows } = await admin.query<{ count: string; numbers: string }>(
    `SELECT count(*)::text AS count, count(DISTINCT voucher_no)::text AS numbers FROM ledger.voucher WHERE length(document_id) = 3`,
  );
  expect(rows).toEqual([{ count: '60', numbers: '60' }]);
});

describe('the journal of the books', () => {
  const audited = async () => {
    const { host, port, user, password } = testStack().postgres;
    const address = { host, port, user, password, database };
    const { tables, chains } = await auditOf({ dialect: 'postgres', address }, 'own', []);
    expect(chains.flatMap(({ findings }) => findings)).toEqual([]);
    return Object.fromEntries(
      tables.map(({ table, altered, removed, added, findings }) => [
        table,
        [
          ...findings.map(({ fault, key }) => `${fault} ${key}`).sort(),
          ...(altered + removed + added === 0 ? ['as posted'] : []),
        ],
      ]),
    );
  };
  const AS_POSTED = {
    'ledger.voucher': ['as posted'],
    'ledger.voucher_entry': ['as posted'],
  };

  test('takes in what was posted before it, tells of what is posted, and names what a superuser alters, removes or adds', async () => {
    const { host, port, user, password } = testStack().postgres;
    const access = { host, port, user, password, database };
    const journaled = createBooks({ ...access, namespace: 'own', schema: 'ledger', journal: JOURNAL });
    const post = () =>
      journaled.post('expense-claim', version(50), 100, (subject) =>
        decide(claims, subject, { dictionary, periods: [YEAR] }, day('2026-03-20')),
      );
    try {
      await journaled.prepare();
      await journaled.watch(watched);
      expect(await post()).toMatchObject({ documents: 0 });
      expect(await audited()).toEqual({});
      await claim(200, 50);
      await line(2000, 200, 50);
      expect(await post()).toMatchObject({ vouchers: { post: 1 } });
      expect(await audited()).toEqual(AS_POSTED);
      await claim(201, 50);
      await line(2010, 201, 50);
      expect(await post()).toMatchObject({ vouchers: { post: 1 } });
      expect(await audited()).toEqual(AS_POSTED);
    } finally {
      await journaled.close();
    }
    // As only a superuser can.
    await admin.query(`SET session_replication_role = replica;
      UPDATE ledger.voucher_entry SET amount = amount + 0.01 WHERE voucher_no = '2026-03-000001' AND line_no = 1;
      UPDATE ledger.voucher SET posted_at = posted_at - interval '1 day' WHERE voucher_no = '2026-03-000002';
      DELETE FROM ledger.voucher_entry WHERE voucher_no = '2026-03-000002' AND line_no = 2;
      INSERT INTO ledger.voucher_entry VALUES ('2026-03-000002', 9, 'debit', '6602', NULL, NULL, 'x', 1, 1);
      SET session_replication_role = DEFAULT`);
    expect(await audited()).toEqual({
      'ledger.voucher': ['altered ["2026-03-000002"]'],
      'ledger.voucher_entry': [
        'added ["2026-03-000002","9"]',
        'altered ["2026-03-000001","1"]',
        'removed ["2026-03-000002","2"]',
      ],
    });
  });
});
