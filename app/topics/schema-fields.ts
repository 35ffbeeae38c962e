import type { Json } from '../../schemas/avro/message-schema.ts';

/** A field of an Avro record; of a nested one by its path. */
export interface SchemaField {
  readonly name: string;
  readonly type: string;
  readonly doc: string | null;
}

/** The fields of a record in reading order; none of what is no record. */
export function fieldsOf(schema: Json, path = ''): readonly SchemaField[] {
  const record = recordIn(schema);
  if (record === null) return [];
  return listOf(record['fields']).flatMap((field) => {
    const { name, type = null, doc } = objectOf(field);
    const own = path + textOf(name);
    const nested = isRepeated(type) ? `${own}[].` : `${own}.`;
    return [
      { name: own, type: typeText(type), doc: typeof doc === 'string' ? doc : null },
      ...fieldsOf(type, nested),
    ];
  });
}

type JsonObject = Readonly<Record<string, Json>>;

/** The record that a type is, may be, or is a list of. */
function recordIn(type: Json): JsonObject | null {
  if (isList(type)) return type.map(recordIn).find((record) => record !== null) ?? null;
  const { type: kind, items = null } = objectOf(type);
  if (kind === 'record') return objectOf(type);
  return kind === 'array' ? recordIn(items) : null;
}

function isRepeated(type: Json): boolean {
  return isList(type) ? type.some(isRepeated) : objectOf(type)['type'] === 'array';
}

function typeText(type: Json): string {
  if (typeof type === 'string') return type;
  if (isList(type)) {
    const others = type.filter((branch) => branch !== 'null').map(typeText);
    return others.length === type.length ? others.join(' or ') : `${others.join(' or ')}, or null`;
  }
  const { type: kind = null, logicalType, precision, scale, items = null, ...rest } = objectOf(type);
  const named = rest['connect.name'];
  if (typeof named === 'string' && kind !== 'record') return `${typeText(kind)} (${named})`;
  if (logicalType === 'decimal') return `decimal(${textOf(precision)}, ${textOf(scale)})`;
  if (typeof logicalType === 'string') return logicalType;
  return kind === 'array' ? `list of ${typeText(items)}` : typeText(kind);
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : '?';
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !isList(value) ? value : {};
}

function listOf(value: Json | undefined): readonly Json[] {
  return value !== undefined && isList(value) ? value : [];
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
