import type { CalendarDate } from '../dictionary/calendar-date.ts';
import { defineDocument } from '../posting/declaration.ts';
import type { TextRow } from '../posting/declaration.ts';
import { TAXED_LINE_COLUMNS, readLines, readTaxedLine } from '../posting/read-lines.ts';
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
      columns: TAXED_LINE_COLUMNS,
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
    const taxed = readLines(lines, (line) => readTaxedLine(line, currency, day, dictionary));
    if (taxed.kind !== 'lines') return taxed;
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
      lines: taxed.lines,
    };
  },
});

function changedOn(header: TextRow): CalendarDate {
  return requiredDay(header, 'updated_at');
}
