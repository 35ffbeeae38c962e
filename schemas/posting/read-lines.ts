import type { CalendarDate } from '../dictionary/calendar-date.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import type { TextRow } from './declaration.ts';
import type { CostLine, TaxedLine } from './document.ts';
import { minorOf } from './money.ts';
import type { Denomination } from './money.ts';
import type { Parked, Refused } from './outcome.ts';
import { taxCodeOf } from './tax-code.ts';
import { required } from './text-row.ts';

export const COST_LINE_COLUMNS = ['line_no', 'expense_type', 'amount'] as const;
export const TAXED_LINE_COLUMNS = [...COST_LINE_COLUMNS, 'tax_rate', 'tax_amount'] as const;

/** All lines, or the first reason against one of them. */
export function readLines<Line extends CostLine>(
  rows: readonly TextRow[],
  read: (row: TextRow) => Line | Parked | Refused,
): { readonly kind: 'lines'; readonly lines: readonly Line[] } | Parked | Refused {
  const lines: Line[] = [];
  for (const row of rows) {
    const line = read(row);
    if ('kind' in line) return line;
    lines.push(line);
  }
  return { kind: 'lines', lines };
}

/** Reads the columns {@link COST_LINE_COLUMNS}. */
export function readCostLine(row: TextRow, denomination: Denomination): CostLine | Refused {
  const lineNo = Number(required(row, 'line_no'));
  const amount = minorOf(required(row, 'amount'), denomination);
  if (amount === null) return { kind: 'refused', reason: 'amount-too-fine', line: lineNo };
  return { lineNo, expenseType: required(row, 'expense_type'), amount };
}

/** Reads the columns {@link TAXED_LINE_COLUMNS}. */
export function readTaxedLine(
  row: TextRow,
  denomination: Denomination,
  day: CalendarDate,
  dictionary: Dictionary,
): TaxedLine | Parked | Refused {
  const line = readCostLine(row, denomination);
  if ('kind' in line) return line;
  const tax = minorOf(row['tax_amount'] ?? '0', denomination);
  if (tax === null) return { kind: 'refused', reason: 'amount-too-fine', line: line.lineNo };
  const taxCode = taxCodeOf(row['tax_rate'] ?? '0', day, dictionary);
  return typeof taxCode === 'object' ? taxCode : { ...line, taxCode, tax };
}
