import avsc from 'avsc';
import { LONG } from '../../schemas/avro/long.ts';
import { avroName, isList, keySchema, messageSchema } from '../../schemas/avro/message-schema.ts';
import type { Json } from '../../schemas/avro/message-schema.ts';
import type { Cell } from '../../schemas/contract/cell.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Message, MessageBody, MessageShape } from '../../schemas/contract/message.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { Column } from '../../schemas/contract/table.ts';
import { avroValueOf, UnfitCell } from './avro-values.ts';
import type { AvroValue } from './avro-values.ts';

/** Ids of the schemas in the registry. */
export interface SchemaIds {
  readonly key: number;
  readonly value: number;
}

export interface EncodedMessage {
  readonly key: Buffer;
  /** Null when it is no longer there: a tombstone. */
  readonly value: Buffer | null;
}

/** Encodes messages of one shape as Avro with the schema's id in front. It throws CounterfoilError ROW_REJECTED. */
export type MessageEncoder = (message: Message) => EncodedMessage;

/** Where the Avro bytes begin: after the magic byte 0 and the schema's id in four bytes, big-endian. */
export const PAYLOAD_OFFSET = 5;

export function createMessageEncoder(shape: MessageShape, ids: SchemaIds): MessageEncoder {
  const { table } = shape;
  const keyType = typeOf(keySchema(shape));
  const valueType = typeOf(messageSchema(shape));
  const keyFields = fieldsOf(
    table.key.flatMap((name) => table.columns.filter((column) => column.name === name)),
  );
  const bodyOf = recordEncoder(shape);
  return ({ keyCells, body }) => {
    const key = Object.fromEntries(
      keyFields.map((field, at) => [field.name, field.encode(keyCells[at] ?? null)]),
    );
    return {
      key: framed(ids.key, keyType.toBuffer(key)),
      value: body === null ? null : framed(ids.value, valueType.toBuffer(bodyOf(body))),
    };
  };
}

type AvroRecord = Readonly<Record<string, unknown>>;

function recordEncoder({ table, nested, as }: MessageShape): (body: MessageBody) => AvroRecord {
  const fields = fieldsOf(table.columns);
  const lists = Object.entries(nested).map(([name, shape]) => ({ name, encode: recordEncoder(shape) }));
  const label = tableLabel(table.id);
  return (body) => {
    const row: Record<string, unknown> = {};
    for (const { column, name, encode } of fields) {
      try {
        row[name] = encode(body.cells[column] ?? null);
      } catch (error) {
        if (error instanceof UnfitCell) throw unfit(label, column, error);
        throw error;
      }
    }
    const record = as === undefined ? row : { [avroName(as)]: row };
    for (const { name, encode } of lists) record[avroName(name)] = (body.nested[name] ?? []).map(encode);
    return record;
  };
}

interface FieldEncoder {
  readonly column: string;
  readonly name: string;
  readonly encode: (cell: Cell) => AvroValue | null;
}

function fieldsOf(columns: readonly Column[]): readonly FieldEncoder[] {
  return columns.map(({ name, type, nullable }) => {
    const valueOf = avroValueOf(type);
    return {
      ...{ column: name, name: avroName(name) },
      encode: (cell) => {
        if (cell !== null) return valueOf(cell);
        if (nullable) return null;
        throw new UnfitCell('is null, which it may not be');
      },
    };
  });
}

function unfit(label: string, column: string, { message }: UnfitCell): CounterfoilError {
  return new CounterfoilError(
    'ROW_REJECTED',
    `no message can hold the row of ${label}: column ${column} ${message}`,
    {
      remedy:
        'Widen the field in the declaration, or mend the value at the source and discard this letter; then redrive the route.',
    },
  );
}

function framed(id: number, payload: Buffer): Buffer {
  const frame = Buffer.alloc(PAYLOAD_OFFSET + payload.length);
  frame.writeInt32BE(id, 1);
  payload.copy(frame, PAYLOAD_OFFSET);
  return frame;
}

/** Each gets a registry of its own: avsc refuses a second type of the same name. */
function typeOf(schema: Json): avsc.Type {
  return avsc.Type.forSchema(layoutOf(schema) as avsc.Schema, {
    wrapUnions: 'never',
    registry: { long: LONG },
  });
}

/** Primitive types by their names alone: avsc takes the long of the registry for none that has attributes. */
function layoutOf(schema: Json): Json {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (isList(schema)) return schema.map(layoutOf);
  const { type = null, fields, items } = schema;
  if (fields !== undefined) return { ...schema, fields: isList(fields) ? fields.map(layoutField) : fields };
  return items === undefined ? type : { type, items: layoutOf(items) };
}

function layoutField(field: Json): Json {
  return typeof field !== 'object' || field === null || isList(field)
    ? field
    : { name: field['name'] ?? null, type: layoutOf(field['type'] ?? null) };
}
