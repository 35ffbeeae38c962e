import type { MessageShape } from '../contract/message.ts';
import { tableLabel } from '../contract/table.ts';
import type { Column, LogicalType, TableId, TableShape } from '../contract/table.ts';
import { unreachable } from '../contract/unreachable.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/**
 * The Avro schema of messages of a shape: a record of the columns, each with its `doc`, then a list of records for each
 * kind of rows that is nested. What Avro cannot say is kept in attributes that begin with `counterfoil.`.
 */
export function messageSchema(shape: MessageShape): Json {
  return recordOf(shape, new Set());
}

/**
 * The Avro schema of their keys: a record of the key columns. It says nothing but how bytes are laid out, for a key of which
 * anything changes is another key to whoever compacts or partitions by it.
 */
export function keySchema({ table }: MessageShape): Json {
  return {
    type: 'record',
    name: `${avroName(table.id.name)}_key`,
    namespace: namespaceOf(table.id),
    fields: table.key.flatMap((name) =>
      table.columns
        .filter((column) => column.name === name)
        .map(({ type }) => ({ name: avroName(name), type: bare(typeOf(type)) })),
    ),
  };
}

/** A record that comes a second time is referred to by its name. */
function recordOf({ table, about, columns, nested, as }: MessageShape, known: Set<string>): Json {
  const { id, key } = table;
  const fullName = `${namespaceOf(id)}.${avroName(id.name)}`;
  if (known.has(fullName)) return fullName;
  known.add(fullName);
  const row = table.columns.map((column) => fieldOf(column, columns[column.name]));
  return {
    type: 'record',
    name: avroName(id.name),
    namespace: namespaceOf(id),
    doc: about,
    'counterfoil.table': tableLabel(id),
    'counterfoil.key': key,
    fields: [
      ...(as === undefined ? row : [memberOf(table, as, row)]),
      ...Object.entries(nested).map(([name, shape]) => ({
        ...{ name: avroName(name), doc: shape.about },
        ...{ type: { type: 'array', items: recordOf(shape, known) }, default: [] },
      })),
    ],
  };
}

/** The row as a record of its own. */
function memberOf({ id }: TableShape, as: string, fields: readonly Json[]): Json {
  const name = `${avroName(id.name)}_${avroName(as)}`;
  return { name: avroName(as), type: { type: 'record', name, namespace: namespaceOf(id), fields } };
}

function fieldOf({ name, type, nullable }: Column, doc: string | undefined): Json {
  const avro = typeOf(type);
  return {
    name: avroName(name),
    ...(doc === undefined ? {} : { doc }),
    ...(nullable ? { type: ['null', avro], default: null } : { type: avro }),
  };
}

function typeOf(type: LogicalType): Json {
  switch (type.kind) {
    case 'boolean':
      return 'boolean';
    case 'int':
      return type.bits === 64 ? 'long' : 'int';
    case 'float':
      return type.bits === 64 ? 'double' : 'float';
    case 'decimal':
      if (type.scale === undefined || type.precision === undefined) return described('decimal');
      return { type: 'bytes', logicalType: 'decimal', precision: type.precision, scale: type.scale };
    case 'text':
      return type.maxLength === undefined
        ? 'string'
        : { type: 'string', 'counterfoil.maxLength': type.maxLength };
    case 'enum':
      return 'string';
    case 'json':
      return described('json');
    case 'uuid':
      return { type: 'string', logicalType: 'uuid' };
    case 'bytes':
    case 'geometry':
      return 'bytes';
    case 'bits':
    case 'array':
      return described(type.kind);
    case 'date':
      return { type: 'int', logicalType: 'date' };
    case 'time':
      return type.beyondDay === true ? described('time') : { type: 'long', logicalType: 'time-micros' };
    case 'timestamp':
      return { type: 'long', logicalType: 'local-timestamp-micros' };
    case 'instant':
      return { type: 'long', logicalType: 'timestamp-micros' };
    default:
      return unreachable(type);
  }
}

/** A value that only text can carry. */
function described(kind: string): Json {
  return { type: 'string', 'counterfoil.type': kind };
}

function bare(type: Json): Json {
  if (typeof type !== 'object' || type === null || isList(type)) return type;
  const kept = Object.entries(type).filter(([name]) => !name.startsWith('counterfoil.'));
  return kept.length === 1 ? (type['type'] ?? null) : Object.fromEntries(kept);
}

function namespaceOf({ namespace }: TableId): string {
  return `counterfoil.${avroName(namespace)}`;
}

/** Names that Avro does not allow become ones that it does. */
export function avroName(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');
}

/** JSON in the project's format: lists of plain values on one line, everything else broken. */
export function schemaText(value: Json, indent = ''): string {
  const inner = `${indent}  `;
  if (isList(value)) {
    if (value.every((item) => typeof item !== 'object'))
      return `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    return `[\n${value.map((item) => inner + schemaText(item, inner)).join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${inner}${JSON.stringify(name)}: ${schemaText(member, inner)}`,
  );
  return `{\n${members.join(',\n')}\n${indent}}`;
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
