import type { CalendarDate } from '../../schemas/dictionary/calendar-date.ts';
import type { Dictionary } from '../../schemas/dictionary/dictionary.ts';
import { defineDocument } from '../../schemas/posting/declaration.ts';
import type { DocumentDeclaration, TextRow } from '../../schemas/posting/declaration.ts';
import type { TaxedLine } from '../../schemas/posting/document.ts';
import { minor } from '../../schemas/posting/money.ts';
import type { Denomination } from '../../schemas/posting/money.ts';
import type { Parked, Refused } from '../../schemas/posting/outcome.ts';
import { taxCodeOf } from '../../schemas/posting/tax-code.ts';
import { writtenRate } from '../../schemas/posting/written-number.ts';
import {
  amountOf,
  apiDocument,
  changedDay,
  chinaDay,
  codeOf,
  denominationOf,
  refused,
  statusOf,
} from './api-document.ts';
import type { ApiDetail } from './api-document.ts';
import { documentTable, staffTable } from './settings.ts';
import type { Settings } from './settings.ts';

/** An expense claim with its details, as the API gives it. */
export function expenseClaim(settings: Settings): DocumentDeclaration {
  const { database } = settings;
  const header = documentTable(settings);
  return defineDocument({
    kind: 'expense-claim',
    about: 'An expense claim 报销单 of Hose with its details.',
    header: { ...header, columns: [...header.columns, 'corporation_id'] },
    references: {
      staff: staffTable(settings),
      department: {
        id: { namespace: database, name: 'hose_department' },
        document: { column: 'id', of: 'header', its: 'department_id' },
        columns: ['code'],
      },
      feeTypes: {
        id: { namespace: database, name: 'hose_fee_type' },
        document: { column: 'corporation_id', of: 'header', its: 'corporation_id' },
        columns: ['id', 'code'],
      },
    },

    outline({ header: row }) {
      const read = apiDocument(row);
      const changedOn = changedDay(row, read);
      if (changedOn === null) return null;
      const number = read?.form.code ?? '';
      return { status: statusOf(row), number, flagged: row['state'] === 'deleted', changedOn };
    },

    read(identity, { header: row, references: { staff, department: departments, feeTypes } }, dictionary) {
      const read = apiDocument(row);
      const changedOn = changedDay(row, read);
      const total = read?.form.expenseMoney;
      if (read === null || changedOn === null || total === null || total === undefined)
        return refused('not-as-agreed');
      const accountingDate = chinaDay(read.form.flowEndTime) ?? changedOn;
      const party = codeOf(staff, 'hose_staff', row['submitter_id']);
      if (typeof party === 'object') return party;
      const department = codeOf(departments, 'hose_department', row['department_id']);
      if (typeof department === 'object') return department;
      const denomination = denominationOf(total, accountingDate, dictionary);
      if (denomination.kind === 'parked') return denomination;
      const amount = amountOf(total, denomination, null);
      if (typeof amount === 'object') return amount;

      const lines: TaxedLine[] = [];
      for (const detail of read.form.details ?? []) {
        const of = { feeTypes, denomination, day: accountingDate, dictionary };
        const taxed = linesOf(detail, lines.length + 1, of);
        if ('kind' in taxed) return taxed;
        lines.push(...taxed);
      }
      return {
        ...{ ...identity, kind: 'expense-claim', changedOn, accountingDate, number: read.form.code },
        ...{ status: statusOf(row), currency: denomination.code, total: amount, party, department, lines },
      };
    },
  });
}

interface DetailContext {
  readonly feeTypes: readonly TextRow[];
  readonly denomination: Denomination;
  readonly day: CalendarDate;
  readonly dictionary: Dictionary;
}

/** A line for each invoice that has a tax, and one for what is left of the detail. */
function linesOf(
  { feeTypeId, feeTypeForm }: ApiDetail,
  firstNo: number,
  { feeTypes, denomination, day, dictionary }: DetailContext,
): readonly TaxedLine[] | Parked | Refused {
  const expenseType = codeOf(
    feeTypes.filter(({ id }) => id === feeTypeId),
    'hose_fee_type',
    feeTypeId,
  );
  if (typeof expenseType === 'object') return expenseType;
  const whole = amountOf(feeTypeForm.amount, denomination, firstNo);
  if (typeof whole === 'object') return whole;
  const invoices = feeTypeForm.invoiceForm?.invoices ?? [];
  const lines: TaxedLine[] = [];
  let left: bigint = whole;
  for (const { taxAmount, taxRate, approveAmount } of invoices) {
    if (taxAmount === null || taxAmount === undefined) continue;
    const lineNo = firstNo + lines.length;
    // Of one invoice alone Hose may not say how much of it counts: then it is the detail.
    const counted = approveAmount ?? (invoices.length === 1 ? feeTypeForm.amount : null);
    const rate = writtenRate(taxRate ?? null);
    if (counted === null || rate === null) return refused('not-as-agreed', lineNo);
    const amount = amountOf(counted, denomination, lineNo);
    if (typeof amount === 'object') return amount;
    const tax = amountOf(taxAmount, denomination, lineNo);
    if (typeof tax === 'object') return tax;
    const taxCode = taxCodeOf(rate, day, dictionary);
    if (typeof taxCode === 'object') return taxCode;
    lines.push({ lineNo, expenseType, amount, taxCode, tax });
    left -= amount;
  }
  if (left === 0n && lines.length > 0) return lines;
  const none = taxCodeOf('0', day, dictionary);
  if (typeof none === 'object') return none;
  const rest = { expenseType, amount: minor(left), taxCode: none, tax: minor(0n) };
  return [...lines, { ...rest, lineNo: firstNo + lines.length }];
}
