import type { CalendarDate } from '../dictionary/calendar-date.ts';
import { defineDocument } from '../posting/declaration.ts';
import type { TextRow } from '../posting/declaration.ts';
import { TAXED_LINE_COLUMNS, readLines, readTaxedLine } from '../posting/read-lines.ts';
import { readTotal } from '../posting/read-total.ts';
import { dayInChina, isSet, required, requiredDay } from '../posting/text-row.ts';

export const contractPayment = defineDocument({
  kind: 'contract-payment',
  about: 'A contract payment 合同付款申请 of the OA with its lines: what became due by a contract.',
  header: {
    id: { namespace: 'oa', name: 'contract_payment' },
    document: 'id',
    columns: [
      ...['request_no', 'supplier_code', 'department_code', 'budget_year', 'currency', 'total_amount'],
      ...['status', 'approved_at', 'is_deleted', 'updated_at'],
    ],
  },
  parts: {
    lines: {
      id: { namespace: 'oa', name: 'contract_payment_line' },
      document: 'payment_id',
      columns: TAXED_LINE_COLUMNS,
    },
  },

  outline: ({ header }) => ({
    status: required(header, 'status'),
    number: required(header, 'request_no'),
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
      kind: 'contract-payment',
      changedOn: changedOn(header),
      number: required(header, 'request_no'),
      status: required(header, 'status'),
      accountingDate,
      currency: currency.code,
      total,
      party: required(header, 'supplier_code'),
      department: required(header, 'department_code'),
      budgetYear: Number(required(header, 'budget_year')),
      lines: taxed.lines,
    };
  },
});

function changedOn(header: TextRow): CalendarDate {
  return requiredDay(header, 'updated_at');
}
