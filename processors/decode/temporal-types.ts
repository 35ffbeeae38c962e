import type { LogicalType } from '../../schemas/contract/table.ts';
import { dateText, instantText, timeText, timestampTextOfMicros, timestampTextOfMillis } from './calendar.ts';
import type { ColumnFacts } from './column-facts.ts';
import { asIs, checked, rule } from './column-rule.ts';
import type { ColumnRule } from './column-rule.ts';

const YEARS = 'between the years 0001 and 9999';
const DAY = 'between 00:00:00 and 24:00:00';

const date = rule(
  'int',
  () => ({ kind: 'date' }),
  (facts) => checked(facts, `a date ${YEARS}`, dateText),
);
const timeOfMillis = rule('int', temporal('time', 3), (facts) =>
  checked(facts, `a time ${DAY}`, (value: number) => timeText(value * 1000)),
);
const timestampOfMillis = rule('long', temporal('timestamp', 3), (facts) =>
  checked(facts, `a timestamp ${YEARS}`, timestampTextOfMillis),
);

export const TEMPORAL_TYPES: readonly (readonly [string, ColumnRule])[] = [
  ['org.apache.kafka.connect.data.Date', date],
  ['org.apache.kafka.connect.data.Time', timeOfMillis],
  ['org.apache.kafka.connect.data.Timestamp', timestampOfMillis],
  ['io.debezium.time.Date', date],
  ['io.debezium.time.Time', timeOfMillis],
  [
    'io.debezium.time.MicroTime',
    rule('long', temporal('time', 6), (facts) =>
      checked(facts, `a time ${DAY}`, (value: bigint) => timeText(Number(value))),
    ),
  ],
  [
    'io.debezium.time.NanoTime',
    rule('long', temporal('time', 6), (facts) =>
      checked(facts, `a time in whole microseconds ${DAY}`, (value: bigint) =>
        value % 1000n === 0n ? timeText(Number(value / 1000n)) : null,
      ),
    ),
  ],
  ['io.debezium.time.Timestamp', timestampOfMillis],
  [
    'io.debezium.time.MicroTimestamp',
    rule('long', temporal('timestamp', 6), (facts) =>
      checked(facts, `a timestamp ${YEARS}`, timestampTextOfMicros),
    ),
  ],
  [
    'io.debezium.time.NanoTimestamp',
    rule('long', temporal('timestamp', 6), (facts) =>
      checked(facts, `a timestamp in whole microseconds ${YEARS}`, (value: bigint) =>
        value % 1000n === 0n ? timestampTextOfMicros(value / 1000n) : null,
      ),
    ),
  ],
  [
    'io.debezium.time.ZonedTimestamp',
    rule('string', temporal('instant', 6), (facts) =>
      checked(facts, `an instant in whole microseconds ${YEARS}`, instantText),
    ),
  ],
  [
    'io.debezium.time.Year',
    rule(
      'int',
      () => ({ kind: 'int', bits: 16 }),
      () => asIs,
    ),
  ],
  [
    'io.debezium.time.Interval',
    rule(
      'string',
      () => ({ kind: 'text' }),
      () => asIs,
    ),
  ],
];

function temporal(kind: 'time' | 'timestamp' | 'instant', widest: number) {
  return (facts: ColumnFacts): LogicalType => ({ kind, fraction: declaredFraction(facts) ?? widest });
}

/** Digits of the fractional second as declared in the source; null when its type was not propagated. */
export function declaredFraction({ sourceType, connector, length, scale }: ColumnFacts): number | null {
  if (sourceType === null) return null;
  return Math.min(6, connector === 'postgresql' ? (scale ?? 6) : (length ?? 0));
}
