import type { Cell } from '../contract/cell.ts';
import type { Column, LogicalType } from '../contract/table.ts';
import { unreachable } from '../contract/unreachable.ts';
import { compareDecimals, integerDigits, rescaled } from './decimal-text.ts';
import type { Field } from './source-field.ts';
import { violation } from './violation.ts';
import type { Place } from './violation.ts';

/** Checks one cell and gives it in the form of the declared type. Throws CONTRACT_VIOLATION. */
export type FieldCheck = (cell: Cell) => Cell;

/**
 * Prepares the check of a field against a column as the source has it now. Throws CONTRACT_VIOLATION when the column's
 * type has changed into one that the contract does not allow.
 */
export function prepareCheck(field: Field, column: Column, place: Place): FieldCheck {
  const check = checkOf(field, column.type, place);
  if (!field.required) return (cell) => (cell === null ? null : check(cell));
  return (cell) => {
    if (cell === null) throw violation(place, 'must not be null');
    return check(cell);
  };
}

function checkOf(field: Field, actual: LogicalType, place: Place): FieldCheck {
  const { type } = field;
  switch (type.kind) {
    case 'text':
      return textCheck(field, type.maxLength, actual, place);
    case 'boolean':
      return flagCheck(actual, place);
    case 'int':
      return intCheck(type.bits, actual, place);
    case 'decimal':
      return decimalCheck(field, type.precision, type.scale, actual, place);
    case 'time':
    case 'timestamp':
    case 'instant':
      if (actual.kind !== type.kind) throw wrongKind(place, type, actual);
      if (actual.fraction > type.fraction) {
        throw violation(place, `has ${actual.fraction} digits of a second where ${type.fraction} are agreed`);
      }
      return type.kind === 'time' ? boundsCheck(field, place) : plainDateCheck(field, place);
    case 'date':
      if (actual.kind !== type.kind) throw wrongKind(place, type, actual);
      return plainDateCheck(field, place);
    case 'float':
    case 'enum':
    case 'json':
    case 'uuid':
    case 'bytes':
    case 'bits':
    case 'array':
    case 'geometry':
      if (actual.kind !== type.kind) throw wrongKind(place, type, actual);
      return boundsCheck(field, place);
    default:
      return unreachable(type);
  }
}

function wrongKind(place: Place, agreed: LogicalType, actual: LogicalType): Error {
  return violation(place, `is ${actual.kind} where ${agreed.kind} is agreed`);
}

function textCheck(
  field: Field,
  maxLength: number | undefined,
  actual: LogicalType,
  place: Place,
): FieldCheck {
  if (actual.kind !== 'text' && actual.kind !== 'enum') throw wrongKind(place, field.type, actual);
  if (field.codes) {
    const allowed: ReadonlySet<Cell> = new Set(field.codes);
    return (cell) => {
      if (!allowed.has(cell)) throw violation(place, 'is none of the agreed codes');
      return cell;
    };
  }
  if (maxLength === undefined) return asIs;
  return (cell) => {
    // UTF-16 units are never fewer than characters, so most texts need no counting.
    if (typeof cell === 'string' && cell.length > maxLength && characters(cell) > maxLength) {
      throw violation(place, `has more than ${maxLength} characters`);
    }
    return cell;
  };
}

/** Code points, as databases count them; a surrogate pair is one. */
function characters(cell: string): number {
  return cell.length - (cell.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0);
}

function flagCheck(actual: LogicalType, place: Place): FieldCheck {
  if (actual.kind === 'boolean') return asIs;
  if (actual.kind !== 'int') throw wrongKind(place, { kind: 'boolean' }, actual);
  return (cell) => {
    const number = Number(cell);
    if (number !== 0 && number !== 1) throw violation(place, 'is neither 0 nor 1');
    return number === 1;
  };
}

function intCheck(bits: number, actual: LogicalType, place: Place): FieldCheck {
  if (actual.kind !== 'int') throw wrongKind(place, { kind: 'int', bits: 64 }, actual);
  if (actual.bits > bits) throw violation(place, `has ${actual.bits} bits where ${bits} are agreed`);
  if (bits === 64 && actual.bits < 64) return (cell) => (typeof cell === 'number' ? BigInt(cell) : cell);
  return asIs;
}

function decimalCheck(
  field: Field,
  precision: number | undefined,
  scale: number | undefined,
  actual: LogicalType,
  place: Place,
): FieldCheck {
  if (actual.kind !== 'decimal') throw wrongKind(place, field.type, actual);
  const fits = actual.scale === scale && (actual.precision ?? Infinity) <= (precision ?? Infinity);
  const bounded = boundsCheck(field, place);
  if (fits || scale === undefined) return bounded;
  const widest = (precision ?? Infinity) - scale;
  return (cell) => {
    const exact = rescaled(cell as string, scale);
    if (exact === null) throw violation(place, `has more than ${scale} digits after the point`);
    if (integerDigits(exact) > widest)
      throw violation(place, `has more than ${widest} digits before the point`);
    return bounded(exact);
  };
}

function boundsCheck({ type, min, max }: Field, place: Place): FieldCheck {
  if (min === undefined && max === undefined) return asIs;
  const compare = type.kind === 'decimal' ? compareDecimals : compareTimes;
  return (cell) => {
    if (min !== undefined && compare(cell as string, min) < 0) throw violation(place, `is less than ${min}`);
    if (max !== undefined && compare(cell as string, max) > 0)
      throw violation(place, `is greater than ${max}`);
    return cell;
  };
}

/** PostgreSQL also has infinite dates, and years before 1 and after 9999, which no rule reckons with. */
function plainDateCheck(field: Field, place: Place): FieldCheck {
  const bounded = boundsCheck(field, place);
  return (cell) => {
    if (typeof cell === 'string' && !PLAIN_DATE.test(cell))
      throw violation(place, 'is not between the years 0001 and 9999');
    return bounded(cell);
  };
}

const PLAIN_DATE = /^\d{4}-[^B]*$/;

/** Canonical dates and times sort as text, once the Z of instants is out of the way of the fraction's point. */
function compareTimes(a: string, b: string): number {
  const left = a.endsWith('Z') ? a.slice(0, -1) : a;
  const right = b.endsWith('Z') ? b.slice(0, -1) : b;
  return left < right ? -1 : left > right ? 1 : 0;
}

function asIs(cell: Cell): Cell {
  return cell;
}
