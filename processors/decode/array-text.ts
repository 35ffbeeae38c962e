import type { Cell } from '../../schemas/contract/cell.ts';
import type { LogicalType } from '../../schemas/contract/table.ts';
import type { CellReader } from './column-rule.ts';

/** The JSON text of an array: the cell of an array (see `schemas/contract/cell.ts`). */
export function arrayReader(element: LogicalType, read: CellReader): (values: readonly unknown[]) => string {
  const spell = spellingOf(element);
  return (values) => `[${values.map((value) => (value === null ? 'null' : spell(read(value)))).join(',')}]`;
}

function spellingOf(type: LogicalType): (cell: Cell) => string {
  if (type.kind === 'decimal') return (cell) => String(cell);
  const single = type.kind === 'float' && type.bits === 32;
  return (cell) => {
    if (cell === null || typeof cell === 'boolean' || typeof cell === 'bigint') return String(cell);
    if (typeof cell === 'number') return numberText(cell, single);
    if (cell instanceof Uint8Array) return `"\\\\x${Buffer.from(cell).toString('hex')}"`;
    return JSON.stringify(cell);
  };
}

function numberText(value: number, single: boolean): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  if (Object.is(value, -0)) return '-0';
  return String(single ? shortest(value) : value);
}

/** The double of the fewest digits that is the same single: 0.1 instead of 0.10000000149011612. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits += 1) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number(value.toPrecision(9));
}
