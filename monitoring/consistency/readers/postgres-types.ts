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
  const { type, modifier } = column;
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

/** Bits are an unsigned number; 64 of them do not fit a signed integer. */
function bitType(width: number): LogicalType {
  if (width === 1) return { kind: 'boolean' };
  return width < 64 ? { kind: 'int', bits: 64 } : { kind: 'decimal', precision: 20, scale: 0 };
}

/** What to select so that the text that comes is the text of the logical type. */
export function postgresExpression(column: PostgresColumn, quotedName: string): string {
  switch (column.type) {
    case 'money':
      return `${quotedName}::numeric`;
    case 'bit':
      return column.modifier > 1 && column.modifier < 64 ? `${quotedName}::bigint` : quotedName;
    default:
      return quotedName;
  }
}

function fractionOf(modifier: number): number {
  return modifier < 0 ? 6 : modifier;
}
