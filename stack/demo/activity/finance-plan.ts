import { ACCOUNTS, uuidOf } from '../finance-base-data.ts';
import { dateOf, parseWallClock, wallClock, type Moment } from './clock.ts';
import { formatCents, isCurrency, rateToCny, share } from './money.ts';
import { hashText, randomOf, type Random } from './prng.ts';
import type { Row } from './writes.ts';

/** An approved claim as it lies in finance, with the cost centre that finance has for its department. */
export interface ArrivedClaim {
  readonly claimId: bigint;
  readonly claimNo: string;
  readonly applicantNo: string;
  readonly title: string;
  readonly currency: string;
  readonly totalCents: bigint;
  /** Wall clock in China, `YYYY-MM-DD HH:MM:SS`. */
  readonly approvedAt: string;
  readonly costCenter: string;
  readonly expenseAccount: string;
}

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
 * What finance books and pays for a claim. Follows from the claim and the seed alone, whenever the claim arrives:
 * vouchers and payments of two runs are equal although the pipeline's timing is not (their generated ids differ).
 */
export function planPayment(claim: ArrivedClaim, seed: number): PaymentPlan {
  const random = randomOf(seed, hashText(claim.claimNo), 1);
  const requested = later(parseWallClock(claim.approvedAt), random, 1_800, 3 * 86_400);
  const drawn = random.weighted(METHODS);
  const method = drawn === 'petty_cash' && claim.totalCents > MOST_CASH ? 'bank_transfer' : drawn;
  return {
    cancelledFirst: random.chance(0.03),
    voucherDate: dateOf(requested),
    voucher: {
      voucher_no: `PZ-${claim.claimNo}`,
      kind: 'payment',
      source_type: 'expense_claim',
      source_id: claim.claimId,
      currency: claim.currency,
      exchange_rate: isCurrency(claim.currency) ? rateToCny(claim.currency) : '1.000000',
      description: `支付${claim.claimNo} ${claim.title}`,
      prepared_by: random.pick(['出纳甲', '出纳乙', '会计丙']),
      status: 'posted',
      posted_at: instant(requested),
    },
    entries: entriesOf(claim, method === 'petty_cash' ? ACCOUNTS.cash : ACCOUNTS.bank, random),
    payment: {
      payment_no: paymentNo(claim.claimNo, 1),
      claim_id: claim.claimId,
      claim_no: claim.claimNo,
      attempt: 1,
      payee_no: claim.applicantNo,
      amount: formatCents(claim.totalCents),
      currency: claim.currency,
      method,
      status: 'pending',
      remittance_advice: remittanceAdvice(random),
      requested_at: instant(requested),
      updated_at: instant(requested),
    },
  };
}

/** Expense (and sometimes input tax) against bank or cash: debits equal the credit to the cent. */
function entriesOf(claim: ArrivedClaim, creditAccount: string, random: Random): Row[] {
  const tax = random.chance(0.5) ? share(claim.totalCents, 6n, 106n) : 0n;
  const entries: Row[] = [
    entry(claim.expenseAccount, claim.costCenter, claim.title, claim.totalCents - tax, 0n),
    ...(tax > 0n ? [entry(ACCOUNTS.inputTax, null, '进项税额', tax, 0n)] : []),
    entry(creditAccount, null, `付${claim.applicantNo}报销款`, 0n, claim.totalCents),
  ];
  return entries.map((row, index) => ({ line_no: index + 1, ...row }));
}

function entry(
  account: string,
  costCenter: string | null,
  summary: string,
  debit: bigint,
  credit: bigint,
): Row {
  return {
    account_code: account,
    cost_center_code: costCenter,
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
/** The third attempt always succeeds, so every claim is paid in the end. */
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

/** `ZF-<claim>-<attempt>`. */
export function paymentNo(claimNo: string, attempt: number): string {
  return `ZF-${claimNo}-${attempt}`;
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
