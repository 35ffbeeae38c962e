import { BITS } from './bit-types.ts';
import { wholeNumber } from './column-facts.ts';
import type { ColumnFacts } from './column-facts.ts';
import { asIs, checked, rule, unreadable } from './column-rule.ts';
import type { CellMending, ColumnRule } from './column-rule.ts';
import { decimalText } from './decimal.ts';
import { GEOMETRY_TYPES } from './geometry-types.ts';
import { textOf } from './postgres-text.ts';
import { TEMPORAL_TYPES } from './temporal-types.ts';

const text = rule('string', textOf, () => asIs);

/** Columns that Connect names: the name decides, for one Avro type stands for many things. */
export const NAMED_TYPES: ReadonlyMap<string, ColumnRule> = new Map([
  ...TEMPORAL_TYPES,
  ...GEOMETRY_TYPES,
  [
    'org.apache.kafka.connect.data.Decimal',
    rule('bytes', decimalType, decimalReader, { inSnapshot: moneyMending }),
  ],
  [
    'io.debezium.data.VariableScaleDecimal',
    rule('record', () => ({ kind: 'decimal' }), variableDecimalReader),
  ],
  [
    'io.debezium.data.Json',
    rule(
      'string',
      ({ sourceType }) => (sourceType === 'JSONB' ? { kind: 'json', postgres: 'jsonb' } : { kind: 'json' }),
      () => asIs,
    ),
  ],
  [
    'io.debezium.data.Uuid',
    rule(
      'string',
      () => ({ kind: 'uuid' }),
      () => (value: string) => value.toLowerCase(),
      { inStream: uuidMending },
    ),
  ],
  ['io.debezium.data.Enum', rule('string', enumType, enumReader)],
  ['io.debezium.data.EnumSet', text],
  ['io.debezium.data.Xml', text],
  ['io.debezium.data.Tsvector', text],
  ['io.debezium.data.Ltree', text],
  ['io.debezium.data.Bits', BITS],
]);

/** Why a type is not supported, and the connector setting that sends it in a form that is. */
export const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['io.debezium.time.MicroDuration', 'Set interval.handling.mode=string on the connector.'],
  ['io.debezium.time.NanoDuration', 'Set interval.handling.mode=string on the connector.'],
  ['io.debezium.time.IsoDate', 'Set time.precision.mode=adaptive_time_microseconds on the connector.'],
  ['io.debezium.time.IsoTime', 'Set time.precision.mode=adaptive_time_microseconds on the connector.'],
  ['io.debezium.time.IsoTimestamp', 'Set time.precision.mode=adaptive_time_microseconds on the connector.'],
]);

interface DecimalType {
  readonly kind: 'decimal';
  readonly precision?: number;
  readonly scale: number;
}

function decimalType(facts: ColumnFacts): DecimalType {
  // Avro's own `precision` is 64 where Connect knows none, so only Connect's counts.
  const precision = wholeNumber(facts.parameter('connect.decimal.precision'));
  const sent = scaleOf(facts);
  const scale = sent > LARGEST_SCALE ? sent - SCALE_MODULUS : sent;
  return precision === null ? { kind: 'decimal', scale } : { kind: 'decimal', precision, scale };
}

/** PostgreSQL keeps the scale of a numeric in 11 bits, and the connector takes a negative one for a large one. */
const LARGEST_SCALE = 1000;
const SCALE_MODULUS = 2048;

function scaleOf(facts: ColumnFacts): number {
  return wholeNumber(facts.parameter('scale')) ?? 0;
}

function decimalReader(facts: ColumnFacts): (value: Buffer) => string {
  const scale = scaleOf(facts);
  const read = checked(facts, 'a decimal number', (value: Buffer) => decimalText(value, scale));
  return scale > LARGEST_SCALE ? (value) => read(value).replace(/\.0+$/, '') : read;
}

/** Decimals of so many digits are the same after a time as a double. */
const DIGITS_OF_DOUBLE = 15;

/** Snapshots read `money` as a double. */
function moneyMending(facts: ColumnFacts): CellMending | null {
  if (facts.sourceType !== 'MONEY') return null;
  return (cell) => {
    if (typeof cell !== 'string' || cell.replace(/[-.]/g, '').length <= DIGITS_OF_DOUBLE) return cell;
    throw unreadable(facts, 'certain: a snapshot reads money as a double, which has fewer digits');
  };
}

function variableDecimalReader(facts: ColumnFacts): (value: Readonly<Record<string, unknown>>) => string {
  return ({ scale, value }) => {
    const digits = typeof scale === 'number' && Buffer.isBuffer(value) ? decimalText(value, scale) : null;
    if (digits === null) throw unreadable(facts, 'a decimal number');
    return digits;
  };
}

function enumType(facts: ColumnFacts): { kind: 'enum'; values?: readonly string[] } {
  const values = labelsOf(facts);
  return values === null ? { kind: 'enum' } : { kind: 'enum', values };
}

/**
 * `allowed` lists the labels with commas between them; a comma inside a label is escaped, but not by the PostgreSQL
 * connector, whose lists can therefore not be taken apart.
 */
function labelsOf(facts: ColumnFacts): readonly string[] | null {
  const allowed = facts.connector === 'postgresql' ? null : facts.parameter('allowed');
  return allowed === null ? null : allowed.split(/(?<!\\),/).map((label) => label.replaceAll('\\,', ','));
}

/** From a snapshot a label comes as it is, from the binlog with its commas escaped. */
function enumReader(facts: ColumnFacts): (value: string) => string {
  const withCommas = (labelsOf(facts) ?? []).filter((label) => label.includes(','));
  if (withCommas.length === 0) return asIs;
  const labels = new Map(withCommas.map((label) => [label.replaceAll(',', '\\,'), label]));
  return (value) => labels.get(value) ?? value;
}

/**
 * MariaDB does not log zero bytes at the end of a UUID, and the connector puts as many in front of what is left. A UUID
 * that begins with a zero byte may thus be another one, and is refused; that of zeros alone is certain.
 */
function uuidMending(facts: ColumnFacts): CellMending | null {
  if (facts.connector === 'postgresql') return null;
  return (cell) => {
    if (typeof cell === 'string' && cell.startsWith('00') && cell !== NIL_UUID)
      throw unreadable(facts, 'certain: the connector moves zero bytes from the end to the front');
    return cell;
  };
}

const NIL_UUID = '00000000-0000-0000-0000-000000000000';
