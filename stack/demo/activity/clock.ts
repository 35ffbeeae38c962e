import type { Random } from './prng.ts';

/**
 * The generator's times come from a clock of its own, moved by the seed, never from the wall: the same seed and
 * number of actions give the same rows. It keeps office hours, Monday to Friday, in China (UTC+8; the country has
 * had no daylight saving time since 1991).
 */
export interface Moment {
  /** Milliseconds since 1970 in UTC. */
  readonly ms: number;
  /** Microseconds within the millisecond, 0 to 999. */
  readonly micros: number;
}

/** Monday 2026-01-05 09:00 in China: where the clock of an empty office starts. */
export const OFFICE_OPENS = Date.UTC(2026, 0, 5, 1, 0, 0);

const ZONE_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
const OPENING_MS = 8.5 * 3_600_000;
const CLOSING_MS = 18.5 * 3_600_000;

/** The moment of the next action: always later than `ms`, within office hours. */
export function nextMoment(ms: number, random: Random): Moment {
  const moved = ms + random.int(3_000, 55_000) + random.int(0, 999);
  return { ms: withinOfficeHours(moved), micros: random.int(0, 999) };
}

function withinOfficeHours(ms: number): number {
  const local = ms + ZONE_MS;
  const day = Math.floor(local / DAY_MS);
  const time = local - day * DAY_MS;
  if (isWorkday(day)) {
    if (time >= OPENING_MS && time < CLOSING_MS) return ms;
    if (time < OPENING_MS) return day * DAY_MS + OPENING_MS + (time % 60_000) - ZONE_MS;
  }
  let next = day + 1;
  while (!isWorkday(next)) next += 1;
  return next * DAY_MS + OPENING_MS + (time % 60_000) - ZONE_MS;
}

/** Day 0 of the epoch was a Thursday. */
function isWorkday(day: number): boolean {
  const weekday = (day + 4) % 7;
  return weekday !== 0 && weekday !== 6;
}

/** Wall clock in China, `YYYY-MM-DD HH:MM:SS` with `fraction` digits (0, 3 or 6) after the second. */
export function wallClock(moment: Moment, fraction: 0 | 3 | 6): string {
  const iso = new Date(moment.ms + ZONE_MS).toISOString();
  const seconds = `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
  if (fraction === 0) return seconds;
  const millis = `${seconds}.${iso.slice(20, 23)}`;
  return fraction === 3 ? millis : millis + String(moment.micros).padStart(3, '0');
}

/** `YYYY-MM-DD` in China, `days` after the moment (before it when negative). */
export function dateOf(moment: Moment, days = 0): string {
  return new Date(moment.ms + ZONE_MS + days * DAY_MS).toISOString().slice(0, 10);
}

/** Reads `YYYY-MM-DD HH:MM:SS[.ffffff]`, a wall clock in China. Throws RangeError on anything else. */
export function parseWallClock(text: string): Moment {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/.exec(text);
  const [, date = '', time = '', fraction = ''] = match ?? [];
  const ms = Date.parse(`${date}T${time}Z`);
  if (match === null || Number.isNaN(ms)) throw new RangeError('not a wall clock time');
  const micros = Number(fraction.padEnd(6, '0'));
  return { ms: ms - ZONE_MS + Math.floor(micros / 1000), micros: micros % 1000 };
}
