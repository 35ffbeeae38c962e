import { dayOf, writtenDate } from './calendar.ts';

/**
 * Snapshots are read through a Java calendar that knows the Gregorian reform: what a database writes as 1500-01-01 is taken
 * for a date of the Julian calendar, and comes as the same day's Gregorian date. This takes it back. The ten days that
 * the reform left out (1582-10-05 to 14) come as those that followed, and can no longer be told from them.
 */

/** The first day after the reform, and the first one that is certain again: days from 1970-01-01. */
const REFORM = dayOf(1582, 10, 15);
const CERTAIN = REFORM + 10;
/** Julian day number of 1970-01-01. */
const EPOCH = 2_440_588;

const DATED = /^(\d{4})-(\d\d)-(\d\d)(.*?)( BC)?$/;

/** The date or timestamp as its database writes it; null when that is uncertain. */
export function asWritten(cell: string): string | null {
  const day = ancientDay(cell);
  if (day === null) return cell;
  if (day >= REFORM) return null;
  const [, , , , rest = ''] = DATED.exec(cell) ?? [];
  const written = julianDate(day);
  return written.endsWith(' BC') ? written.slice(0, -3) + rest + ' BC' : written + rest;
}

/** Null for dates that the reform left alone, but which days it left out hides. */
export function unlessLeftOut(cell: string): string | null {
  const day = ancientDay(cell);
  return day !== null && day >= REFORM ? null : cell;
}

/** The day of a date that is not certainly after the reform, or null. */
function ancientDay(cell: string): number | null {
  const isAncient = cell.charCodeAt(4) === 45 && (cell < '1582-10-25' || cell.endsWith(' BC'));
  const parts = isAncient ? DATED.exec(cell) : null;
  if (parts === null) return null;
  const [, digits, month, dayOfMonth, , era] = parts;
  const year = era === undefined ? Number(digits) : 1 - Number(digits);
  const day = dayOf(year, Number(month), Number(dayOfMonth));
  return day < CERTAIN ? day : null;
}

/** The day's date in the Julian calendar (Richards' algorithm). */
function julianDate(day: number): string {
  const shifted = day + EPOCH + 32_082;
  const year = Math.floor((4 * shifted + 3) / 1461);
  const dayOfYear = shifted - Math.floor((1461 * year) / 4);
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  return writtenDate(
    year - 4800 + Math.floor(month / 10),
    month + 3 - 12 * Math.floor(month / 10),
    dayOfYear - Math.floor((153 * month + 2) / 5) + 1,
  );
}
