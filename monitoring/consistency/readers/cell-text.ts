import type { Cell } from '../../../schemas/contract/cell.ts';
import type { LogicalType } from '../../../schemas/contract/table.ts';
import { unreachable } from '../../../schemas/contract/unreachable.ts';
import { normalizerOf, withoutTrailingZeros } from '../normal-cell.ts';
import { arrayReader } from './array-text.ts';

/** Reads a value that is not null from the text its database gives. */
export type TextReader = (text: string) => Cell;

/**
 * How a database's text of a value becomes the canonical cell of a type. Both databases write numbers, dates and wall
 * clocks alike; their own spellings are `bytes` and the zone of an `instant`. A text that does not fit stays a text.
 */
export function textReader(type: LogicalType, bytes: TextReader): TextReader {
  switch (type.kind) {
    case 'boolean':
      return booleanOf;
    case 'int':
      return type.bits === 64 ? bigintOf : integerOf;
    case 'float':
      return floatOf;
    case 'decimal':
      return decimalOf;
    case 'text':
    case 'enum':
    case 'json':
    case 'bits':
      return asItIs;
    case 'array':
      return arrayReader(textReader(type.element, bytes), type.element);
    case 'uuid':
      return (text) => text.toLowerCase();
    case 'bytes':
    case 'geometry':
      return bytes;
    case 'date':
      return dateOf;
    case 'time':
      return timeOf;
    case 'timestamp':
      return timestampOf;
    case 'instant':
      return instantOf;
    default:
      return unreachable(type);
  }
}

/** The normal text of a value, straight from the text its database gives. */
export type NormalReader = (text: string) => string;

/** The same as reading the cell and taking its normal text, without the cell where there is no need of one. */
export function normalReader(type: LogicalType, bytes: TextReader): NormalReader {
  const read = textReader(type, bytes);
  const normalize = normalizerOf(type);
  const throughCell = (text: string): string => normalize(read(text) ?? text);
  switch (type.kind) {
    case 'text':
    case 'enum':
      return asItIs;
    case 'int':
      return (text) => (isNormalInteger(text) ? text : throughCell(text));
    case 'boolean':
    case 'decimal':
    case 'float':
    case 'json':
    case 'uuid':
    case 'bytes':
    case 'bits':
    case 'geometry':
    case 'array':
    case 'date':
    case 'time':
    case 'timestamp':
    case 'instant':
      return throughCell;
    default:
      return unreachable(type);
  }
}

/** Digits without a leading zero. */
function isNormalInteger(text: string): boolean {
  const first = text.charCodeAt(0);
  if (!(first >= 49 && first <= 57)) return false;
  for (let at = 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

function asItIs(text: string): string {
  return text;
}

function booleanOf(text: string): Cell {
  if (text === 't' || text === '1' || text === 'true') return true;
  if (text === 'f' || text === '0' || text === 'false') return false;
  return text;
}

const INTEGER = /^-?\d+$/;

function integerOf(text: string): Cell {
  if (INTEGER.test(text)) {
    const value = Number(text);
    if (Number.isSafeInteger(value)) return value;
  }
  return truthOf(text);
}

function bigintOf(text: string): Cell {
  return INTEGER.test(text) ? BigInt(text) : truthOf(text);
}

/** A column of booleans where the shape says integer. */
function truthOf(text: string): Cell {
  if (text === 't') return true;
  return text === 'f' ? false : text;
}

function floatOf(text: string): Cell {
  const value = Number(text);
  return Number.isNaN(value) && text !== 'NaN' ? text : value;
}

/** MariaDB keeps the sign of a negative value that was rounded to zero. */
function decimalOf(text: string): Cell {
  return text.startsWith('-') && !/[1-9]/.test(text) ? text.slice(1) : text;
}

/** A column that has a time as well, where the shape says date: only midnight is the date alone. */
function dateOf(text: string): Cell {
  return text.length === 19 && text.endsWith(' 00:00:00') ? text.slice(0, 10) : text;
}

/** A column with a zone, where the shape says wall clock, reads in UTC. A date alone is its midnight. */
function timestampOf(text: string): Cell {
  const clock = text.endsWith('+00') ? text.slice(0, -3) : text;
  return clock.length === 10 ? `${clock} 00:00:00` : withoutTrailingZeros(clock);
}

const DATE_LENGTH = 10;

/** More than four digits of the year, or before the year 1. */
const UNUSUAL_INSTANT = /^(\d{5,}-\d\d-\d\d|\d{4}-\d\d-\d\d(?=.* BC$)) ([\d:.]+)\+00(?: BC)?$/;

const SPAN = /^PT(-?)(?:-?(\d+)H)?(?:-?(\d+)M)?(?:-?(\d+)(\.\d+)?S)?$/;

/** A span of time in a column of PostgreSQL's intervals, where the shape says time. */
function timeOf(text: string): Cell {
  const parts = SPAN.exec(text);
  if (parts === null) return withoutTrailingZeros(text);
  const [, sign = '', hours = '0', minutes = '0', seconds = '0', fraction = ''] = parts;
  const [h, m, s] = [hours, minutes, seconds].map((part) => part.padStart(2, '0'));
  return withoutTrailingZeros(`${sign}${h ?? ''}:${m ?? ''}:${s ?? ''}${fraction}`);
}

/** PostgreSQL appends the zone, which is UTC by the session's setting; MariaDB says nothing of it. */
function instantOf(text: string): Cell {
  const [, date, time] = UNUSUAL_INSTANT.exec(text) ?? [];
  if (date !== undefined && time !== undefined)
    return `${date}T${withoutTrailingZeros(time)}Z${text.endsWith(' BC') ? ' BC' : ''}`;
  if (text.length < 19 || text.charCodeAt(DATE_LENGTH) !== 32) return text;
  const clock = withoutTrailingZeros(text.endsWith('+00') ? text.slice(0, -3) : text);
  return `${clock.slice(0, DATE_LENGTH)}T${clock.slice(DATE_LENGTH + 1)}Z`;
}
