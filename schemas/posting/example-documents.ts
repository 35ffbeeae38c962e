import { binlogVersion } from '../contract/position.ts';
import type { Version } from '../contract/position.ts';
import { calendarDate } from '../dictionary/calendar-date.ts';
import type { CalendarDate } from '../dictionary/calendar-date.ts';
import { documentId } from './document.ts';
import type { ContractPayment, ExpenseClaim, Gone, Payment, PurchaseReceipt, TaxedLine } from './document.ts';
import { minorOf } from './money.ts';
import type { Minor } from './money.ts';
import type { Period } from './period.ts';

/** The year before is closed, and so is February already. */
export const examplePeriods: readonly Period[] = [
  { code: '2025-12', startsOn: day('2025-12-01'), endsOn: day('2025-12-31'), status: 'closed' },
  { code: '2026-01', startsOn: day('2026-01-01'), endsOn: day('2026-01-31'), status: 'open' },
  { code: '2026-02', startsOn: day('2026-02-01'), endsOn: day('2026-02-28'), status: 'closed' },
  { code: '2026-03', startsOn: day('2026-03-01'), endsOn: day('2026-03-31'), status: 'open' },
];

export const trip: ExpenseClaim = {
  kind: 'expense-claim',
  id: documentId('9007199254740993'),
  version: change(1),
  changedOn: day('2026-03-05'),
  number: 'BX202603020000001',
  status: 'approved',
  accountingDate: day('2026-03-05'),
  currency: 'CNY',
  total: money('1286.00'),
  party: 'E10012',
  department: 'D0510',
  lines: [
    line(1, 'hotel', '636.00', 'VAT06', '36.00'),
    line(2, 'rail', '550.00', 'VAT09', '45.41'),
    line(3, 'meal_allowance', '100.00', 'NONE', '0.00'),
  ],
};
export const cheaperTrip: ExpenseClaim = {
  ...trip,
  version: change(2),
  changedOn: day('2026-03-09'),
  accountingDate: day('2026-03-09'),
  total: money('736.00'),
  lines: trip.lines.filter(({ lineNo }) => lineNo !== 2),
};
export const abroad: ExpenseClaim = {
  ...trip,
  id: documentId('9007199254740995'),
  number: 'BX202603020000002',
  currency: 'USD',
  total: money('100.00'),
  lines: [
    line(1, 'hotel', '33.33', 'NONE', '0.00'),
    line(2, 'banquet', '33.33', 'NONE', '0.00'),
    line(3, 'printing', '33.34', 'NONE', '0.00'),
  ],
};
export const gift: ExpenseClaim = {
  ...trip,
  id: documentId('9007199254740997'),
  number: 'BX202603020000003',
  total: money('226.00'),
  department: 'D0420',
  lines: [line(1, 'gift', '113.00', 'VAT13', '13.00'), line(2, 'printing', '113.00', 'VAT13', '13.00')],
};
export const receipt: PurchaseReceipt = {
  kind: 'purchase-receipt',
  id: documentId('7301000000000000001'),
  version: change(1),
  changedOn: day('2026-03-10'),
  number: 'RK202603100001',
  status: 'received',
  accountingDate: day('2026-03-10'),
  currency: 'CNY',
  total: money('11998.00'),
  party: 'V0002',
  department: 'D0800',
  lines: [{ lineNo: 1, expenseType: 'equipment', amount: money('11998.00') }],
};
export const hosting: ContractPayment = {
  kind: 'contract-payment',
  id: documentId('7301000000000000003'),
  version: change(1),
  changedOn: day('2026-03-12'),
  number: 'FK202603120001',
  status: 'approved',
  accountingDate: day('2026-03-12'),
  currency: 'CNY',
  total: money('53000.00'),
  party: 'V0004',
  department: 'D0410',
  budgetYear: 2026,
  lines: [line(1, 'service', '53000.00', 'VAT06', '3000.00')],
};
export const payout: Payment = {
  kind: 'payment',
  id: documentId('9007199254741993'),
  version: change(1),
  changedOn: day('2026-03-06'),
  number: 'ZF-BX202603020000001-1',
  status: 'paid',
  accountingDate: day('2026-03-06'),
  currency: 'CNY',
  total: money('1286.00'),
  party: 'E10012',
  settles: 'expense-claim',
  method: 'bank_transfer',
};
export const tripDeleted: Gone = {
  kind: 'expense-claim',
  id: trip.id,
  version: change(2),
  changedOn: day('2026-03-09'),
  gone: 'flagged',
};
export const tripRejected: ExpenseClaim = {
  ...trip,
  version: change(2),
  changedOn: day('2026-03-07'),
  status: 'rejected',
};

export function day(text: string): CalendarDate {
  const date = calendarDate(text);
  if (date === null) throw new RangeError('an example names a day that does not exist');
  return date;
}

function money(text: string): Minor {
  const amount = minorOf(text, { code: 'CNY', minorUnits: 2 });
  if (amount === null) throw new RangeError('an example has an amount finer than a cent');
  return amount;
}

function line(lineNo: number, expenseType: string, amount: string, taxCode: string, tax: string): TaxedLine {
  return { lineNo, expenseType, amount: money(amount), taxCode, tax: money(tax) };
}

/** The nth change in the log of the source. */
export function change(nth: number): Version {
  return binlogVersion(0, 1, BigInt(nth), 1);
}
