import pg from 'pg';
import { change } from '../../schemas/posting/example-documents.ts';
import type { Decision, PostingStore, Subject, WatchedDocument } from '../../schemas/posting/store.ts';
import { createBooks } from '../../sinks/ledger/store.ts';
import { testStack, uniqueName } from '../support/stack-file.ts';

const table = (name: string, columns: string[]) => ({ id: { namespace: 'copy', name }, columns });

/** Rows that belong to a document by two steps, a state that is another table's, master data: in capitals, or not. */
const claims: WatchedDocument = {
  kind: 'expense-claim',
  header: { ...table('form', ['amount', 'staff']), document: 'requestid' },
  parts: {
    request: {
      ...table('request', ['state']),
      document: { column: 'requestid', of: 'header', its: 'requestid' },
      only: { workflowid: ['7', "o'ne"] },
    },
    details: { ...table('detail', ['fee']), document: { column: 'mainid', of: 'header', its: 'id' } },
    notes: {
      ...table('note', ['words']),
      document: { column: ['detail', 'side'], of: 'details', its: ['id', 'side'] },
    },
  },
  references: {
    staff: { ...table('staff', ['no']), document: { column: 'id', of: 'header', its: 'staff' } },
  },
};
/** Another kind of document, of some of the same tables. */
const payments: WatchedDocument = {
  kind: 'payment',
  header: { ...table('detail', ['fee']), document: ['mainid', 'id'] },
  parts: {},
  references: {},
};

let admin: pg.Client;
let books: PostingStore;
let otherBooks: PostingStore;

beforeAll(async () => {
  const database = uniqueName('parts');
  const { host, port, user, password } = testStack().postgres;
  await onServer((server) => server.query(`CREATE DATABASE ${database}`));
  admin = new pg.Client({ host, port, user, password, database });
  await admin.connect();
  const own = 'cf_version bytea, cf_deleted_at timestamptz';
  await admin.query(`
    CREATE SCHEMA copy;
    CREATE TABLE copy.form (id int PRIMARY KEY, "requestId" text, amount numeric(10,2), staff text, ${own});
    CREATE TABLE copy.request ("REQUESTID" bigint PRIMARY KEY, "WORKFLOWID" int, "STATE" text, ${own});
    CREATE TABLE copy.detail (id bigint PRIMARY KEY, mainid bigint, side text, fee text, ${own});
    CREATE TABLE copy.note (id int PRIMARY KEY, detail int, side text, words text, ${own});
    CREATE TABLE copy.staff (id int PRIMARY KEY, no text, cf_version bytea)`);
  const options = { host, port, user, password, database, namespace: 'own' };
  books = createBooks({ ...options, schema: 'ledger' });
  otherBooks = createBooks({ ...options, schema: 'other' });
  for (const each of [books, otherBooks]) {
    await each.prepare();
    expect(await each.watch(claims)).toBe(true);
  }
  expect(await books.watch(payments)).toBe(true);
});

afterAll(async () => {
  await books.close();
  await otherBooks.close();
  const { database } = admin;
  await admin.end();
  await onServer((server) => server.query(`DROP DATABASE ${database!} WITH (FORCE)`));
});

async function onServer(work: (server: pg.Client) => Promise<unknown>): Promise<void> {
  const { host, port, user, password } = testStack().postgres;
  const server = new pg.Client({ host, port, user, password, database: 'postgres' });
  await server.connect();
  await work(server);
  await server.end();
}

const at = (nth: number) => `decode('${change(nth)}', 'hex')`;
const insert = (name: string, nth: number, ...values: (string | number | null)[]) =>
  admin.query(
    `INSERT INTO copy.${name} VALUES (${values.map((_, n) => `$${n + 1}`).join(', ')}, ${at(nth)})`,
    values,
  );

const NOTHING: Decision = {
  ...{ plan: { kind: 'nothing', why: 'not-due' }, number: null, state: 'none', reason: null },
};
/** What is looked at up to a cut. */
async function look(
  cut: number,
  kind: 'expense-claim' | 'payment' = 'expense-claim',
  store = books,
): Promise<Subject[]> {
  const subjects: Subject[] = [];
  await store.post(kind, change(cut), 100, (subject) => {
    subjects.push(subject);
    return NOTHING;
  });
  return subjects.sort((a, b) => (a.id < b.id ? -1 : 1));
}
const ids = (subjects: readonly Subject[]) => subjects.map(({ id }) => id);

test('rows are found over one table and over two, by several columns, in whatever case, with master data', async () => {
  await insert('staff', 1, 5, 'E10005');
  await insert('form', 2, 1, '900', '100.00', '5');
  await insert('request', 3, 900, 7, 'archived');
  await insert('detail', 4, 11, 1, 'L', 'taxi');
  await insert('note', 5, 111, 11, 'L', 'to the airport');
  await insert('note', 5, 112, 11, 'R', 'of another');
  expect(await look(4)).toEqual([]);
  expect(await look(5)).toMatchObject([
    {
      id: '900',
      version: change(5),
      rows: {
        header: { amount: '100.00', staff: '5' },
        parts: {
          request: [{ state: 'archived' }],
          details: [{ fee: 'taxi' }],
          notes: [{ words: 'to the airport' }],
        },
        references: { staff: [{ no: 'E10005' }] },
      },
    },
  ]);
  expect(await look(5)).toEqual([]);
});

test('the books of another schema and another kind of document have notes of their own', async () => {
  expect(ids(await look(5, 'expense-claim', otherBooks))).toEqual(['900']);
  expect(ids(await look(5, 'payment'))).toEqual(['1/11']);
});

test('a row that came before the ones it belongs through is looked at with them, not before its own change is whole', async () => {
  await insert('note', 20, 211, 21, 'L', 'early');
  await insert('request', 12, 901, 7, 'created');
  await insert('detail', 11, 21, 2, 'L', 'hotel');
  expect(await look(30)).toEqual([]);
  await insert('form', 10, 2, '901', '50.00', '6');
  expect(await look(15)).toEqual([]);
  expect(await look(19)).toEqual([]);
  expect(await look(20)).toMatchObject([
    {
      id: '901',
      version: change(20),
      rows: {
        parts: { request: [{ state: 'created' }], notes: [{ words: 'early' }] },
        references: { staff: [] },
      },
    },
  ]);
});

test('a row that goes from one document to another touches both, also over two tables', async () => {
  await admin.query(`UPDATE copy.note SET detail = 11, cf_version = ${at(31)} WHERE id = 211`);
  const [first, second] = await look(31);
  expect(first).toMatchObject({
    id: '900',
    rows: { parts: { notes: [{ words: 'to the airport' }, { words: 'early' }] } },
  });
  expect(second).toMatchObject({ id: '901', rows: { parts: { notes: [] } } });
  await admin.query(`UPDATE copy.detail SET mainid = 2, cf_version = ${at(32)} WHERE id = 11`);
  expect(ids(await look(32))).toEqual(['900', '901']);
});

test('a header that gets its id late brings its rows', async () => {
  await insert('form', 40, 3, null, '1.00', null);
  await insert('detail', 40, 31, 3, 'L', 'rail');
  expect(await look(40)).toEqual([]);
  await admin.query(`UPDATE copy.form SET "requestId" = 'A-903', cf_version = ${at(41)} WHERE id = 3`);
  expect(await look(41)).toMatchObject([{ id: 'A-903', rows: { parts: { details: [{ fee: 'rail' }] } } }]);
});

test('deleted rows are not read, and their deletion is a change; a header that is gone has no rows', async () => {
  await admin.query(`UPDATE copy.detail SET cf_deleted_at = now(), cf_version = ${at(51)} WHERE id = 31`);
  expect(await look(51)).toMatchObject([{ id: 'A-903', rows: { parts: { details: [] } } }]);
  await admin.query(`UPDATE copy.form SET cf_deleted_at = now(), cf_version = ${at(52)} WHERE id = 3`);
  expect(await look(52)).toMatchObject([{ id: 'A-903', rows: null }]);
});

test('what is none of the document’s, and master data, touches nothing', async () => {
  await insert('request', 60, 999, 7, 'of no form');
  await admin.query(`UPDATE copy.staff SET no = 'E9', cf_version = ${at(61)}`);
  await insert('staff', 62, 6, 'E10006');
  await admin.query(
    `UPDATE copy.request SET "WORKFLOWID" = 8, cf_version = ${at(63)} WHERE "REQUESTID" = 900`,
  );
  // It left the documents: a change once, and none any more.
  expect(await look(63)).toMatchObject([{ id: '900', rows: { parts: { request: [] } } }]);
  await admin.query(`UPDATE copy.request SET "STATE" = 'x', cf_version = ${at(64)} WHERE "REQUESTID" = 900`);
  expect(await look(64)).toEqual([]);
});

test('a copy that lacks a column is named, and waited for', async () => {
  const lacking = { ...claims, header: { ...claims.header, columns: ['amount', 'currency'] } };
  await expect(withBooks((store) => store.watch(lacking))).rejects.toMatchObject({
    code: 'TARGET_MISCONFIGURED',
    message: 'the copy copy.form has no column currency',
  });
});

async function withBooks<T>(work: (store: PostingStore) => Promise<T>): Promise<T> {
  const { host, port, user, password } = testStack().postgres;
  const { database } = admin;
  const store = createBooks({
    ...{ host, port, user, password, database: database!, namespace: 'own', schema: 'ledger' },
  });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
