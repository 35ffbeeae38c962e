import type { CalendarDate } from '../dictionary/calendar-date.ts';
import { inForce } from '../dictionary/dictionary.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { compareDecimals } from '../dsl/decimal-text.ts';
import type { Parked } from './outcome.ts';

/** A line says its rate of tax, as decimal text; the dictionary knows the code that has it. */
export function taxCodeOf(rate: string, day: CalendarDate, dictionary: Dictionary): string | Parked {
  const found = inForce(dictionary, 'tax-code', day).find(
    ({ value }) => compareDecimals(value.rate, rate) === 0,
  );
  if (found !== undefined) return found.code;
  return { kind: 'parked', reason: 'not-mapped', list: 'tax-code', code: `of rate ${rate}`, date: day };
}
