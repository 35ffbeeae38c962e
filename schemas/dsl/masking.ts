import { createHmac } from 'node:crypto';
import type { Cell } from '../contract/cell.ts';
import type { Column, LogicalKind, LogicalType } from '../contract/table.ts';
import { unreachable } from '../contract/unreachable.ts';

/**
 * How a column is hidden:
 * - `hash`: HMAC-SHA-256 under the secret, as 64 hex digits: equal values stay equal, in whatever table they are;
 * - `nullify`: no value at all;
 * - `partial`: the first and last characters, and a `*` for each one between; a text that would be shown whole is all `*`.
 */
export type Mask =
  | { readonly method: 'hash' }
  | { readonly method: 'nullify' }
  | { readonly method: 'partial'; readonly keepFirst: number; readonly keepLast: number };

export interface MaskedColumn {
  readonly column: Column;
  readonly apply: (cell: Exclude<Cell, null>) => Cell;
}

/**
 * Kinds whose values have one spelling each, so that pipeline and check get the same hash: a float has several (and few
 * enough values to be guessed), and databases re-write JSON.
 */
const HASHED: ReadonlySet<LogicalKind> = new Set<LogicalKind>([
  'boolean',
  'int',
  'decimal',
  'text',
  'enum',
  'uuid',
  'bytes',
  'date',
  'time',
  'timestamp',
  'instant',
]);
const SHORTENED: ReadonlySet<LogicalKind> = new Set<LogicalKind>(['text', 'enum']);

/** The column as it is once masked; a text says why it cannot be. */
export function maskColumn(
  column: Column,
  mask: Mask,
  { isKey, secret }: { readonly isKey: boolean; readonly secret: string | null },
): MaskedColumn | string {
  switch (mask.method) {
    case 'hash':
      if (!HASHED.has(column.type.kind)) return `values of the kind ${column.type.kind} cannot be hashed`;
      if (secret === null) return 'there is no secret to hash it with';
      return {
        column: { ...column, type: { kind: 'text', maxLength: 64 } },
        apply: (cell) =>
          createHmac('sha256', secret).update(spellingOf(cell, column.type.kind)).digest('hex'),
      };
    case 'nullify':
      if (isKey) return 'a key column cannot be nullified, for its rows could not be told apart';
      return { column: { ...column, nullable: true }, apply: () => null };
    case 'partial':
      if (isKey) return 'a key column cannot be shown in part, for two rows could become one';
      if (!SHORTENED.has(column.type.kind))
        return `only text can be shown in part, not the kind ${column.type.kind}`;
      return {
        column: { ...column, type: textType(column.type) },
        apply: (cell) => shortened(cell, mask.keepFirst, mask.keepLast),
      };
    default:
      return unreachable(mask);
  }
}

/** One spelling for all cells of equal value: 1.50 and 1.5 are one decimal, though two texts. */
function spellingOf(cell: Exclude<Cell, null>, kind: LogicalKind): string | Uint8Array {
  if (cell instanceof Uint8Array) return cell;
  const text = String(cell);
  if (kind === 'uuid') return text.toLowerCase();
  return FRACTIONAL.has(kind) && text.includes('.') ? text.replace(/\.?0+(Z?)$/, '$1') : text;
}

/** Kinds in which zeros at the end of a fraction are no part of the value. */
const FRACTIONAL: ReadonlySet<LogicalKind> = new Set<LogicalKind>([
  'decimal',
  'time',
  'timestamp',
  'instant',
]);

/** What is shown in part is no value of PostgreSQL's own types any more. */
function textType(type: LogicalType): LogicalType {
  return type.kind === 'text' && type.postgres === undefined ? type : { kind: 'text' };
}

/** Counts characters, not UTF-16 units: 𠮷 is one. */
function shortened(cell: Exclude<Cell, null>, first: number, last: number): Cell {
  const characters = Array.from(String(cell));
  const hidden = characters.length - first - last;
  if (hidden <= 0) return '*'.repeat(characters.length);
  return [
    ...characters.slice(0, first),
    '*'.repeat(hidden),
    ...characters.slice(characters.length - last),
  ].join('');
}
