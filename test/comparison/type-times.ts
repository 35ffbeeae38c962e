const MICROS = 1_000_000n;
const DAY = 86_400n * MICROS;

/** A date as `2024-02-29`, also where a column has midnight behind it. */
export function plainDate(text: string): string {
  return text.replace(/[ T]00:00(:00(\.0+)?)?(Z|\+00(:?00)?)?/, '');
}

/** A date and a time in one spelling; an offset is taken off. */
export function plainMoment(text: string): string {
  const [, date, time, fraction = '', offset = '', era = ''] =
    /^(\d+-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)(\.\d+)?(Z|[+-]\d\d(?::?\d\d)?)?( BC)?$/.exec(text) ?? [];
  if (date === undefined || time === undefined) return text;
  const seconds = time.length === 5 ? `${time}:00` : time;
  const shift = offsetMicros(offset) / 1000n;
  const plain =
    shift === 0n
      ? `${date} ${seconds}`
      : new Date(Date.parse(`${date}T${seconds}Z`) - Number(shift))
          .toISOString()
          .slice(0, 19)
          .replace('T', ' ');
  const digits = fraction.replace(/\.?0+$/, '');
  return `${plain}${digits}${era}`;
}

/** Microseconds of a time, which may be longer than a day. */
export function plainTime(text: string): string {
  const span = spanOf(text);
  return span === null || span.months !== 0n ? text : String(span.days * DAY + span.micros);
}

/** The time of day in UTC, in microseconds. */
export function plainZonedTime(text: string): string {
  const [, time = '', offset = ''] = /^(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-][\d:]+)?$/.exec(text) ?? [];
  const span = spanOf(time);
  if (span === null) return text;
  return String((((span.micros - offsetMicros(offset)) % DAY) + DAY) % DAY);
}

/** Months, days and microseconds, which are three things in an interval. */
export function plainInterval(text: string): string {
  const span = spanOf(text);
  return span === null ? text : `${span.months} ${span.days} ${span.micros}`;
}

interface Span {
  readonly months: bigint;
  readonly days: bigint;
  readonly micros: bigint;
}

/** As PostgreSQL, MariaDB and ISO 8601 spell it. */
function spanOf(text: string): Span | null {
  return text.startsWith('P') ? isoSpanOf(text) : clockSpanOf(text);
}

function isoSpanOf(text: string): Span | null {
  const found = /^P((?:-?\d+[YMWD])*)(?:T((?:-?[\d.]+[HMS])*))?$/.exec(text);
  if (found === null) return null;
  const part = (of: string | undefined, unit: string) =>
    new RegExp(`(-?[\\d.]+)${unit}`).exec(of ?? '')?.[1] ?? '0';
  const [, date, time] = found;
  return {
    months: BigInt(part(date, 'Y')) * 12n + BigInt(part(date, 'M')),
    days: BigInt(part(date, 'W')) * 7n + BigInt(part(date, 'D')),
    micros:
      (BigInt(part(time, 'H')) * 3600n + BigInt(part(time, 'M')) * 60n) * MICROS + microsOf(part(time, 'S')),
  };
}

function clockSpanOf(text: string): Span | null {
  if (
    !/^(?:[-+]?\d+ (?:years?|mons?|days?) ?)*(?:[-+]?\d+:\d\d(?::\d\d(?:\.\d+)?)?)?$/.test(text) ||
    text === ''
  )
    return null;
  const part = (unit: string) => BigInt(new RegExp(`([-+]?\\d+) ${unit}`).exec(text)?.[1] ?? '0');
  const [, sign = '', hours = '0', minutes = '0', seconds = '0'] =
    /([-+]?)(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?$/.exec(text) ?? [];
  const micros = (BigInt(hours) * 3600n + BigInt(minutes) * 60n) * MICROS + microsOf(seconds);
  return {
    months: part('year') * 12n + part('mon'),
    days: part('day'),
    micros: sign === '-' ? -micros : micros,
  };
}

function microsOf(seconds: string): bigint {
  const [whole = '0', fraction = ''] = seconds.replace('-', '').split('.');
  const micros = BigInt(whole) * MICROS + BigInt(fraction.padEnd(6, '0').slice(0, 6));
  return seconds.startsWith('-') ? -micros : micros;
}

function offsetMicros(offset: string): bigint {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?/.exec(offset) ?? [];
  const micros = (BigInt(hours) * 60n + BigInt(minutes)) * 60n * MICROS;
  return sign === '-' ? -micros : micros;
}
