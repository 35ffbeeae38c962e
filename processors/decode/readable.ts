import avsc from 'avsc';
import { LONG } from '../../schemas/avro/long.ts';
import type { AvroSchema } from '../../schemas/contract/ports.ts';
import { layoutOf, recordOf } from './avro-tree.ts';
import type { FieldNode, RecordNode } from './avro-tree.ts';
import { dateText, timestampTextOfMicros, timeText } from './calendar.ts';
import { decimalText } from './decimal.ts';
import { PAYLOAD_OFFSET } from './frame.ts';

/** An Avro record as people read it: 64-bit integers and decimals exact, dates and times as cells have them. */
export type Readable = Readonly<Record<string, unknown>>;

/**
 * Compiles a reader of framed bytes that were written with a schema, for people to look at them. Throws CounterfoilError
 * UNSUPPORTED_SCHEMA when it is no record; reading throws what avsc throws when the bytes do not fit.
 */
export function compileReadable(schema: AvroSchema): (bytes: Buffer) => Readable {
  const record = recordOf(schema);
  const type = avsc.Type.forSchema(layoutOf(schema) as avsc.Schema, {
    ...{ wrapUnions: 'never', omitRecordMethods: true, registry: { long: LONG } },
  });
  return (bytes) => readRecord(record, type.fromBuffer(bytes.subarray(PAYLOAD_OFFSET)) as Readable);
}

function readRecord({ fields }: RecordNode, value: Readable): Readable {
  return Object.fromEntries(fields.map((field) => [field.name, readValue(field, value[field.name])]));
}

function readValue(field: FieldNode, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  const { record, items } = field;
  if (record !== null) return readRecord(record, value as Readable);
  if (items !== null && Array.isArray(value)) return value.map((item: unknown) => readValue(items, item));
  return readLogical(field, value);
}

/** What no one can read in that type stays as it is. */
function readLogical({ attributes }: FieldNode, value: unknown): unknown {
  const { logicalType, scale } = attributes;
  switch (logicalType) {
    case 'decimal':
      return Buffer.isBuffer(value) ? decimalText(value, typeof scale === 'number' ? scale : 0) : value;
    case 'date':
      return typeof value === 'number' ? (dateText(value) ?? value) : value;
    case 'time-micros':
      return typeof value === 'bigint' ? (timeText(Number(value)) ?? value) : value;
    case 'local-timestamp-micros':
      return typeof value === 'bigint' ? (timestampTextOfMicros(value) ?? value) : value;
    case 'timestamp-micros':
      return typeof value === 'bigint' ? (instantOf(value) ?? value) : value;
    default:
      return value;
  }
}

function instantOf(micros: bigint): string | null {
  const text = timestampTextOfMicros(micros);
  return text === null ? null : `${text.replace(' ', 'T')}Z`;
}
