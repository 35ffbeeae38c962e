import type pg from 'pg';
import { UNASSIGNED_COST_CENTER } from '../finance-base-data.ts';
import { CounterfoilError } from '../../../schemas/contract/errors.ts';
import { planSettlement, type Payable, type PaymentPlan, type PendingPayment } from './finance-plan.ts';
import { parseCents } from './money.ts';
import type { Row } from './writes.ts';

/** Approved documents that finance has received and not yet paid, claims first, oldest first. */
export async function arrivedPayables(client: pg.Client, limit: number): Promise<readonly Payable[]> {
  return [...(await arrivedClaims(client, limit)), ...(await arrivedContractPayments(client, limit))];
}

async function arrivedClaims(client: pg.Client, limit: number): Promise<readonly Payable[]> {
  if (!(await hasArrived(client, 'ap.expense_claim'))) return [];
  const { rows } = await client.query<Record<string, string>>(
    `SELECT c.claim_id AS id, c.claim_no AS number, c.applicant_no AS payee_no, c.title, c.currency, c.total_amount,
            ${APPROVED_AT} AS approved_at,
            coalesce(own.code, spare.code) AS cost_center,
            coalesce(own.expense_account, spare.expense_account) AS expense_account
       FROM ap.expense_claim c
       LEFT JOIN finance.cost_center own ON own.department_code = c.department_code AND own.is_active
       JOIN finance.cost_center spare ON spare.code = $2
      WHERE c.status = 'approved' AND c.total_amount > 0
        AND NOT EXISTS (SELECT FROM finance.payment p
                         WHERE p.document_kind = 'expense-claim' AND p.document_id = c.claim_id)
      ORDER BY c.claim_id LIMIT $1`,
    [limit, UNASSIGNED_COST_CENTER],
  );
  return rows.map((row) => ({
    kind: 'expense-claim',
    ...approvedOf(row),
    costCenter: field(row, 'cost_center'),
    expenseAccount: field(row, 'expense_account'),
  }));
}

/** Those of suppliers whom finance knows: it pays nobody else. */
async function arrivedContractPayments(client: pg.Client, limit: number): Promise<readonly Payable[]> {
  if (!(await hasArrived(client, 'ap.contract_payment'))) return [];
  const { rows } = await client.query<Record<string, string>>(
    `SELECT c.payment_id AS id, c.request_no AS number, c.supplier_code AS payee_no, c.title, c.currency, c.total_amount,
            ${APPROVED_AT} AS approved_at, v.id AS vendor_id
       FROM ap.contract_payment c
       JOIN finance.vendor v ON v.code = c.supplier_code
      WHERE c.status = 'approved' AND c.total_amount > 0
        AND NOT EXISTS (SELECT FROM finance.payment p
                         WHERE p.document_kind = 'contract-payment' AND p.document_id = c.payment_id)
      ORDER BY c.payment_id LIMIT $1`,
    [limit],
  );
  return rows.map((row) => ({
    kind: 'contract-payment',
    ...approvedOf(row),
    vendorId: field(row, 'vendor_id'),
  }));
}

const APPROVED_AT =
  "to_char(coalesce(c.approved_at::timestamptz, c.submitted_at::timestamptz, now()), 'YYYY-MM-DD HH24:MI:SS')";

/** The product makes the table with the first row. */
async function hasArrived(client: pg.Client, table: string): Promise<boolean> {
  const { rows } = await client.query<{ present: boolean }>('SELECT to_regclass($1) IS NOT NULL AS present', [
    table,
  ]);
  return rows[0]?.present === true;
}

function approvedOf(row: Record<string, string>) {
  return {
    id: BigInt(field(row, 'id')),
    number: field(row, 'number'),
    payeeNo: field(row, 'payee_no'),
    title: field(row, 'title'),
    currency: field(row, 'currency'),
    totalCents: parseCents(field(row, 'total_amount')),
    approvedAt: field(row, 'approved_at'),
  };
}

/**
 * Voucher, entries and payment in one transaction; with `cancels` it is rolled back at the end. `present` when the
 * document has a voucher already. Throws CounterfoilError when no accounting period is open.
 */
export async function bookPayment(
  client: pg.Client,
  plan: PaymentPlan,
  cancels: boolean,
): Promise<'booked' | 'cancelled' | 'present'> {
  return inTransaction(client, async () => {
    const period = await client.query<{ code: string; voucher_date: string }>(
      `SELECT code, greatest(starts_on, $1::date)::text AS voucher_date FROM finance.period
        WHERE status = 'open' AND ends_on >= $1::date ORDER BY starts_on LIMIT 1`,
      [plan.voucherDate],
    );
    const open = period.rows[0];
    if (open === undefined) {
      throw new CounterfoilError(
        'TARGET_MISCONFIGURED',
        `no accounting period is open on ${plan.voucherDate}`,
        {
          remedy: 'open one in finance.period',
        },
      );
    }
    const voucher = { ...plan.voucher, period_code: open.code, voucher_date: open.voucher_date };
    const id = await insert(client, 'finance.voucher', [voucher], 'ON CONFLICT DO NOTHING RETURNING id');
    const voucherId = id.rows[0]?.['id'];
    if (voucherId === undefined) return { result: 'present', commit: false };
    const entries = plan.entries.map((entry) => ({ voucher_id: voucherId, ...entry }));
    await insert(client, 'finance.voucher_entry', entries);
    await insert(client, 'finance.payment', [{ voucher_id: voucherId, ...plan.payment }]);
    return { result: cancels ? 'cancelled' : 'booked', commit: !cancels };
  });
}

export interface PendingRow extends PendingPayment {
  readonly id: bigint;
}

export async function pendingPayments(client: pg.Client, limit: number): Promise<readonly PendingRow[]> {
  const { rows } = await client.query<Record<string, string>>(
    `SELECT id, payment_no, attempt, method, to_char(requested_at, 'YYYY-MM-DD HH24:MI:SS') AS requested_at
       FROM finance.payment WHERE status = 'pending' ORDER BY id LIMIT $1`,
    [limit],
  );
  return rows.map((row) => ({
    id: BigInt(field(row, 'id')),
    paymentNo: field(row, 'payment_no'),
    attempt: Number(row['attempt']),
    method: field(row, 'method'),
    requestedAt: field(row, 'requested_at'),
  }));
}

/** Null when the payment was settled already. */
export async function settle(
  client: pg.Client,
  payment: PendingRow,
  seed: number,
): Promise<'settle' | 'fail' | null> {
  const settlement = planSettlement(payment, seed);
  const [set, values] =
    settlement.status === 'paid'
      ? ["status = 'paid', paid_at = $2, updated_at = $2, bank_reference = $3", settlement.bankReference]
      : ["status = 'failed', updated_at = $2, failure_reason = $3", settlement.reason];
  const { rowCount } = await client.query(
    `UPDATE finance.payment SET ${set} WHERE id = $1 AND status = 'pending'`,
    [payment.id.toString(), settlement.at, values],
  );
  if (rowCount !== 1) return null;
  return settlement.status === 'paid' ? 'settle' : 'fail';
}

export async function failedPayments(
  client: pg.Client,
  limit: number,
): Promise<readonly { readonly id: bigint }[]> {
  const { rows } = await client.query<Record<string, string>>(
    "SELECT id FROM finance.payment WHERE status = 'failed' ORDER BY id LIMIT $1",
    [limit],
  );
  return rows.map((row) => ({ id: BigInt(field(row, 'id')) }));
}

/** Marks the failed payment and makes the next attempt from it, in one transaction. False when already done. */
export async function reissue(client: pg.Client, id: bigint): Promise<boolean> {
  return inTransaction(client, async () => {
    const { rowCount } = await client.query(
      "UPDATE finance.payment SET status = 'reissued' WHERE id = $1 AND status = 'failed'",
      [id.toString()],
    );
    if (rowCount !== 1) return { result: false, commit: false };
    await client.query(
      `INSERT INTO finance.payment (payment_no, voucher_id, document_kind, document_id, document_no, attempt, payee_no,
                                    amount, currency, method, status, remittance_advice, requested_at, updated_at)
       SELECT 'ZF-' || document_no || '-' || attempt + 1, voucher_id, document_kind, document_id, document_no, attempt + 1,
              payee_no, amount, currency, method, 'pending', remittance_advice, updated_at, updated_at
         FROM finance.payment WHERE id = $1`,
      [id.toString()],
    );
    return { result: true, commit: true };
  });
}

async function inTransaction<T>(
  client: pg.Client,
  work: () => Promise<{ readonly result: T; readonly commit: boolean }>,
): Promise<T> {
  await client.query('BEGIN');
  try {
    const { result, commit } = await work();
    await client.query(commit ? 'COMMIT' : 'ROLLBACK');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function insert(
  client: pg.Client,
  table: string,
  rows: readonly Row[],
  suffix = '',
): Promise<pg.QueryResult<Record<string, string>>> {
  const columns = Object.keys(rows[0] ?? {});
  const tuples = rows.map(
    (_, row) => `(${columns.map((_name, column) => `$${row * columns.length + column + 1}`).join(', ')})`,
  );
  return client.query<Record<string, string>>(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${tuples.join(', ')} ${suffix}`,
    rows.flatMap((row) => columns.map((column) => sqlValue(row[column] ?? null))),
  );
}

function sqlValue(value: Row[string]): string | number | boolean | null | Uint8Array {
  return typeof value === 'bigint' ? value.toString() : value;
}

function field(row: Record<string, string>, column: string): string {
  const value: string | null | undefined = row[column];
  return String(value);
}
