declare const brand: unique symbol;

/** A day that exists, as `YYYY-MM-DD`: the order of the texts is the order of the days. */
export type CalendarDate = string & { readonly [brand]: true };

/** Null when the text names no day: 2026-02-29, or another way of writing one. */
export function calendarDate(text: string): CalendarDate | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const ms = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(ms)) return null;
  const day = dayOf(ms);
  return day === text ? day : null;
}

export function dayAfter(date: CalendarDate): CalendarDate {
  return dayOf(Date.parse(`${date}T00:00:00Z`) + DAY);
}

export function dayBefore(date: CalendarDate): CalendarDate {
  return dayOf(Date.parse(`${date}T00:00:00Z`) - DAY);
}

export function laterOf(a: CalendarDate, b: CalendarDate): CalendarDate {
  return a < b ? b : a;
}

const DAY = 86_400_000;

function dayOf(ms: number): CalendarDate {
  return new Date(ms).toISOString().slice(0, 10) as CalendarDate;
}
