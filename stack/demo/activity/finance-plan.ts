import { ACCOUNTS, uuidOf } from '../finance-base-data.ts';
import { dateOf, parseWallClock, wallClock, type Moment } from './clock.ts';
import { formatCents, isCurrency, rateToCny, share } from './money.ts';
import { hashText, randomOf, type Random } from './prng.ts';
import type { Row } from './writes.ts';

interface Approved {
  readonly id: bigint;
  readonly number: string;
  readonly title: string;
  readonly currency: string;
  readonly totalCents: bigint;
  /** Wall clock in China, `YYYY-MM-DD HH:MM:SS`. */
  readonly approvedAt: string;
  /** Number of the employee, code of the supplier. */
  readonly payeeNo: string;
}

/** An approved claim as it lies in finance, with the cost centre that finance has for its department. */
export interface ArrivedClaim extends Approved {
  readonly kind: 'expense-claim';
  readonly costCenter: string;
  readonly expenseAccount: string;
}

/** An approved contract payment as it lies in finance, with the supplier whom finance knows by its code. */
export interface ArrivedContractPayment extends Approved {
  readonly kind: 'contract-payment';
  readonly vendorId: string;
}

/** What finance is to pay. */
export type Payable = ArrivedClaim | ArrivedContractPayment;

/** All of a payment but what the database adds: ids, the accounting period, and with it perhaps a later date. */
export interface PaymentPlan {
  /** The clerk begins, thinks better of it and rolls back; the claim is paid in the next pass. */
  readonly cancelledFirst: boolean;
  readonly voucherDate: string;
  readonly voucher: Row;
  readonly entries: readonly Row[];
  readonly payment: Row;
}

const METHODS = [
  ['bank_transfer', 85],
  ['corporate_card', 8],
  ['petty_cash', 7],
] as const;
/** Cash is paid out up to 500 yuan. */
const MOST_CASH = 50_000n;

/**
 * What finance books and pays for a document. Follows from the document and the seed alone, whenever it arrives:
 * vouchers and payments of two runs are equal although the pipeline's timing is not (their generated ids differ).
 */
export function planPayment(payable: Payable, seed: number): PaymentPlan {
  const random = randomOf(seed, hashText(payable.number), 1);
  const requested = later(parseWallClock(payable.approvedAt), random, 1_800, 3 * 86_400);
  const method = methodOf(payable, random);
  return {
    cancelledFirst: random.chance(0.03),
    voucherDate: dateOf(requested),
    voucher: {
      voucher_no: `PZ-${payable.number}`,
      kind: 'payment',
      source_type: payable.kind.replace('-', '_'),
      source_id: payable.id,
      currency: payable.currency,
      exchange_rate: isCurrency(payable.currency) ? rateToCny(payable.currency) : '1.000000',
      description: `支付${payable.number} ${payable.title}`,
      prepared_by: random.pick(['出纳甲', '出纳乙', '会计丙']),
      status: 'posted',
      posted_at: instant(requested),
    },
    entries: entriesOf(payable, method === 'petty_cash' ? ACCOUNTS.cash : ACCOUNTS.bank, random),
    payment: {
      payment_no: paymentNo(payable.number, 1),
      document_kind: payable.kind,
      document_id: payable.id,
      document_no: payable.number,
      attempt: 1,
      payee_no: payable.payeeNo,
      amount: formatCents(payable.totalCents),
      currency: payable.currency,
      method,
      status: 'pending',
      remittance_advice: remittanceAdvice(random),
      requested_at: instant(requested),
      updated_at: instant(requested),
    },
  };
}

/** Suppliers are paid by transfer. */
function methodOf(payable: Payable, random: Random): (typeof METHODS)[number][0] {
  if (payable.kind === 'contract-payment') return 'bank_transfer';
  const drawn = random.weighted(METHODS);
  return drawn === 'petty_cash' && payable.totalCents > MOST_CASH ? 'bank_transfer' : drawn;
}

/**
 * Of a claim, expense (and sometimes input tax) against bank or cash; of a contract payment, what is owed to the
 * supplier. Debits equal the credit to the cent.
 */
function entriesOf(payable: Payable, creditAccount: string, random: Random): Row[] {
  const { totalCents, title, payeeNo } = payable;
  const out = entry({ account: creditAccount, summary: `付${payeeNo} ${title}`, credit: totalCents });
  const entries =
    payable.kind === 'contract-payment'
      ? [
          entry({
            ...{ account: ACCOUNTS.supplierPayable, vendorId: payable.vendorId },
            ...{ summary: title, debit: totalCents },
          }),
          out,
        ]
      : [...expensesOf(payable, random), out];
  return entries.map((row, index) => ({ line_no: index + 1, ...row }));
}

function expensesOf({ totalCents, title, costCenter, expenseAccount }: ArrivedClaim, random: Random): Row[] {
  const tax = random.chance(0.5) ? share(totalCents, 6n, 106n) : 0n;
  const expense = entry({ account: expenseAccount, costCenter, summary: title, debit: totalCents - tax });
  return tax > 0n
    ? [expense, entry({ account: ACCOUNTS.inputTax, summary: '进项税额', debit: tax })]
    : [expense];
}

interface BookedEntry {
  readonly account: string;
  readonly summary: string;
  readonly costCenter?: string;
  readonly vendorId?: string;
  readonly debit?: bigint;
  readonly credit?: bigint;
}

function entry({ account, summary, costCenter, vendorId, debit = 0n, credit = 0n }: BookedEntry): Row {
  return {
    account_code: account,
    cost_center_code: costCenter ?? null,
    vendor_id: vendorId ?? null,
    summary,
    debit: formatCents(debit),
    credit: formatCents(credit),
  };
}

/** Some advices are larger than a page of the table and do not compress: PostgreSQL keeps those apart (TOAST). */
function remittanceAdvice(random: Random): string | null {
  if (random.chance(0.4)) return null;
  if (random.chance(0.9)) return '请收款人核对到账金额。';
  return `电子回单 ${Buffer.from(random.bytes(9_000)).toString('base64')}`;
}

/** What the bank says of a pending payment. */
export type Settlement =
  | { readonly status: 'paid'; readonly bankReference: string | null; readonly at: string }
  | { readonly status: 'failed'; readonly reason: string; readonly at: string };

export interface PendingPayment {
  readonly paymentNo: string;
  readonly attempt: number;
  readonly method: string;
  /** Wall clock in China, `YYYY-MM-DD HH:MM:SS`. */
  readonly requestedAt: string;
}

const FAILURES = ['账号户名不符', '收款账号已销户', '银行系统维护', '收款行退汇'];
/** The third attempt always succeeds, so everything is paid in the end. */
const LAST_ATTEMPT = 3;

export function planSettlement(payment: PendingPayment, seed: number): Settlement {
  const random = randomOf(seed, hashText(payment.paymentNo), 2);
  const at = instant(later(parseWallClock(payment.requestedAt), random, 60, 6 * 3_600));
  const byBank = payment.method === 'bank_transfer';
  if (byBank && payment.attempt < LAST_ATTEMPT && random.chance(0.1)) {
    return { status: 'failed', reason: random.pick(FAILURES), at };
  }
  return { status: 'paid', bankReference: byBank ? uuidOf(random) : null, at };
}

/** `ZF-<document>-<attempt>`. */
export function paymentNo(documentNo: string, attempt: number): string {
  return `ZF-${documentNo}-${attempt}`;
}

function later(moment: Moment, random: Random, fromSeconds: number, toSeconds: number): Moment {
  return {
    ms: moment.ms + random.int(fromSeconds, toSeconds) * 1_000 + random.int(0, 999),
    micros: random.int(0, 999),
  };
}

/** A text that PostgreSQL reads as timestamptz whatever the session's zone. */
function instant(moment: Moment): string {
  return `${wallClock(moment, 6)}+08:00`;
}
