import type { FieldNode } from './avro-tree.ts';

export type Connector = 'mariadb' | 'mysql' | 'postgresql';

/** What a registry schema says about one column, before it is given a type. */
export interface ColumnFacts {
  readonly connector: Connector;
  /** The column's name in its table. */
  readonly name: string;
  /** The field's name in Avro: the same, unless the column's name is not legal there. */
  readonly field: string;
  readonly nullable: boolean;
  readonly avro: string;
  /** Connect's name of the type, such as `io.debezium.time.Date`; null for a plain type. */
  readonly connectName: string | null;
  /** Connect's own kind of integer, where Avro has only `int`: `int8` or `int16`. */
  readonly connectType: string | null;
  /** Type, length and scale as declared in the source (`column.propagate.source.type`); null when not propagated. */
  readonly sourceType: string | null;
  readonly length: number | null;
  readonly scale: number | null;
  /** A parameter of the Connect type, such as a decimal's scale. */
  parameter(name: string): string | null;
}

const SOURCE = '__debezium.source.column.';

export function columnFacts(field: FieldNode, connector: Connector): ColumnFacts {
  const { attributes } = field;
  const parameters = recordOfText(attributes['connect.parameters']);
  const parameter = (name: string): string | null => parameters[name] ?? null;
  return {
    connector,
    name: parameter(`${SOURCE}name`) ?? field.name,
    field: field.name,
    nullable: field.nullable,
    avro: field.avro,
    connectName: textOrNull(attributes['connect.name']),
    connectType: textOrNull(attributes['connect.type']),
    sourceType: parameter(`${SOURCE}type`)?.toUpperCase() ?? null,
    length: wholeNumber(parameter(`${SOURCE}length`)),
    scale: wholeNumber(parameter(`${SOURCE}scale`)),
    parameter,
  };
}

/** The facts of what an array column holds: the connector names only the array's type, `_INT4` for one of INT4. */
export function elementFacts(items: FieldNode, array: ColumnFacts): ColumnFacts {
  const element = columnFacts(items, array.connector);
  const { name, field, length, scale, sourceType } = array;
  const elementType = /^(.*")?_(.*)$/.exec(sourceType ?? '');
  return {
    ...element,
    ...{ name, field, length, scale },
    sourceType: elementType === null ? null : (elementType[1] ?? '') + (elementType[2] ?? ''),
  };
}

/** For messages: the type as its source names it where that is known, and as Avro and Connect do. */
export function typeLabel(facts: ColumnFacts): string {
  const inAvro = facts.connectName === null ? facts.avro : `${facts.avro} (${facts.connectName})`;
  return facts.sourceType === null ? inAvro : `${facts.sourceType}, ${inAvro} in Avro`;
}

export function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function recordOfText(value: unknown): Readonly<Record<string, string | undefined>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, string>) : {};
}
