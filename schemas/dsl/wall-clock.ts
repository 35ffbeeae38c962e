/**
 * Moves between wall clocks and instants at a fixed distance from UTC, on the texts of the cells. For zones without
 * summer time, such as China since 1991 (+08:00): the distance is then the same on every day.
 */

/** `±HH:MM`, east of UTC is plus. */
export type Offset = `${'+' | '-'}${string}:${string}`;

/** Minutes east of UTC. Throws RangeError when the text is not `±HH:MM`. */
export function offsetMinutes(offset: string): number {
  const parts = /^([+-])(\d\d):(\d\d)$/.exec(offset);
  if (parts === null) throw new RangeError('an offset is written ±HH:MM');
  const minutes = Number(parts[2]) * 60 + Number(parts[3]);
  return parts[1] === '-' ? -minutes : minutes;
}

/** `2024-01-31 08:00:00` at 480 minutes east is `2024-01-31T00:00:00Z`; null when it leaves the years 0001 to 9999. */
export function instantOf(wallClock: string, minutesEast: number): string | null {
  const shifted = shift(wallClock, -minutesEast);
  return shifted === null ? null : `${shifted.replace(' ', 'T')}Z`;
}

/** `2024-01-31T00:00:00Z` at 480 minutes east is `2024-01-31 08:00:00`; null when it leaves the years 0001 to 9999. */
export function wallClockOf(instant: string, minutesEast: number): string | null {
  return shift(instant.slice(0, -1).replace('T', ' '), minutesEast);
}

function shift(wallClock: string, minutes: number): string | null {
  const ofDay = Number(wallClock.slice(11, 13)) * 60 + Number(wallClock.slice(14, 16)) + minutes;
  // Mostly the day stays the same, and then only hours and minutes change.
  if (ofDay >= 0 && ofDay < 1440) {
    return `${wallClock.slice(0, 11)}${two(Math.floor(ofDay / 60))}:${two(ofDay % 60)}${wallClock.slice(16)}`;
  }
  // The fraction is not touched: a shift by minutes does not change it.
  const millis = Date.parse(`${wallClock.slice(0, 10)}T${wallClock.slice(11, 19)}Z`) + minutes * 60_000;
  const iso = new Date(millis).toISOString();
  if (iso.length !== 24 || iso.startsWith('0000')) return null;
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${wallClock.slice(19)}`;
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}
