import { laterOf } from '../../schemas/dictionary/calendar-date.ts';
import type { CalendarDate } from '../../schemas/dictionary/calendar-date.ts';
import type { Parked } from '../../schemas/posting/outcome.ts';
import type { Period } from '../../schemas/posting/period.ts';

/** A day in an open period. */
export interface PostingDay {
  readonly kind: 'day';
  readonly period: string;
  readonly date: CalendarDate;
}

/** The day itself when its period is open; otherwise the first day of the next one that is. */
export function postingDay(periods: readonly Period[], wanted: CalendarDate): PostingDay | Parked {
  const [next] = periods
    .filter(({ status, endsOn }) => status === 'open' && endsOn >= wanted)
    .sort((a, b) => (a.startsOn < b.startsOn ? -1 : 1));
  if (next === undefined) return { kind: 'parked', reason: 'no-open-period', date: wanted };
  return { kind: 'day', period: next.code, date: laterOf(next.startsOn, wanted) };
}
