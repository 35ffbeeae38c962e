import type { CalendarDate } from '../dictionary/calendar-date.ts';
import { lookup } from '../dictionary/dictionary.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import type { TextRow } from './declaration.ts';
import { minorOf } from './money.ts';
import type { Denomination, Minor } from './money.ts';
import { parked } from './outcome.ts';
import type { Parked, Refused } from './outcome.ts';
import { required } from './text-row.ts';

/** What a document comes to, and in which currency. */
export interface Total {
  readonly kind: 'total';
  readonly currency: Denomination;
  readonly total: Minor;
}

/** Reads the column `amount` in the currency that the column `currency` names, by the dictionary of that day. */
export function readTotal(
  row: TextRow,
  amount: string,
  day: CalendarDate,
  dictionary: Dictionary,
): Total | Parked | Refused {
  const code = required(row, 'currency');
  const found = lookup(dictionary, 'currency', code, day);
  if (found.kind === 'not-mapped') return parked(found);
  const currency = { code, minorUnits: found.value.minor_units };
  const total = minorOf(required(row, amount), currency);
  return total === null
    ? { kind: 'refused', reason: 'amount-too-fine', line: null }
    : { kind: 'total', currency, total };
}
