import type { ExactLong } from './exact-long.ts';

/**
 * Days and microseconds as the texts of `schemas/contract/cell.ts`. Integer arithmetic only: a Date knows
 * milliseconds and a zone, and neither is wanted here.
 */

/** 4714-11-24 BC and 5874897-12-31 in days since 1970-01-01: what PostgreSQL, which reaches furthest, can hold. */
const FIRST_DAY = -2_440_588;
const LAST_DAY = 2_145_042_905;
const DAY_SECONDS = 86_400;
const MICROS = 1_000_000;
const DAY_MICROS = DAY_SECONDS * MICROS;

const TWO_DIGITS: readonly string[] = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));

/**
 * `YYYY-MM-DD` of a day counted from 1970-01-01, with more digits of the year after 9999 and ` BC` at the end before the
 * year 1; null where PostgreSQL has no dates.
 */
export function dateText(day: number): string | null {
  if (!(day >= FIRST_DAY && day <= LAST_DAY)) return null;
  if (day === lastDay) return lastDate;
  lastDay = day;
  lastDate = formatDay(day);
  return lastDate;
}

// Rows come in the order they were written: the day of one cell is nearly always the day of the cell before.
let lastDay = Number.NaN;
let lastDate = '';

/** Howard Hinnant's civil_from_days: years begin in March, so that the leap day is the last of its year. */
function formatDay(day: number): string {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * month + 2) / 5) + 1;
  const calendarMonth = month < 10 ? month + 3 : month - 9;
  const year = yearOfEra + era * 400 + (calendarMonth <= 2 ? 1 : 0);
  return writtenDate(year, calendarMonth, dayOfMonth);
}

/** `year` counts as astronomers do: 0 is 1 BC. */
export function writtenDate(year: number, month: number, day: number): string {
  const digits = String(year > 0 ? year : 1 - year).padStart(4, '0');
  return `${digits}-${two(month)}-${two(day)}${year > 0 ? '' : BEFORE_CHRIST}`;
}

const BEFORE_CHRIST = ' BC';

/** `HH:MM:SS[.ffffff]` of microseconds since midnight; null outside 00:00:00 to 24:00:00. */
export function timeText(micros: number): string | null {
  return micros >= 0 && micros <= DAY_MICROS ? clockOf(micros) : null;
}

/** `[-]HH:MM:SS[.ffffff]` of microseconds; null beyond 838:59:59.999999, the widest TIME of MariaDB and MySQL. */
export function spanText(micros: number): string | null {
  if (!(Math.abs(micros) <= WIDEST_SPAN)) return null;
  return micros < 0 ? `-${clockOf(-micros)}` : clockOf(micros);
}

const WIDEST_SPAN = 839 * 3600 * MICROS - 1;

function clockOf(micros: number): string {
  const seconds = Math.floor(micros / MICROS);
  return clock(seconds) + fraction(micros - seconds * MICROS);
}

/** `YYYY-MM-DD HH:MM:SS[.ffffff]` of milliseconds since 1970-01-01 00:00:00; dates as {@link dateText} has them. */
export function timestampTextOfMillis(millis: ExactLong): string | null {
  const wanted = Number(millis);
  if (!Number.isSafeInteger(wanted)) return timestampTextOfMicros(BigInt(millis) * 1000n);
  const seconds = Math.floor(wanted / 1000);
  return timestampText(seconds, (wanted - seconds * 1000) * 1000);
}

/** The same of microseconds, which pass 2^53 in the year 2255. */
export function timestampTextOfMicros(micros: ExactLong): string | null {
  const wanted = Number(micros);
  if (Number.isSafeInteger(wanted)) {
    const seconds = Math.floor(wanted / MICROS);
    return timestampText(seconds, wanted - seconds * MICROS);
  }
  const exact = BigInt(micros);
  const rest = ((exact % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return timestampText(Number((exact - rest) / 1_000_000n), Number(rest));
}

/** `seconds` since 1970-01-01 00:00:00, `micros` of that second. */
export function timestampText(seconds: number, micros: number): string | null {
  const day = Math.floor(seconds / DAY_SECONDS);
  const date = dateText(day);
  if (date === null) return null;
  const time = ` ${clock(seconds - day * DAY_SECONDS)}${fraction(micros)}`;
  return date.endsWith(BEFORE_CHRIST) ? date.slice(0, -3) + time + BEFORE_CHRIST : date + time;
}

const SHORT_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{0,5}[1-9])?Z$/;
const INSTANT = /^([+-]?\d{4,9})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)$/;

/**
 * The canonical text of an ISO 8601 instant (`YYYY-MM-DDTHH:MM:SS[.fffffffff](Z|±HH:MM)`): UTC, without trailing zeros.
 * Null when it is none, has parts of a microsecond, or lies where PostgreSQL has no dates.
 */
export function instantText(iso: string): string | null {
  // What connectors nearly always send: UTC, already without zeros at the end.
  if (SHORT_INSTANT.test(iso) && !iso.startsWith('0000')) return iso;
  const parts = INSTANT.exec(iso);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second = '00', digits = '', zone = ''] = parts;
  const nanos = digits.padEnd(9, '0');
  if (!nanos.endsWith('000')) return null;
  const midnight = dayOf(Number(year), Number(month), Number(day)) * DAY_SECONDS;
  const wallClock = midnight + Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  const text = timestampText(wallClock - offsetSeconds(zone), Number(nanos.slice(0, 6)));
  return text === null ? null : zoned(text);
}

function zoned(text: string): string {
  const instant = text.replace(' ', 'T');
  return instant.endsWith(BEFORE_CHRIST) ? `${instant.slice(0, -3)}Z${BEFORE_CHRIST}` : `${instant}Z`;
}

function offsetSeconds(zone: string): number {
  if (zone === 'Z') return 0;
  const seconds = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(4, 6)) * 60;
  return zone.startsWith('-') ? -seconds : seconds;
}

/** Days from 1970-01-01; `year` counts as astronomers do. */
export function dayOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function clock(secondOfDay: number): string {
  const minutes = Math.floor(secondOfDay / 60);
  const hours = Math.floor(minutes / 60);
  return `${hours < 100 ? two(hours) : String(hours)}:${two(minutes % 60)}:${two(secondOfDay % 60)}`;
}

function fraction(micros: number): string {
  if (micros === 0) return '';
  const digits = String(micros).padStart(6, '0');
  let end = 6;
  while (digits.charCodeAt(end - 1) === 48) end -= 1;
  return `.${digits.slice(0, end)}`;
}

function two(n: number): string {
  return TWO_DIGITS[n] ?? '';
}
