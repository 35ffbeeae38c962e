import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { AvroDefinition, AvroSchema } from '../../schemas/contract/ports.ts';

/** A record of a registry schema with its references resolved and every attribute kept. */
export interface RecordNode {
  /** Namespace and name. */
  readonly name: string;
  readonly attributes: AvroDefinition;
  readonly fields: readonly FieldNode[];
}

/** A field, seen through a union with null. */
export interface FieldNode {
  readonly name: string;
  readonly nullable: boolean;
  /** The Avro type: a primitive's name, `record`, `array`, `map`, `enum`, `fixed`, or `union` for one of several types. */
  readonly avro: string;
  /** The attributes of the type; Connect keeps its own type in `connect.name` and `connect.parameters`. */
  readonly attributes: AvroDefinition;
  readonly record: RecordNode | null;
  /** What an array holds. */
  readonly items: FieldNode | null;
}

/** The names defined so far, and the namespace that an unqualified name is in. */
interface Scope {
  readonly known: Map<string, AvroDefinition>;
  readonly records: Map<string, RecordNode>;
  readonly namespace: string;
}

/** Throws CounterfoilError UNSUPPORTED_SCHEMA when the schema is not a record. */
export function recordOf(schema: AvroSchema): RecordNode {
  const field = fieldOf('', schema, { known: new Map(), records: new Map(), namespace: '' });
  if (field.record === null)
    throw new CounterfoilError('UNSUPPORTED_SCHEMA', 'the schema is not an Avro record');
  return field.record;
}

export function fieldNamed(record: RecordNode, name: string): FieldNode | undefined {
  return record.fields.find((field) => field.name === name);
}

function fieldOf(name: string, schema: AvroSchema, scope: Scope): FieldNode {
  if (isUnion(schema)) {
    const branches = schema.filter((branch) => branch !== 'null');
    const [only] = branches;
    if (only === undefined || branches.length > 1) {
      // Named types inside must be known to what follows, though the union itself cannot be read.
      branches.forEach((branch) => fieldOf(name, branch, scope));
      return {
        name,
        nullable: true,
        avro: 'union',
        attributes: { type: 'union' },
        record: null,
        items: null,
      };
    }
    return { ...fieldOf(name, only, scope), nullable: branches.length < schema.length };
  }
  if (typeof schema === 'string') return referenceOf(name, schema, scope);
  return definedOf(name, schema, scope);
}

function referenceOf(name: string, type: string, scope: Scope): FieldNode {
  const fullName = legalName(
    type.includes('.') || scope.namespace === '' ? type : `${scope.namespace}.${type}`,
  );
  const definition = withoutOwnParameters(scope.known.get(fullName) ?? { type });
  const avro = typeof definition.type === 'string' ? definition.type : type;
  const record = scope.records.get(fullName) ?? null;
  return { name, nullable: false, avro, attributes: definition, record, items: null };
}

/** What is said of the first column of a named type is not said of the others, which only name it. */
function withoutOwnParameters(definition: AvroDefinition): AvroDefinition {
  const { 'connect.parameters': parameters } = definition;
  if (typeof parameters !== 'object' || parameters === null) return definition;
  const shared = Object.entries(parameters).filter(([name]) => !name.startsWith(OF_COLUMN));
  return { ...definition, 'connect.parameters': Object.fromEntries(shared) };
}

const OF_COLUMN = '__debezium.source.column.';

/** Java lets a part of a name begin with a digit (a table named `sales.2024`), avsc does not. */
function legalName(name: string): string {
  return name.replace(/(^|\.)(?=\d)/g, '$1_');
}

function definedOf(name: string, definition: AvroDefinition, scope: Scope): FieldNode {
  const { type } = definition;
  if (typeof type !== 'string') return fieldOf(name, type, scope);
  const inner = remember(definition, scope);
  if (type !== 'record') {
    const items = type === 'array' ? fieldOf(name, itemsOf(definition), inner) : null;
    return { name, nullable: false, avro: type, attributes: definition, record: null, items };
  }
  const record: RecordNode = {
    name: fullNameOf(definition, scope),
    attributes: definition,
    fields: fieldsOf(definition).map((field) => fieldOf(field.name, field.type, inner)),
  };
  scope.records.set(record.name, record);
  return { name, nullable: false, avro: 'record', attributes: definition, record, items: null };
}

function itemsOf({ items }: AvroDefinition): AvroSchema {
  if (items === undefined)
    throw new CounterfoilError('UNSUPPORTED_SCHEMA', 'an Avro array does not say what it holds');
  return items as AvroSchema;
}

function remember(definition: AvroDefinition, scope: Scope): Scope {
  const fullName = fullNameOf(definition, scope);
  if (fullName === '') return scope;
  scope.known.set(fullName, definition);
  return { ...scope, namespace: fullName.slice(0, Math.max(0, fullName.lastIndexOf('.'))) };
}

function fullNameOf(definition: AvroDefinition, scope: Scope): string {
  const { name, namespace } = definition;
  if (typeof name !== 'string') return '';
  if (name.includes('.')) return legalName(name);
  const space = typeof namespace === 'string' ? namespace : scope.namespace;
  return legalName(space === '' ? name : `${space}.${name}`);
}

interface RawField {
  readonly name: string;
  readonly type: AvroSchema;
}

function fieldsOf(definition: AvroDefinition): readonly RawField[] {
  const { fields } = definition;
  if (!Array.isArray(fields))
    throw new CounterfoilError('UNSUPPORTED_SCHEMA', 'an Avro record has no fields');
  return fields as readonly RawField[];
}

export function isUnion(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema);
}

/**
 * The same schema with nothing in it but what says how bytes are laid out. Defaults go as well: they are of no use to a
 * reader, and a default that avsc does not accept would make the whole schema unreadable.
 */
export function layoutOf(schema: AvroSchema): AvroSchema {
  if (typeof schema === 'string') return legalName(schema);
  if (isUnion(schema)) return schema.map(layoutOf);
  const { type, symbols, size, items, values } = schema;
  const [name, namespace] = [schema['name'], schema['namespace']].map((part) =>
    typeof part === 'string' ? legalName(part) : undefined,
  );
  if (typeof type !== 'string') return layoutOf(type);
  switch (type) {
    case 'record':
      return {
        ...{ type, name, ...(namespace === undefined ? {} : { namespace }) },
        fields: fieldsOf(schema).map((field) => ({ name: field.name, type: layoutOf(field.type) })),
      };
    case 'enum':
      return { type, name, ...(namespace === undefined ? {} : { namespace }), symbols };
    case 'fixed':
      return { type, name, ...(namespace === undefined ? {} : { namespace }), size };
    case 'array':
      return { type, items: layoutOf(items as AvroSchema) };
    case 'map':
      return { type, values: layoutOf(values as AvroSchema) };
    default:
      return type;
  }
}
