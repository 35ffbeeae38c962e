import { withoutExponent } from '../../schemas/dsl/decimal-text.ts';
import type { TextRow } from '../../schemas/posting/declaration.ts';
import { readJavaValue } from './java-value.ts';
import { readJsonValue } from './json-value.ts';
import { Unreadable } from './value.ts';
import type { Value } from './value.ts';

/** Columns of ACT_HI_VARINST that Activiti, Flowable and Camunda all have. */
export const VARIABLE_COLUMNS = [
  ...['PROC_INST_ID_', 'EXECUTION_ID_', 'TASK_ID_', 'NAME_', 'VAR_TYPE_', 'BYTEARRAY_ID_'],
  ...['DOUBLE_', 'LONG_', 'TEXT_', 'CREATE_TIME_'],
] as const;

/**
 * What a row of ACT_HI_VARINST says. `stored` are the bytes of its row in ACT_GE_BYTEARRAY, if it has one. Times are
 * `2026-03-05T02:11:09.123Z`, days `2026-03-05`. Throws {@link Unreadable}.
 */
export function readVariable(row: TextRow, stored: Uint8Array | null): Value {
  const type = row['VAR_TYPE_'] ?? 'null';
  switch (type) {
    case 'null':
      return null;
    case 'string':
    case 'uuid':
      return row['TEXT_'] ?? null;
    case 'bigdecimal':
    case 'biginteger':
      return numberOf(row, 'TEXT_');
    case 'double':
      return numberOf(row, 'DOUBLE_');
    case 'integer':
    case 'long':
    case 'short':
      return numberOf(row, 'LONG_');
    case 'boolean':
      return numberOf(row, 'LONG_') === '1';
    case 'date':
    case 'instant':
      return instantOf(Number(numberOf(row, 'LONG_')));
    case 'localdate':
      return instantOf(Number(numberOf(row, 'LONG_')) * DAY_MS).slice(0, 10);
    case 'json':
    case 'longJson':
    case 'spin://application/json':
      return readJsonValue(stored === null ? (row['TEXT_'] ?? '') : utf8Of(stored));
    case 'longString':
    case 'serializable':
      if (stored === null) throw new Unreadable('an object whose bytes are not there');
      return readJavaValue(stored);
    default:
      throw new Unreadable(`a variable of the type ${type}`);
  }
}

const DAY_MS = 86_400_000;

/** Null for what is not in the years 0 to 9999. */
export function isoOf(milliseconds: number): string | null {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return null;
  const iso = date.toISOString();
  return iso.length === 24 ? iso : null;
}

function instantOf(milliseconds: number): string {
  const iso = isoOf(milliseconds);
  if (iso === null) throw new Unreadable('a time of no calendar');
  return iso;
}

/** Exact, without an exponent: doubles are written as the shortest text that means them. */
function numberOf(row: TextRow, column: string): string {
  const number = withoutExponent(row[column] ?? '');
  if (number === null) throw new Unreadable(`without a number in ${column}`);
  return number;
}

function utf8Of(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Unreadable('text that is not UTF-8');
  }
}
