import { SHIPPED_DICTIONARY, loadDictionary } from '../../../../app/dictionary/load.ts';
import { ledgerAfter, liveVoucher, planPosting } from '../../../../processors/posting/plan.ts';
import { inForce } from '../../../../schemas/dictionary/dictionary.ts';
import { documentId } from '../../../../schemas/posting/document.ts';
import type { Document, Gone } from '../../../../schemas/posting/document.ts';
import { change, day } from '../../../../schemas/posting/example-documents.ts';
import { emptyLedger } from '../../../../schemas/posting/ledger.ts';
import type { Ledger } from '../../../../schemas/posting/ledger.ts';
import { minorOf, sumOf } from '../../../../schemas/posting/money.ts';
import type { Plan } from '../../../../schemas/posting/outcome.ts';
import type { Period } from '../../../../schemas/posting/period.ts';
import { planAction } from '../../../../stack/demo/activity/plan.ts';
import type { Row } from '../../../../stack/demo/activity/writes.ts';
import { financeBaseRows } from '../../../../stack/demo/finance-base-data.ts';
import { PaperOffice } from '../../demo/paper-office.ts';

const ACTIONS = 1_500;
const { dictionary } = loadDictionary(SHIPPED_DICTIONARY);
const periods: Period[] = new Map(financeBaseRows(1)).get('finance.period')!.map((row) => ({
  code: String(row['code']),
  startsOn: day(String(row['starts_on'])),
  endsOn: day(String(row['ends_on'])),
  status: row['status'] as Period['status'],
}));
const CENTS = { code: 'CNY', minorUnits: 2 };
const money = (row: Row, column: string) => minorOf(String(row[column] ?? '0'), CENTS)!;
const taxCodes = inForce(dictionary, 'tax-code', day('2026-01-05'));
const taxCodeOf = (rate: unknown) =>
  taxCodes.find(({ value }) => Number(value.rate) === Number(rate ?? 0))!.code;
const dayOf = (wallClock: unknown) => day(String(wallClock).slice(0, 10));

/** A claim of the demo's OA as it is after an action. */
function claimIn(office: PaperOffice, id: bigint, nth: number, today: string): Document | Gone {
  const version = change(nth);
  const row = office.tables.get('expense_claim')?.get(String(id));
  const common = {
    kind: 'expense-claim',
    id: documentId(String(id)),
    version,
    changedOn: day(today),
  } as const;
  if (row === undefined) return { ...common, gone: 'removed' };
  if (row['is_deleted'] === 1) return { ...common, gone: 'flagged' };
  const lines = office.rows('expense_claim_line').filter((line) => line['claim_id'] === id);
  return {
    ...common,
    number: String(row['claim_no']),
    status: String(row['status']),
    accountingDate: row['approved_at'] === null ? null : dayOf(row['approved_at']),
    currency: String(row['currency']),
    total: money(row, 'total_amount'),
    party: String(row['applicant_no']),
    department: String(row['department_code']),
    lines: lines.map((line) => ({
      lineNo: Number(line['line_no']),
      expenseType: String(line['expense_type']),
      amount: money(line, 'amount'),
      taxCode: taxCodeOf(line['tax_rate']),
      tax: money(line, 'tax_amount'),
    })),
  };
}

test("each claim that the demo's office approves becomes a voucher of its total; only new departments wait", () => {
  const office = new PaperOffice(11);
  const known = new Set(inForce(dictionary, 'department', day('2026-01-05')).map(({ code }) => code));
  const model = office.model();
  const ledgers = new Map<string, Ledger>();
  const plans: Plan[] = [];
  for (let index = 0; index < ACTIONS; index += 1) {
    const action = planAction(model, 11, index);
    if (action.rolledBack) continue;
    for (const write of action.writes) office.apply(write);
    const { type, id } = action.target;
    if (type !== 'expense_claim') continue;
    const state = claimIn(office, id, index, new Date(model.clockMs).toISOString().slice(0, 10));
    const ledger = ledgers.get(state.id) ?? emptyLedger(state);
    const plan = planPosting(ledger, state, { dictionary, periods });
    plans.push(plan);
    ledgers.set(state.id, ledgerAfter(ledger, state, plan));
    if (plan.kind === 'parked')
      expect(plan.reason === 'not-mapped' && plan.list === 'department' && !known.has(plan.code)).toBe(true);
  }

  const approved = office.rows('expense_claim').filter((row) => row['status'] === 'approved');
  for (const row of approved.filter((claim) => known.has(String(claim['department_code'])))) {
    const live = liveVoucher(ledgers.get(String(row['id']))!)!;
    const debits = live.entries.filter(({ side }) => side === 'debit').map(({ amount }) => amount);
    expect(sumOf(debits)).toBe(money(row, 'total_amount'));
  }
  expect(plans.filter(({ kind }) => kind === 'refused')).toEqual([]);
  expect(approved.length).toBeGreaterThan(100);
  expect(plans.filter(({ kind }) => kind === 'actions')).toHaveLength(
    approved.filter((claim) => known.has(String(claim['department_code']))).length,
  );
});
