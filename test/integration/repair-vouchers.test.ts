import pg from 'pg';
import { SHIPPED_DICTIONARY, loadDictionary } from '../../app/dictionary/load.ts';
import { decide } from '../../processors/posting/decide.ts';
import { rowKeyOf } from '../../schemas/contract/cell.ts';
import type { Row } from '../../schemas/contract/cell.ts';
import type { Sink, UpsertGroup } from '../../schemas/contract/ports.ts';
import type { LogicalType, TableShape } from '../../schemas/contract/table.ts';
import { DOCUMENTS } from '../../schemas/documents/catalogue.ts';
import { change, day } from '../../schemas/posting/example-documents.ts';
import type { Period } from '../../schemas/posting/period.ts';
import type { PostingStore, WatchedDocument } from '../../schemas/posting/store.ts';
import { createBooks } from '../../sinks/ledger/store.ts';
import { createPostgresSink } from '../../sinks/postgres/sink.ts';
import { testStack, uniqueName } from '../support/stack-file.ts';

const { dictionary } = loadDictionary(SHIPPED_DICTIONARY);
const claims = DOCUMENTS.get('expense-claim')!;
const PERIOD: Period = {
  ...{ code: '2026-03', startsOn: day('2026-03-01'), endsOn: day('2026-03-31') },
  status: 'open',
};
const APPROVED = '2026-03-05T02:00:00Z';

const TEXT: LogicalType = { kind: 'text' };
const ID: LogicalType = { kind: 'int', bits: 64 };
const INSTANT: LogicalType = { kind: 'instant', fraction: 6 };
const decimal = (precision: number, scale: number): LogicalType => ({ kind: 'decimal', precision, scale });

function shapeOf(name: string, columns: Readonly<Record<string, LogicalType>>): TableShape {
  return {
    ...{ id: { namespace: 'copy', name }, key: ['id'] },
    columns: Object.entries(columns).map(([column, type]) => ({
      ...{ name: column, type, nullable: column !== 'id' },
    })),
  };
}
const CLAIM = shapeOf('expense_claim', {
  ...{ id: ID, claim_no: TEXT, applicant_no: TEXT, department_code: TEXT, currency: TEXT, status: TEXT },
  ...{ total_amount: decimal(18, 2), approved_at: INSTANT, is_deleted: { kind: 'boolean' } },
  ...{ updated_at: INSTANT, cf_deleted_at: INSTANT },
});
const LINE = shapeOf('expense_claim_line', {
  ...{ id: ID, claim_id: ID, line_no: ID, expense_type: TEXT, amount: decimal(18, 2) },
  ...{ tax_rate: decimal(5, 4), tax_amount: decimal(18, 2), cf_deleted_at: INSTANT },
});
const claimOf = (total: string): Row => ({
  ...{ id: 1n, claim_no: 'BX1', applicant_no: 'E10012', department_code: 'D0510', currency: 'CNY' },
  ...{ status: 'approved', total_amount: total, approved_at: APPROVED, is_deleted: false },
  ...{ updated_at: APPROVED, cf_deleted_at: null },
});
const lineOf = (amount: string): Row => ({
  ...{ id: 11n, claim_id: 1n, line_no: 1n, expense_type: 'hotel', amount, tax_rate: '0.0600' },
  ...{ tax_amount: '36.00', cf_deleted_at: null },
});

let admin: pg.Client;
let books: PostingStore;
let sink: Sink;
const chain = { route: 'oa', topic: 'oa.heartbeat', partition: 0 };

beforeAll(async () => {
  const database = uniqueName('books');
  const { host, port, user, password } = testStack().postgres;
  const server = new pg.Client({ host, port, user, password, database: 'postgres' });
  await server.connect();
  await server.query(`CREATE DATABASE ${database}`);
  await server.end();
  const address = { host, port, user, password, database };
  admin = new pg.Client(address);
  await admin.connect();
  sink = createPostgresSink({ ...address, namespace: 'own' });
  await sink.prepare();
  for (const shape of [CLAIM, LINE]) await sink.ensureTable(shape);
  await sink.claim(chain.route, [chain]);
  books = createBooks({ ...address, namespace: 'own', schema: 'ledger' });
  await books.prepare();
  const watched: WatchedDocument = {
    kind: 'expense-claim',
    header: { ...claims.header, id: CLAIM.id },
    parts: { lines: { ...claims.parts['lines']!, id: LINE.id } },
    references: {},
  };
  expect(await books.watch(watched)).toBe(true);
});

afterAll(async () => {
  await books.close();
  await sink.close();
  await admin.end();
});

function upsertOf(shape: TableShape, row: Row, at: number): UpsertGroup {
  const columns = shape.columns.map(({ name }) => name);
  return {
    ...{ table: shape, columns, rows: [columns.map((name) => row[name] ?? null)] },
    ...{ keys: [rowKeyOf([row['id'] ?? null])], versions: [change(at)] },
  };
}

/** Writes the claim and its line as a repair does. */
async function repair(amount: string, at: number): Promise<void> {
  const upserts = [upsertOf(CLAIM, claimOf(amount), at), upsertOf(LINE, lineOf(amount), at)];
  const rows = { mappingVersion: 'copy@1', clears: [], occurrences: [], deletes: [], upserts };
  const written = await sink.repairs.write({ route: chain.route, id: 'r' }, chain, rows, () => []);
  expect(written).toEqual([]);
}

async function post(cut: number) {
  const { vouchers } = await books.post('expense-claim', change(cut), 100, (subject) =>
    decide(claims, subject, { dictionary, periods: [PERIOD] }, day('2026-03-20')),
  );
  return vouchers;
}

test('a claim whose copy is repaired is reversed and posted anew: no voucher is altered or removed', async () => {
  await repair('636.00', 1);
  expect(await post(1)).toEqual({ post: 1, reverse: 0 });
  const vouchers = async () =>
    (
      await admin.query<{ kind: string; total: string }>(
        `SELECT kind, (SELECT sum(amount)::text FROM ledger.voucher_entry e
           WHERE e.voucher_no = v.voucher_no AND side = 'debit') AS total
         FROM ledger.voucher v ORDER BY voucher_no`,
      )
    ).rows.map(({ kind, total }) => [kind, total]);
  const [first] = await vouchers();
  expect(first?.[1]).toBe('636.00');
  // The copy had been false: a repair brings what the source says.
  await repair('1272.00', 2);
  expect(await post(2)).toEqual({ post: 1, reverse: 1 });
  const after = await vouchers();
  expect(after).toHaveLength(3);
  expect(after[0]).toEqual(first);
  expect(after.map(([, total]) => total)).toEqual(['636.00', expect.anything(), '1272.00']);
  await expect(admin.query("UPDATE ledger.voucher SET kind = 'other'")).rejects.toThrow();
});
