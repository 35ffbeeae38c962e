import { calendarDate } from '../dictionary/calendar-date.ts';
import type { CalendarDate } from '../dictionary/calendar-date.ts';
import { CounterfoilError } from '../contract/errors.ts';
import { wallClockOf } from '../dsl/wall-clock.ts';
import type { TextRow } from './declaration.ts';

/** China has had one time for all since 1991. */
const CHINA_MINUTES = 8 * 60;

/** Throws INTERNAL when the column is missing or null: it is the mirror of a NOT NULL column. */
export function required(row: TextRow, column: string): string {
  const text = row[column];
  if (text === undefined || text === null)
    throw new CounterfoilError('INTERNAL', `the column ${column} of a document is missing or null`);
  return text;
}

export function isSet(row: TextRow, column: string): boolean {
  return ['true', 't', '1'].includes(required(row, column));
}

/** The day in China of an instant; null for NULL. Throws INTERNAL for what is no instant of the years 1 to 9999. */
export function dayInChina(row: TextRow, column: string): CalendarDate | null {
  return (row[column] ?? null) === null ? null : requiredDay(row, column);
}

export function requiredDay(row: TextRow, column: string): CalendarDate {
  const instant = required(row, column).replace(' ', 'T').replace(/\+00$/, 'Z');
  const day = calendarDate((wallClockOf(instant, CHINA_MINUTES) ?? '').slice(0, 10));
  if (day === null)
    throw new CounterfoilError('INTERNAL', `the column ${column} of a document is no instant`);
  return day;
}
