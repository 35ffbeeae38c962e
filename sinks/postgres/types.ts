import type { Cell } from '../../schemas/contract/cell.ts';
import type { LogicalType } from '../../schemas/contract/table.ts';
import type { Family, Limits, TargetColumn } from '../upsert/database.ts';

/** The most digits that `numeric(p,s)` can declare. */
const MAX_PRECISION = 1000;

/** The type of a new column. */
export function columnType(type: LogicalType): string {
  switch (type.kind) {
    case 'boolean':
      return 'boolean';
    case 'int':
      return type.bits === 16 ? 'smallint' : type.bits === 32 ? 'integer' : 'bigint';
    case 'float':
      return type.bits === 32 ? 'real' : 'double precision';
    case 'decimal':
      return type.precision === undefined || type.scale === undefined || type.precision > MAX_PRECISION
        ? 'numeric'
        : `numeric(${type.precision},${type.scale})`;
    // Lengths and lists of values are the source's business: a target that repeats them breaks when they grow there.
    case 'text':
      return type.postgres ?? 'text';
    case 'enum':
      return 'text';
    // Only what was jsonb before is jsonb: it drops repeated members and changes their order.
    case 'json':
      return type.postgres ?? 'json';
    case 'uuid':
      return 'uuid';
    case 'bytes':
    case 'geometry':
      return 'bytea';
    case 'bits':
      return `bit(${type.length})`;
    case 'date':
      return 'date';
    // A span of time; `time` ends at 24:00:00.
    case 'time':
      return type.beyondDay === true ? 'interval' : `time(${type.fraction})`;
    case 'timestamp':
      return `timestamp(${type.fraction})`;
    case 'instant':
      return `timestamptz(${type.fraction})`;
    case 'array':
      return `${columnType(type.element)}[]`;
  }
}

/** By the name in pg_type of the column's type, or of the type below its domain. */
const FAMILIES: Readonly<Record<string, Family>> = {
  bool: 'boolean',
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  float4: 'float',
  float8: 'float',
  numeric: 'decimal',
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  json: 'json',
  jsonb: 'json',
  uuid: 'uuid',
  bytea: 'bytes',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  timestamptz: 'instant',
  interval: 'interval',
  bit: 'bits',
};

/** Names of array types begin with an underscore. */
export function familyOf(typeName: string): Family {
  return FAMILIES[typeName] ?? (typeName.startsWith('_') ? 'array' : 'other');
}

/** `modifier` is atttypmod: -1 when the type was declared without arguments. */
export function limitsOf(typeName: string, modifier: number): Limits {
  switch (typeName) {
    case 'numeric':
      return modifier < 0 ? {} : numericLimits(modifier - 4);
    case 'int2':
      return { scale: 0, bits: 16 };
    case 'int4':
      return { scale: 0, bits: 32 };
    case 'int8':
      return { scale: 0, bits: 64 };
    case 'float4':
      return { singlePrecision: true };
    case 'varchar':
      return modifier < 0 ? {} : { maxLength: modifier - 4 };
    case 'bpchar':
      return { ...(modifier < 0 ? {} : { maxLength: modifier - 4 }), losesTrailingSpaces: true };
    case 'time':
      return { fraction: modifier < 0 ? 6 : modifier, withinDay: true };
    case 'timestamp':
    case 'timestamptz':
      return { fraction: modifier < 0 ? 6 : modifier };
    default:
      return {};
  }
}

/** The upper 16 bits are the precision, the lower 11 the scale with its sign. */
function numericLimits(modifier: number): Limits {
  const precision = (modifier >> 16) & 0xffff;
  const scale = ((modifier & 0x7ff) ^ 1024) - 1024;
  return { integerDigits: Math.max(precision - scale, 0), scale: Math.max(scale, 0) };
}

/** How cells of a column stand in the JSON parameter of a statement. */
export function jsonOf({ kind, family }: TargetColumn): (cell: Cell) => null | boolean | number | string {
  return kind === 'array' && family === 'array' ? arrayLiteral : toJson;
}

/** In the JSON text of an array: strings, brackets, and the word null. */
const ARRAY_PARTS = /"(?:[^"\\]|\\.)*"|[[\]]|null/g;

/** An array as PostgreSQL writes it: `{1,NULL,"it\"s"}`. */
function arrayLiteral(cell: Cell): string | null {
  if (typeof cell !== 'string') return null;
  return cell.replace(ARRAY_PARTS, (part) => {
    if (part === '[') return '{';
    if (part === ']') return '}';
    if (part === 'null') return 'NULL';
    return `"${(JSON.parse(part) as string).replace(/["\\]/g, '\\$&')}"`;
  });
}

/** Exact digits travel as text. */
export function toJson(cell: Cell): null | boolean | number | string {
  if (typeof cell === 'bigint') return cell.toString();
  if (typeof cell === 'number')
    return Number.isFinite(cell) && !Object.is(cell, -0) ? cell : numberText(cell);
  if (cell instanceof Uint8Array)
    return `\\x${Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength).toString('hex')}`;
  return cell;
}

/** What JSON has no spelling for. */
function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/**
 * How a column is declared in the record that JSON is read into, and how it is taken out of there. Simple types are
 * read by their own input function, arrays too when they come as a string. JSON text would be taken for a JSON string: it
 * arrives as text and is cast, and so do types that nothing is known of.
 */
export function recordColumn(column: TargetColumn): { readonly type: string; readonly cast: string } {
  if (column.family === 'json' || column.family === 'other')
    return { type: 'text', cast: `::${column.sqlType}` };
  if (column.family === 'integer' && column.kind === 'boolean') return { type: 'boolean', cast: '::integer' };
  // 7.0 is an integer, but not to the input function of integers
  if (column.family === 'integer' && column.kind === 'decimal')
    return { type: 'numeric', cast: `::${column.sqlType}` };
  return { type: column.sqlType, cast: '' };
}
