import type { CalendarDate } from '../dictionary/calendar-date.ts';

/** An accounting period 会计期间, both days included. */
export interface Period {
  readonly code: string;
  readonly startsOn: CalendarDate;
  readonly endsOn: CalendarDate;
  readonly status: 'open' | 'closed';
}
