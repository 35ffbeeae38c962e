import type { CalendarDate } from '../dictionary/calendar-date.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import type { Outline, TextRow } from '../posting/declaration.ts';
import type { TaxedLine } from '../posting/document.ts';
import type { Minor } from '../posting/money.ts';
import type { Parked, Refused } from '../posting/outcome.ts';
import { readLines, readTaxedLine } from '../posting/read-lines.ts';
import { readTotal } from '../posting/read-total.ts';
import { dayInChina, isSet, required, requiredDay } from '../posting/text-row.ts';

// What the OA keeps in the same columns of all documents of costs that it approves.

export const APPROVED_COSTS_COLUMNS = [
  'department_code',
  'currency',
  'total_amount',
  'status',
  'approved_at',
  'is_deleted',
  'updated_at',
] as const;

export interface ApprovedCosts {
  readonly kind: 'costs';
  readonly changedOn: CalendarDate;
  readonly status: string;
  readonly accountingDate: CalendarDate | null;
  readonly currency: string;
  readonly total: Minor;
  readonly department: string;
  readonly lines: readonly TaxedLine[];
}

/** `number` is the column of the document's number. */
export function outlineCosts(header: TextRow, number: string): Outline {
  return {
    status: required(header, 'status'),
    number: required(header, number),
    flagged: isSet(header, 'is_deleted'),
    changedOn: requiredDay(header, 'updated_at'),
  };
}

/** By the dictionary of the day of approval; of the last change as long as there is none. */
export function readCosts(
  header: TextRow,
  lines: readonly TextRow[],
  dictionary: Dictionary,
): ApprovedCosts | Parked | Refused {
  const accountingDate = dayInChina(header, 'approved_at');
  const changedOn = requiredDay(header, 'updated_at');
  const day = accountingDate ?? changedOn;
  const read = readTotal(header, 'total_amount', day, dictionary);
  if (read.kind !== 'total') return read;
  const { total, currency } = read;
  const taxed = readLines(lines, (line) => readTaxedLine(line, currency, day, dictionary));
  if (taxed.kind !== 'lines') return taxed;
  return {
    kind: 'costs',
    ...{ changedOn, accountingDate, total, lines: taxed.lines },
    status: required(header, 'status'),
    currency: currency.code,
    department: required(header, 'department_code'),
  };
}
