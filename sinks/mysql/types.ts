import { escape } from 'mysql2';
import type { Cell } from '../../schemas/contract/cell.ts';
import type { LogicalType, TableShape } from '../../schemas/contract/table.ts';
import type { Family, Limits, TargetColumn } from '../upsert/database.ts';

/** Longest text that is declared with its length; longer ones have none, for rows are limited to 65,535 bytes. */
const SHORT_TEXT = 255;
/** Bytes of short texts in one row after which all texts that are not keys are declared without length. */
const SHORT_TEXT_BUDGET = 48_000;
/** InnoDB's limit for an index entry, less what the other columns of a key may take. */
const KEY_BYTES = 3072 - 72;
const BYTES_PER_CHARACTER = 4;
const MAX_BITS = 64;
const MAX_PRECISION = 65;
const MAX_SCALE = 38;
/** For numbers of any scale (PostgreSQL `numeric`); a value that does not fit is refused, never rounded. */
const ANY_DECIMAL = 'decimal(65,30)';

/** The type of a new column of this table. `collation` is one that compares by bytes. */
export function columnType(shape: TableShape, name: string, type: LogicalType, collation: string): string {
  const text = (declaration: string) => `${declaration} CHARACTER SET utf8mb4 COLLATE ${collation}`;
  const isKey = shape.key.includes(name);
  switch (type.kind) {
    case 'boolean':
      return 'tinyint(1)';
    case 'int':
      return type.bits === 16 ? 'smallint' : type.bits === 32 ? 'int' : 'bigint';
    case 'float':
      return type.bits === 32 ? 'float' : 'double';
    // More digits than there are stay text, exact.
    case 'decimal':
      return (
        decimalType(type.precision, type.scale) ??
        text(isKey ? `varchar(${longestKeyText(shape)})` : 'longtext')
      );
    case 'text':
    case 'enum':
    case 'bits': {
      if (type.kind === 'bits' && type.length <= MAX_BITS) return `bit(${type.length})`;
      const length = textLength(type);
      if (isKey) return text(`varchar(${Math.min(length ?? Infinity, longestKeyText(shape))})`);
      const short = length !== undefined && length <= SHORT_TEXT && hasRoom(shape);
      return text(short ? `varchar(${length})` : 'longtext');
    }
    // Not json: MySQL would write it anew. MariaDB's json is longtext with a check.
    case 'json':
    case 'array':
      return text('longtext');
    case 'geometry':
      return 'geometry';
    case 'uuid':
      return 'char(36) CHARACTER SET ascii COLLATE ascii_bin';
    case 'bytes':
      return isKey
        ? `varbinary(${Math.min(type.maxLength ?? SHORT_TEXT, longestKeyText(shape) * BYTES_PER_CHARACTER)})`
        : 'longblob';
    case 'date':
      return 'date';
    case 'time':
      return `time(${type.fraction})`;
    // `timestamp` ends in 2038 and follows the session's zone; an instant is kept as its wall clock in UTC.
    case 'timestamp':
    case 'instant':
      return `datetime(${type.fraction})`;
  }
}

function decimalType(precision: number | undefined, scale: number | undefined): string | null {
  if (precision === undefined || scale === undefined) return ANY_DECIMAL;
  const digits = scale < 0 ? precision - scale : Math.max(precision, scale);
  return digits > MAX_PRECISION || scale > MAX_SCALE ? null : `decimal(${digits},${Math.max(scale, 0)})`;
}

/** Characters that a short text may have; undefined when there is no limit. */
function textLength(type: LogicalType): number | undefined {
  if (type.kind === 'text') return type.maxLength;
  if (type.kind === 'bits') return type.length;
  return type.kind === 'enum' ? SHORT_TEXT : undefined;
}

/** The longest text that each column of the table's key can hold, characters: an index entry is limited. */
export function longestKeyText({ columns, key }: TableShape): number {
  const long = columns.filter(({ name, type }) => key.includes(name) && isVariable(type)).length;
  return Math.floor(KEY_BYTES / Math.max(long, 1) / BYTES_PER_CHARACTER);
}

function isVariable({ kind }: LogicalType): boolean {
  return kind === 'text' || kind === 'enum' || kind === 'bytes' || kind === 'uuid';
}

function hasRoom({ columns }: TableShape): boolean {
  const characters = columns.map(({ type }) => {
    const length = textLength(type);
    return length !== undefined && length <= SHORT_TEXT ? length : 0;
  });
  return characters.reduce((sum, count) => sum + count, 0) * BYTES_PER_CHARACTER <= SHORT_TEXT_BUDGET;
}

/** By DATA_TYPE of information_schema.columns. */
const FAMILIES: Readonly<Record<string, Family>> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  bit: 'bits',
  decimal: 'decimal',
  float: 'float',
  double: 'float',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  enum: 'text',
  set: 'text',
  json: 'json',
  uuid: 'uuid',
  binary: 'bytes',
  varbinary: 'bytes',
  tinyblob: 'bytes',
  blob: 'bytes',
  mediumblob: 'bytes',
  longblob: 'bytes',
  date: 'date',
  time: 'time',
  datetime: 'datetime',
  timestamp: 'instant',
  geometry: 'geometry',
  point: 'geometry',
  linestring: 'geometry',
  polygon: 'geometry',
  multipoint: 'geometry',
  multilinestring: 'geometry',
  multipolygon: 'geometry',
  geometrycollection: 'geometry',
};

/** What information_schema.columns says of a column. */
export interface DeclaredType {
  readonly dataType: string;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly length: number | null;
  readonly fraction: number | null;
}

export function familyOf({ dataType, scale }: DeclaredType): Family {
  const family = FAMILIES[dataType] ?? 'other';
  // float(7,2) rounds
  return family === 'float' && scale !== null ? 'other' : family;
}

export function limitsOf({ dataType, precision, scale, length, fraction }: DeclaredType): Limits {
  switch (dataType) {
    case 'tinyint':
      return { scale: 0, bits: 8 };
    case 'smallint':
      return { scale: 0, bits: 16 };
    case 'mediumint':
      return { scale: 0, bits: 24 };
    case 'int':
      return { scale: 0, bits: 32 };
    case 'bigint':
    case 'bit':
      return { scale: 0, bits: 64 };
    case 'decimal':
      return { integerDigits: (precision ?? MAX_PRECISION) - (scale ?? 0), scale: scale ?? 0 };
    case 'float':
      return { singlePrecision: true, finiteOnly: true };
    case 'double':
      return { finiteOnly: true };
    case 'char':
      return { ...(length === null ? {} : { maxLength: length }), losesTrailingSpaces: true };
    case 'enum':
    case 'set':
      return { losesTrailingSpaces: true };
    case 'varchar':
      return length === null ? {} : { maxLength: length };
    case 'binary':
      return length === null ? {} : { exactBytes: length };
    case 'time':
      return { fraction: fraction ?? 0 };
    case 'date':
      return { plainYears: true };
    case 'datetime':
    case 'timestamp':
      return { fraction: fraction ?? 0, plainYears: true };
    default:
      return {};
  }
}

const DIGITS = /^-?\d+(\.\d+)?$/;

/**
 * A cell as an SQL literal, under the session's settings (backslash escapes, utf8mb4). Digits stand bare where the
 * column is a number, because text compared with a number is compared as a double.
 */
export function toLiteral(cell: Cell, { kind, family }: TargetColumn): string {
  if (cell === null) return 'NULL';
  if (cell instanceof Uint8Array) return hexLiteral(family === 'geometry' ? internalGeometry(cell) : cell);
  if (typeof cell === 'boolean') return cell ? '1' : '0';
  if (typeof cell === 'string') {
    if (kind === 'instant' && family !== 'text') return escape(wallClock(cell));
    if (kind === 'bits' && family === 'bits') return `b'${cell}'`;
    return kind === 'decimal' && family !== 'text' && DIGITS.test(cell) ? cell : escape(cell);
  }
  if (family === 'text') return escape(String(cell));
  // an exponent makes it a literal of a double; without one it would be a decimal
  return kind === 'float' && !String(cell).includes('e')
    ? `${Object.is(cell, -0) ? '-0' : String(cell)}e0`
    : String(cell);
}

function hexLiteral(bytes: Uint8Array): string {
  return `X'${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}'`;
}

const HAS_SRID = 0x2000_0000;

/** Extended well-known binary as these databases keep it: the SRID first, then plain well-known binary. */
function internalGeometry(cell: Uint8Array): Buffer {
  const extended = Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength);
  const type = extended.readUInt32LE(1);
  if ((type & HAS_SRID) === 0) return Buffer.concat([Buffer.alloc(4), extended]);
  const head = Buffer.alloc(9);
  head.writeUInt32LE(extended.readUInt32LE(5), 0);
  head[4] = 1;
  head.writeUInt32LE((type & ~HAS_SRID) >>> 0, 5);
  return Buffer.concat([head, extended.subarray(9)]);
}

function wallClock(instant: string): string {
  return instant.replace('T', ' ').replace('Z', '');
}

/**
 * A key cell as comparable text: equal for a cell as sent and the same value as the driver reads it back (with the
 * column's scale and fraction, integers as numbers or text, bytes as Buffer).
 */
export function keyText(value: unknown, { kind }: TargetColumn): string {
  if (value instanceof Uint8Array)
    return kind === 'bytes' ? Buffer.from(value).toString('hex') : bitText(value);
  const text = typeof value === 'boolean' ? (value ? '1' : '0') : String(value);
  switch (kind) {
    case 'int':
    case 'boolean':
      return BigInt(text).toString();
    case 'decimal':
      return withoutZeros(text.replace(/^(-?)0+(?=\d)/, '$1'));
    case 'float':
      return String(Number(text));
    case 'uuid':
      return text.toLowerCase();
    case 'time':
    case 'timestamp':
    case 'instant':
      return withoutZeros(wallClock(text));
    case 'bits':
      return value instanceof Uint8Array ? bitText(value) : BigInt(`0b${text}`).toString();
    case 'text':
    case 'enum':
    case 'json':
    case 'array':
    case 'bytes':
    case 'geometry':
    case 'date':
      return text;
  }
}

function bitText(value: Uint8Array): string {
  return value.length === 0 ? '0' : BigInt(`0x${Buffer.from(value).toString('hex')}`).toString();
}

function withoutZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
