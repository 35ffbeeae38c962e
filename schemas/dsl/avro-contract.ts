import { tableLabel } from '../contract/table.ts';
import type { Column, LogicalType, TableShape } from '../contract/table.ts';
import { unreachable } from '../contract/unreachable.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { columnDocs } from '../dictionary/meaning.ts';
import type { Entity } from './entity.ts';

type Json = string | number | null | readonly Json[] | { readonly [name: string]: Json };

/**
 * The Avro contract of an entity: a record for each target table, as data teams may read it. It follows from the
 * declaration and from what the dictionary says of the columns; what Avro cannot say is kept in attributes that begin
 * with `counterfoil.`.
 */
export function avroContract(entity: Entity, dictionary: Dictionary): Json {
  const records = entity.tables.map((table, i) =>
    recordOf(table, entity.declaration.targets[i]?.about ?? '', columnDocs(dictionary, table)),
  );
  return records.length === 1 ? (records[0] ?? null) : records;
}

/** The contract as the text of `schemas/avro/<entity>.avsc`. */
export function avroContractText(entity: Entity, dictionary: Dictionary): string {
  return `${print(avroContract(entity, dictionary), '')}\n`;
}

function recordOf(table: TableShape, about: string, docs: Readonly<Record<string, string>>): Json {
  return {
    type: 'record',
    name: avroName(table.id.name),
    namespace: `counterfoil.${avroName(table.id.namespace)}`,
    doc: about,
    'counterfoil.table': tableLabel(table.id),
    'counterfoil.key': table.key,
    fields: table.columns.map((column) => fieldOf(column, docs[column.name])),
  };
}

function fieldOf({ name, type, nullable }: Column, doc: string | undefined): Json {
  const avro = typeOf(type);
  return {
    name,
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
      return 'bytes';
    case 'bits':
    case 'array':
    case 'geometry':
      return described(type.kind);
    case 'date':
      return { type: 'int', logicalType: 'date' };
    case 'time':
      return { type: 'long', logicalType: 'time-micros' };
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

/** Names that Avro does not allow become ones that it does. */
function avroName(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');
}

/** JSON in the project's format: lists of plain values on one line, everything else broken. */
function print(value: Json, indent: string): string {
  const inner = `${indent}  `;
  if (isList(value)) {
    if (value.every((item) => typeof item !== 'object'))
      return `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    return `[\n${value.map((item) => inner + print(item, inner)).join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${inner}${JSON.stringify(name)}: ${print(member, inner)}`,
  );
  return `{\n${members.join(',\n')}\n${indent}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
