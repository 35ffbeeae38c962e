import { compareDecimals } from '../dsl/decimal-text.ts';
import type { CalendarDate } from '../dictionary/calendar-date.ts';
import { inForce } from '../dictionary/dictionary.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { defineDocument } from '../posting/declaration.ts';
import type { TextRow } from '../posting/declaration.ts';
import type { TaxedLine } from '../posting/document.ts';
import { minorOf } from '../posting/money.ts';
import type { Denomination } from '../posting/money.ts';
import type { Parked, Refused } from '../posting/outcome.ts';
import { readTotal } from '../posting/read-total.ts';
import { dayInChina, isSet, required, requiredDay } from '../posting/text-row.ts';

export const expenseClaim = defineDocument({
  kind: 'expense-claim',
  about: 'An expense claim 费用报销单 of the OA with its lines.',
  header: {
    id: { namespace: 'oa', name: 'expense_claim' },
    document: 'id',
    columns: [
      ...['claim_no', 'applicant_no', 'department_code', 'currency', 'total_amount', 'status'],
      ...['approved_at', 'is_deleted', 'updated_at'],
    ],
  },
  parts: {
    lines: {
      id: { namespace: 'oa', name: 'expense_claim_line' },
      document: 'claim_id',
      columns: ['line_no', 'expense_type', 'amount', 'tax_rate', 'tax_amount'],
    },
  },

  outline: ({ header }) => ({
    status: required(header, 'status'),
    number: required(header, 'claim_no'),
    flagged: isSet(header, 'is_deleted'),
    changedOn: changedOn(header),
  }),

  read(identity, { header, parts: { lines } }, dictionary) {
    const accountingDate = dayInChina(header, 'approved_at');
    const day = accountingDate ?? changedOn(header);
    const read = readTotal(header, 'total_amount', day, dictionary);
    if (read.kind !== 'total') return read;
    const { total, currency } = read;
    const taxed: TaxedLine[] = [];
    for (const row of lines) {
      const line = readLine(row, currency, day, dictionary);
      if ('kind' in line) return line;
      taxed.push(line);
    }
    return {
      ...identity,
      kind: 'expense-claim',
      changedOn: changedOn(header),
      number: required(header, 'claim_no'),
      status: required(header, 'status'),
      accountingDate,
      currency: currency.code,
      total,
      party: required(header, 'applicant_no'),
      department: required(header, 'department_code'),
      lines: taxed,
    };
  },
});

function changedOn(header: TextRow): CalendarDate {
  return requiredDay(header, 'updated_at');
}

/** A line says its rate of tax; the dictionary knows the code that has it. */
function readLine(
  line: TextRow,
  denomination: Denomination,
  day: CalendarDate,
  dictionary: Dictionary,
): TaxedLine | Parked | Refused {
  const lineNo = Number(required(line, 'line_no'));
  const amount = minorOf(required(line, 'amount'), denomination);
  const tax = minorOf(line['tax_amount'] ?? '0', denomination);
  if (amount === null || tax === null) return { kind: 'refused', reason: 'amount-too-fine', line: lineNo };
  const rate = line['tax_rate'] ?? '0';
  const taxCode = inForce(dictionary, 'tax-code', day).find(
    ({ value }) => compareDecimals(value.rate, rate) === 0,
  );
  if (taxCode === undefined)
    return { kind: 'parked', reason: 'not-mapped', list: 'tax-code', code: `of rate ${rate}`, date: day };
  return { lineNo, expenseType: required(line, 'expense_type'), amount, taxCode: taxCode.code, tax };
}
