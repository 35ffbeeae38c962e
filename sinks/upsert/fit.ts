import type { Cell } from '../../schemas/contract/cell.ts';
import type { LogicalKind } from '../../schemas/contract/table.ts';
import type { Limits, TargetColumn } from './database.ts';

/** Says why a cell would not come back from the target exactly as it is, or null when it would. */
export type FitCheck = (cell: Cell) => string | null;

/**
 * Databases round a fraction, cut trailing spaces and replace unpaired surrogates without an error. A finance row must
 * be refused instead, so each such column gets a check that runs before anything is bound. Null when nothing in the
 * column can go wrong unnoticed; what the database itself refuses is left to it.
 */
export function fitCheckOf(column: TargetColumn, traits: { key: boolean; nul: boolean }): FitCheck | null {
  const check = kindCheck(column.kind, column.limits, traits.nul);
  if (!traits.key) return check;
  const padded = column.comparison === 'padded';
  return (cell) => {
    if (cell === null) return 'a key column is null';
    if (padded && typeof cell === 'string' && cell.endsWith(' '))
      return 'a key ends with a space, which the column does not tell apart';
    return check?.(cell) ?? null;
  };
}

function kindCheck(kind: LogicalKind, limits: Limits, nul: boolean): FitCheck | null {
  switch (kind) {
    case 'decimal':
      return decimalCheck(limits);
    case 'text':
    case 'enum':
    case 'json':
      return textCheck(limits, nul);
    case 'time':
      return either(fractionCheck(limits), dayCheck(limits));
    case 'date':
    case 'timestamp':
    case 'instant':
      return either(fractionCheck(limits), yearCheck(limits));
    case 'bytes':
      return bytesCheck(limits);
    case 'float':
      return floatCheck(limits);
    case 'boolean':
    case 'int':
    case 'uuid':
    case 'bits':
    case 'array':
    case 'geometry':
      return null;
  }
}

function either(first: FitCheck | null, second: FitCheck | null): FitCheck | null {
  if (first === null || second === null) return first ?? second;
  return (cell) => first(cell) ?? second(cell);
}

function decimalCheck({ integerDigits, scale }: Limits): FitCheck | null {
  if (integerDigits === undefined && scale === undefined) return null;
  return (cell) => {
    if (typeof cell !== 'string') return null;
    const point = cell.indexOf('.');
    const whole = point < 0 ? cell.length : point;
    const fraction = point < 0 ? 0 : cell.length - point - 1;
    // zeros and the sign are looked at only when the mere length is too much
    if (scale !== undefined && fraction > scale && significantFraction(cell.slice(point + 1)) > scale)
      return `more than ${scale} digits after the point`;
    if (
      integerDigits !== undefined &&
      whole > integerDigits &&
      significantWhole(cell.slice(0, whole)) > integerDigits
    )
      return `more than ${integerDigits} digits before the point`;
    return null;
  };
}

/** 1.500 fits into one digit: zeros at the end are not a loss. */
function significantFraction(digits: string): number {
  let length = digits.length;
  while (length > 0 && digits[length - 1] === '0') length -= 1;
  return length;
}

function significantWhole(digits: string): number {
  let start = digits.startsWith('-') ? 1 : 0;
  while (start < digits.length && digits[start] === '0') start += 1;
  return digits.length - start;
}

/** Any surrogate, paired or not: the quick look. */
const SUSPICIOUS = /[\0\ud800-\udfff]/;
const UNPAIRED = /\p{Surrogate}/u;

function textCheck({ maxLength, losesTrailingSpaces }: Limits, nul: boolean): FitCheck {
  return (cell) => {
    if (typeof cell !== 'string') return null;
    if (SUSPICIOUS.test(cell)) {
      if (!nul && cell.includes('\0')) return 'text holds U+0000';
      if (UNPAIRED.test(cell)) return 'text holds an unpaired surrogate';
    }
    if (maxLength !== undefined && cell.length > maxLength && characters(cell) > maxLength)
      return `text is longer than ${maxLength} characters`;
    if (losesTrailingSpaces === true && cell.endsWith(' ')) return 'text ends with a space';
    return null;
  };
}

function characters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    if ((text.codePointAt(at) ?? 0) > 0xffff) at += 1;
    count += 1;
  }
  return count;
}

function fractionCheck({ fraction }: Limits): FitCheck | null {
  if (fraction === undefined || fraction >= 6) return null;
  return (cell) => {
    if (typeof cell !== 'string') return null;
    const point = cell.lastIndexOf('.');
    if (point < 0) return null;
    const digits = cell.endsWith('Z') ? cell.slice(point + 1, -1) : cell.slice(point + 1);
    return significantFraction(digits) > fraction ? `more than ${fraction} digits after the second` : null;
  };
}

const PLAIN_YEAR = /^\d{4}-[^B]*$/;

function yearCheck({ plainYears }: Limits): FitCheck | null {
  if (plainYears !== true) return null;
  return (cell) =>
    typeof cell === 'string' && !PLAIN_YEAR.test(cell) ? 'not between the years 0001 and 9999' : null;
}

function dayCheck({ withinDay }: Limits): FitCheck | null {
  if (withinDay !== true) return null;
  return (cell) =>
    typeof cell === 'string' && (cell.startsWith('-') || cell.length < 8 || cell > '24:00:00')
      ? 'not a time of day'
      : null;
}

function bytesCheck({ exactBytes }: Limits): FitCheck | null {
  if (exactBytes === undefined) return null;
  return (cell) =>
    cell instanceof Uint8Array && cell.length !== exactBytes ? `not exactly ${exactBytes} bytes` : null;
}

function floatCheck({ singlePrecision, finiteOnly }: Limits): FitCheck | null {
  if (singlePrecision !== true && finiteOnly !== true) return null;
  return (cell) => {
    if (typeof cell !== 'number') return null;
    if (finiteOnly === true && !Number.isFinite(cell)) return 'not a finite number';
    return singlePrecision === true && !Object.is(Math.fround(cell), cell)
      ? 'more than single precision'
      : null;
  };
}
