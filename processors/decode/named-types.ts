import type { Cell } from '../../schemas/contract/cell.ts';
import type { LogicalType } from '../../schemas/contract/table.ts';
import { wholeNumber } from './column-facts.ts';
import type { ColumnFacts } from './column-facts.ts';
import { asIs, checked, rule, unreadable } from './column-rule.ts';
import type { ColumnRule } from './column-rule.ts';
import { bigIntOf, decimalText } from './decimal.ts';
import { TEMPORAL_TYPES } from './temporal-types.ts';

const text = rule(
  'string',
  () => ({ kind: 'text' }),
  () => asIs,
);

/** Columns that Connect names: the name decides, for one Avro type stands for many things. */
export const NAMED_TYPES: ReadonlyMap<string, ColumnRule> = new Map([
  ...TEMPORAL_TYPES,
  ['org.apache.kafka.connect.data.Decimal', rule('bytes', decimalType, decimalReader)],
  [
    'io.debezium.data.VariableScaleDecimal',
    rule('record', () => ({ kind: 'decimal' }), variableDecimalReader),
  ],
  [
    'io.debezium.data.Json',
    rule(
      'string',
      () => ({ kind: 'json' }),
      () => asIs,
    ),
  ],
  ['io.debezium.data.Uuid', rule('string', () => ({ kind: 'uuid' }), uuidReader)],
  ['io.debezium.data.Enum', rule('string', enumType, enumReader)],
  ['io.debezium.data.EnumSet', text],
  ['io.debezium.data.Xml', text],
  ['io.debezium.data.Bits', rule('bytes', bitsType, bitsReader)],
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
  const scale = wholeNumber(facts.parameter('scale')) ?? 0;
  return precision === null ? { kind: 'decimal', scale } : { kind: 'decimal', precision, scale };
}

function decimalReader(facts: ColumnFacts): (value: Buffer) => string {
  const { scale } = decimalType(facts);
  return checked(facts, 'a decimal number', (value: Buffer) => decimalText(value, scale));
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

/** `allowed` lists the labels with commas between them; a comma inside a label is escaped. */
function labelsOf(facts: ColumnFacts): readonly string[] | null {
  const allowed = facts.parameter('allowed');
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
 * that begins with a zero byte may thus be another one, and is refused.
 */
function uuidReader(facts: ColumnFacts): (value: string) => string {
  if (facts.connector === 'postgresql') return (value) => value.toLowerCase();
  return (value) => {
    if (value.startsWith('00'))
      throw unreadable(facts, 'certain: the connector moves zero bytes from the end to the front');
    return value.toLowerCase();
  };
}

/** BIT(n) is an unsigned number; 64 bits of it do not fit a signed integer. */
function bitsType(facts: ColumnFacts): LogicalType {
  if (bitsOf(facts) < 64) return { kind: 'int', bits: 64 };
  return { kind: 'decimal', precision: 20, scale: 0 };
}

/** The bytes come in little-endian order. */
function bitsReader(facts: ColumnFacts): (value: Buffer) => Cell {
  const number = (value: Buffer): bigint =>
    bigIntOf(Buffer.concat([Buffer.alloc(1), Buffer.from(value).reverse()]));
  return bitsOf(facts) < 64 ? number : (value) => number(value).toString();
}

/** Infinity when the column has no fixed width. */
export function bitsOf(facts: ColumnFacts): number {
  // In a bit string of varying length leading zeros count: that is no number.
  if (facts.sourceType === 'VARBIT') return Infinity;
  return wholeNumber(facts.parameter('length')) ?? Infinity;
}
