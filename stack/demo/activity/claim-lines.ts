import type { BudgetCategory } from '../oa-base-data.ts';
import { dateOf, wallClock } from './clock.ts';
import { formatCents, share } from './money.ts';
import type { PlanContext } from './plan.ts';
import { CITIES, EXPENSE_TYPES } from './vocabulary.ts';
import type { Row } from './writes.ts';
import { digits } from '../people.ts';

/** The lines of a claim, each with a new id, and their sum. */
export function claimLines(
  context: PlanContext,
  claimId: bigint,
  category: BudgetCategory,
): { readonly rows: readonly Row[]; readonly totalCents: bigint } {
  const { random } = context;
  // Most claims are short; a few have as many lines as a month of taxi receipts.
  const count = random.chance(0.03) ? random.int(20, 60) : random.int(1, 6);
  let totalCents = 0n;
  const rows: Row[] = [];
  for (let lineNo = 1; lineNo <= count; lineNo += 1) {
    const { row, cents } = claimLine(context, claimId, category, lineNo);
    rows.push(row);
    totalCents += cents;
  }
  return { rows, totalCents };
}

function claimLine(
  { random, moment, ids }: PlanContext,
  claimId: bigint,
  category: BudgetCategory,
  lineNo: number,
): { readonly row: Row; readonly cents: bigint } {
  const type = random.pick(EXPENSE_TYPES[category]);
  const cents = BigInt(random.int(type.yuan[0] * 100, type.yuan[1] * 100));
  const rate = random.pick(type.taxRates);
  const tax = rate === null ? null : share(cents, BigInt(rate), BigInt(10_000 + rate));
  const row = {
    id: ids.next(),
    claim_id: claimId,
    line_no: lineNo,
    expense_type: type.code,
    occurred_on: dateOf(moment, -random.int(0, 45)),
    description: random.chance(0.9) ? type.text : null,
    city: random.pick(CITIES),
    amount: formatCents(cents),
    tax_rate: rate === null ? null : (rate / 10_000).toFixed(4),
    tax_amount: tax === null ? null : formatCents(tax),
    invoice_no: rate === null ? null : digits(random, 20),
    mileage_km: type.code === 'fuel' ? random.int(10, 9_000) / 10 : null,
    extra: random.chance(0.2)
      ? JSON.stringify({ 同行人: random.int(0, 5), 已验真: random.chance(0.8) })
      : null,
    created_at: wallClock(moment, 0),
    updated_at: wallClock(moment, 3),
  };
  return { row, cents };
}
