import type { Column, TableShape } from '../../schemas/contract/table.ts';
import type { RawChunk } from './raw-rows.ts';

/**
 * Whether all databases put the rows of a table into the same order: its key is of integers. Texts are ordered by the rules
 * of their collation, which are not the same anywhere.
 */
export function hasOneOrder({ columns, key }: TableShape): boolean {
  const ordered = (name: string) => columns.some((column) => column.name === name && isInteger(column));
  return key.length > 0 && key.every(ordered);
}

function isInteger({ type }: Column): boolean {
  return type.kind === 'int' || (type.kind === 'decimal' && type.scale === 0);
}

/** The key of a row of one side against that of the other: negative, 0 or positive. */
export function compareKeys(
  left: RawChunk,
  leftRow: number,
  leftKey: readonly number[],
  right: RawChunk,
  rightRow: number,
  rightKey: readonly number[],
): number {
  for (let part = 0; part < leftKey.length; part += 1) {
    const a = leftRow * left.columns + (leftKey[part] ?? 0);
    const b = rightRow * right.columns + (rightKey[part] ?? 0);
    const order = compareIntegers(
      left.bytes,
      left.starts[a] ?? 0,
      left.ends[a] ?? 0,
      right.bytes,
      right.starts[b] ?? 0,
      right.ends[b] ?? 0,
    );
    if (order !== 0) return order;
  }
  return 0;
}

const [MINUS, ZERO] = [45, 48];

/** Of the texts of integers, which may be filled with zeros. */
export function compareIntegers(
  left: Buffer,
  leftStart: number,
  leftEnd: number,
  right: Buffer,
  rightStart: number,
  rightEnd: number,
): number {
  const isNegative = left[leftStart] === MINUS;
  if (isNegative !== (right[rightStart] === MINUS)) return isNegative ? -1 : 1;
  const a = significant(left, leftStart, leftEnd);
  const b = significant(right, rightStart, rightEnd);
  let order = leftEnd - a - (rightEnd - b);
  for (let at = 0; order === 0 && at < leftEnd - a; at += 1)
    order = (left[a + at] ?? 0) - (right[b + at] ?? 0);
  return isNegative ? -order : order;
}

/** Where the first digit is that is not 0; the last one counts always. */
function significant(bytes: Buffer, start: number, end: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start;
  while (at < end - 1 && bytes[at] === ZERO) at += 1;
  return at;
}
