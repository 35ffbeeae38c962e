import type { Cell } from '../../schemas/contract/cell.ts';
import type { LogicalType } from '../../schemas/contract/table.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';
import { canonicalJson } from './canonical-json.ts';
import { normalDecimal } from './normal-decimal.ts';

/** Gives the normal text of cells of one type. */
export type Normalizer = (cell: Exclude<Cell, null>) => string;

/**
 * How cells of a type become their normal text: cells have equal text exactly when their values are equal. A scale is no
 * value (1.50 is 1.5), nor is the order of JSON members. A cell that does not fit the type (a value that somebody put into
 * the target) keeps its own text, and so differs from every value of the type.
 */
export function normalizerOf(type: LogicalType): Normalizer {
  switch (type.kind) {
    case 'boolean':
      return booleanText;
    case 'int':
    case 'decimal':
      return numberText;
    case 'float':
      return type.bits === 32 ? floatText : doubleText;
    case 'json':
      return jsonText;
    case 'uuid':
      return (cell) => plainText(cell).toLowerCase();
    case 'bytes':
    case 'geometry':
      return bytesText;
    case 'bits':
      return (cell) => plainText(cell).replace(/^0+(?=[01])/, '');
    case 'array':
      return type.element.kind === 'json' ? arrayOfJsonText : jsonText;
    case 'text':
    case 'enum':
    case 'date':
      return plainText;
    case 'time':
    case 'timestamp':
      return (cell) => withoutTrailingZeros(plainText(cell));
    case 'instant':
      return (cell) => instantText(plainText(cell));
    default:
      return unreachable(type);
  }
}

/** What a normal text says, as a cell again; a text that is no value of the type stays a text. */
export function cellOfNormal(type: LogicalType, text: string): Cell {
  switch (type.kind) {
    case 'boolean':
      return text === '1';
    case 'int':
      if (!/^-?\d+$/.test(text)) return text;
      return type.bits === 64 ? BigInt(text) : Number(text);
    case 'float':
      return Number(text);
    case 'bytes':
    case 'geometry':
      return Buffer.from(text, 'latin1');
    case 'bits':
    case 'array':
    case 'decimal':
    case 'text':
    case 'enum':
    case 'json':
    case 'uuid':
    case 'date':
    case 'time':
    case 'timestamp':
    case 'instant':
      return text;
    default:
      return unreachable(type);
  }
}

/** 1 and 0: a database without booleans holds them so, and an integer that reads 1 is the same value. */
function booleanText(cell: Exclude<Cell, null>): string {
  if (typeof cell === 'boolean') return cell ? '1' : '0';
  return plainText(cell);
}

function numberText(cell: Exclude<Cell, null>): string {
  if (typeof cell === 'string') return normalDecimal(cell);
  if (typeof cell === 'boolean') return cell ? '1' : '0';
  return plainText(cell);
}

function floatText(cell: Exclude<Cell, null>): string {
  return doubleText(typeof cell === 'number' ? Math.fround(cell) : cell);
}

function doubleText(cell: Exclude<Cell, null>): string {
  // Zero has a sign that is no value.
  return cell === 0 ? '0' : plainText(cell);
}

function jsonText(cell: Exclude<Cell, null>): string {
  const text = plainText(cell);
  return canonicalJson(text) ?? text;
}

/** JSON within an array is a string of it. */
function arrayOfJsonText(cell: Exclude<Cell, null>): string {
  return jsonText(cell).replace(JSON_STRING, (text) => JSON.stringify(jsonText(JSON.parse(text) as string)));
}

const JSON_STRING = /"(?:[^"\\]|\\.)*"/g;

function bytesText(cell: Exclude<Cell, null>): string {
  if (cell instanceof Uint8Array)
    return Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength).toString('latin1');
  // A text that strayed into a column of bytes: no byte has this character.
  return `\u0100${plainText(cell)}`;
}

function plainText(cell: Exclude<Cell, null>): string {
  if (typeof cell === 'string') return cell;
  if (cell instanceof Uint8Array) return `\\x${Buffer.from(cell).toString('hex')}`;
  return String(cell);
}

/** Of a time that ends with a fraction: `12:30:00.500` gives `12:30:00.5`. */
export function withoutTrailingZeros(text: string): string {
  const point = text.lastIndexOf('.');
  if (point < 0) return text;
  let end = text.length;
  while (text.charCodeAt(end - 1) === 48) end -= 1;
  return text.slice(0, end === point + 1 ? point : end);
}

function instantText(text: string): string {
  if (!text.endsWith('Z')) return text;
  return text.includes('.') ? `${withoutTrailingZeros(text.slice(0, -1))}Z` : text;
}
