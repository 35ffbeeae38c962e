import type { LogicalType } from '../../../schemas/contract/table.ts';

/** A column as pg_catalog describes it. */
export interface PostgresColumn {
  readonly name: string;
  readonly nullable: boolean;
  /** `typname`; of a domain, that of its base type. */
  readonly type: string;
  /** `typtype` of pg_type: b(ase), e(num), ... */
  readonly typeKind: string;
  /** `typcategory`: A for arrays. */
  readonly category: string;
  /** The type modifier, -1 when there is none. */
  readonly modifier: number;
  /** As SQL spells it: ready for a cast. */
  readonly sqlType: string;
  readonly labels: readonly string[];
  /** What an array holds: `typname` and `typtype`. */
  readonly element: { readonly type: string; readonly typeKind: string } | null;
  /** The server computes it, and does not log it. */
  readonly generated: boolean;
}

const SIMPLE: Readonly<Record<string, LogicalType>> = {
  bool: { kind: 'boolean' },
  int2: { kind: 'int', bits: 16 },
  int4: { kind: 'int', bits: 32 },
  int8: { kind: 'int', bits: 64 },
  oid: { kind: 'int', bits: 64 },
  float4: { kind: 'float', bits: 32 },
  float8: { kind: 'float', bits: 64 },
  money: { kind: 'decimal' },
  uuid: { kind: 'uuid' },
  json: { kind: 'json' },
  jsonb: { kind: 'json' },
  hstore: { kind: 'json' },
  bytea: { kind: 'bytes' },
  date: { kind: 'date' },
};

/** The type that captured events give this column. */
export function postgresType(column: PostgresColumn): LogicalType {
  const { type, modifier, element } = column;
  if (element !== null)
    return { kind: 'array', element: postgresType({ ...column, ...element, element: null }) };
  const simple = SIMPLE[type];
  if (simple !== undefined) return simple;
  switch (type) {
    case 'numeric':
      return numericType(modifier);
    case 'varchar':
    case 'bpchar':
      return modifier < 4 ? { kind: 'text' } : { kind: 'text', maxLength: modifier - 4 };
    case 'time':
      return { kind: 'time', fraction: fractionOf(modifier) };
    case 'timestamp':
      return { kind: 'timestamp', fraction: fractionOf(modifier) };
    case 'timestamptz':
      return { kind: 'instant', fraction: fractionOf(modifier) };
    case 'bit':
      return bitType(modifier);
    default:
      return column.typeKind === 'e' ? { kind: 'enum', values: column.labels } : { kind: 'text' };
  }
}

/** `numeric(p, s)` keeps both in one number; a negative scale is possible since version 15. */
function numericType(modifier: number): LogicalType {
  if (modifier < 4) return { kind: 'decimal' };
  const packed = modifier - 4;
  const scale = ((packed & 0x7ff) ^ 1024) - 1024;
  return { kind: 'decimal', precision: (packed >> 16) & 0xffff, scale };
}

function bitType(length: number): LogicalType {
  return length === 1 ? { kind: 'boolean' } : { kind: 'bits', length };
}

/** What to select so that the text that comes is the text of the logical type. */
export function postgresExpression({ type, element }: PostgresColumn, quotedName: string): string {
  if (element !== null) {
    const expression = valueExpression(element.type, 'item');
    if (expression === 'item') return quotedName;
    return `CASE WHEN ${quotedName} IS NOT NULL THEN ARRAY(SELECT ${expression} FROM unnest(${quotedName}) AS items(item)) END`;
  }
  return valueExpression(type, quotedName);
}

function valueExpression(type: string, name: string): string {
  switch (type) {
    case 'money':
      return `${name}::numeric`;
    case 'hstore':
      return `${name}::json`;
    // The connector sends the moment, not the zone.
    case 'timetz':
      return `(${name} AT TIME ZONE 'UTC')`;
    default:
      return name;
  }
}

function fractionOf(modifier: number): number {
  return modifier < 0 ? 6 : modifier;
}
