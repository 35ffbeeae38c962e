import type { Cell } from '../../schemas/contract/cell.ts';
import type { LogicalType } from '../../schemas/contract/table.ts';
import {
  dateText,
  instantText,
  spanText,
  timeText,
  timestampTextOfMicros,
  timestampTextOfMillis,
} from './calendar.ts';
import type { ColumnFacts } from './column-facts.ts';
import { checked, rule, unreadable } from './column-rule.ts';
import type { CellMending, ColumnRule } from './column-rule.ts';
import type { ExactLong } from './exact-long.ts';
import { asWritten, unlessLeftOut } from './julian.ts';
import { intervalText } from './postgres-text.ts';

const RANGE = 'in a range that the source has';

const date = rule('int', () => ({ kind: 'date' }), dateReader, {
  inSnapshot: (facts) => (facts.connector === 'postgresql' ? mendingOf(facts, unlessLeftOut) : null),
});
const timeOfMillis = rule('int', temporal('time', 3), (facts) => {
  const text = clockText(facts);
  return checked(facts, `a time ${RANGE}`, (value: number) => text(value * 1000));
});
const timestampOfMillis = timestamp(3, timestampTextOfMillis, [
  9_223_372_036_825_200n,
  -9_223_372_036_832_400n,
]);

export const TEMPORAL_TYPES: readonly (readonly [string, ColumnRule])[] = [
  ['org.apache.kafka.connect.data.Date', date],
  ['org.apache.kafka.connect.data.Time', timeOfMillis],
  ['org.apache.kafka.connect.data.Timestamp', timestampOfMillis],
  ['io.debezium.time.Date', date],
  ['io.debezium.time.Time', timeOfMillis],
  [
    'io.debezium.time.MicroTime',
    rule('long', temporal('time', 6), (facts) => {
      const text = clockText(facts);
      return checked(facts, `a time ${RANGE}`, (value: ExactLong) => text(Number(value)));
    }),
  ],
  [
    'io.debezium.time.NanoTime',
    rule('long', temporal('time', 6), (facts) => {
      const text = clockText(facts);
      return checked(facts, `a time in whole microseconds ${RANGE}`, (value: ExactLong) =>
        BigInt(value) % 1000n === 0n ? text(Number(BigInt(value) / 1000n)) : null,
      );
    }),
  ],
  ['io.debezium.time.Timestamp', timestampOfMillis],
  [
    'io.debezium.time.MicroTimestamp',
    timestamp(6, timestampTextOfMicros, [9_223_372_036_825_200_000n, -9_223_372_036_832_400_000n]),
  ],
  [
    'io.debezium.time.NanoTimestamp',
    rule('long', temporal('timestamp', 6), (facts) =>
      checked(facts, `a timestamp in whole microseconds ${RANGE}`, (value: ExactLong) =>
        BigInt(value) % 1000n === 0n ? timestampTextOfMicros(BigInt(value) / 1000n) : null,
      ),
    ),
  ],
  [
    'io.debezium.time.ZonedTimestamp',
    rule('string', temporal('instant', 6), instantReader, {
      inSnapshot: (facts) => mendingOf(facts, asWritten),
    }),
  ],
  [
    'io.debezium.time.ZonedTime',
    rule(
      'string',
      () => ({ kind: 'text', postgres: 'timetz' }),
      (facts) => checked(facts, 'a time in UTC', (value: string) => utcTime(value)),
    ),
  ],
  // The binlog has 0 for the year 0000, and counts from 1900.
  [
    'io.debezium.time.Year',
    rule(
      'int',
      () => ({ kind: 'int', bits: 16 }),
      () => (year: number) => (year === 1900 ? 0 : year),
    ),
  ],
  [
    'io.debezium.time.Interval',
    rule(
      'string',
      () => ({ kind: 'text', postgres: 'interval' }),
      (facts) => checked(facts, 'an interval', intervalText),
    ),
  ],
];

function temporal(kind: 'time' | 'timestamp' | 'instant', widest: number) {
  return (facts: ColumnFacts): LogicalType => {
    const fraction = declaredFraction(facts) ?? widest;
    return kind === 'time' && hasSpans(facts) ? { kind, fraction, beyondDay: true } : { kind, fraction };
  };
}

/** Digits of the fractional second as declared in the source; null when its type was not propagated. */
export function declaredFraction({ sourceType, connector, length, scale }: ColumnFacts): number | null {
  if (sourceType === null) return null;
  return Math.min(6, connector === 'postgresql' ? (scale ?? 6) : (length ?? 0));
}

/** TIME of MariaDB and MySQL is a span of time as well. */
function hasSpans({ connector }: ColumnFacts): boolean {
  return connector !== 'postgresql';
}

function clockText(facts: ColumnFacts): (micros: number) => string | null {
  return hasSpans(facts) ? spanText : timeText;
}

/** What the connector makes of the infinite dates, by snapshot and by log. */
const INFINITE_DATES: ReadonlyMap<number, string> = new Map([
  [-622_191_234, 'infinity'],
  [-625_821_272, '-infinity'],
  [-2_147_472_692, 'infinity'],
  [-2_147_472_691, '-infinity'],
]);

function dateReader(facts: ColumnFacts): (value: number) => Cell {
  if (facts.connector === 'postgresql')
    return checked(
      facts,
      `a date ${RANGE}`,
      (day: number) => dateText(day) ?? INFINITE_DATES.get(day) ?? null,
    );
  return (day) => existing(facts, dateText(day));
}

function timestamp(
  fraction: number,
  textOf: (value: ExactLong) => string | null,
  [infinity, negative]: readonly [bigint, bigint],
): ColumnRule {
  return rule(
    'long',
    temporal('timestamp', fraction),
    (facts) => {
      if (facts.connector !== 'postgresql') return (value: ExactLong) => existing(facts, textOf(value));
      return checked(facts, `a timestamp ${RANGE}`, (value: ExactLong) =>
        value === infinity ? 'infinity' : value === negative ? '-infinity' : textOf(value),
      );
    },
    {
      inSnapshot: (facts) => mendingOf(facts, facts.connector === 'postgresql' ? asWritten : unlessLeftOut),
    },
  );
}

function instantReader(facts: ColumnFacts): (value: string) => Cell {
  const read = checked(facts, `an instant in whole microseconds ${RANGE}`, (value: string) =>
    value === 'infinity' || value === '-infinity' ? value : instantText(value),
  );
  if (facts.connector === 'postgresql') return read;
  return (value) => {
    const instant = read(value);
    // TIMESTAMP begins a second later: 1970-01-01 00:00:00 stands for 0000-00-00.
    return instant === ZERO_TIMESTAMP ? noDate(facts) : instant;
  };
}

const ZERO_TIMESTAMP = '1970-01-01T00:00:00Z';

/** In MariaDB and MySQL, what lies before the year 1 has no year. */
function existing(facts: ColumnFacts, text: string | null): string | null {
  if (text === null) throw unreadable(facts, `a date ${RANGE}`);
  return text.endsWith(' BC') ? noDate(facts) : text;
}

/** A date without year, month or day: null, as the connector sends it where it can. */
function noDate(facts: ColumnFacts): null {
  if (facts.nullable) return null;
  throw unreadable(facts, 'a date: it has no year, month or day');
}

function utcTime(text: string): string | null {
  const parts = /^(\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/.exec(text);
  if (parts === null) return null;
  const [, clock = '', digits = ''] = parts;
  const fraction = digits.replace(/0+$/, '');
  return `${clock}${fraction === '' ? '' : `.${fraction}`}+00`;
}

function mendingOf(facts: ColumnFacts, mend: (cell: string) => string | null): CellMending {
  return (cell) => {
    const mended = typeof cell === 'string' ? mend(cell) : cell;
    if (mended === null)
      throw unreadable(facts, 'certain: a snapshot moves 1582-10-05 to 14 to the ten days that follow');
    return mended;
  };
}
