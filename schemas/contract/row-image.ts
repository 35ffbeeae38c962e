import type { Cell, Row } from './cell.ts';

type Stored =
  | string
  | number
  | boolean
  | null
  | { readonly int: string }
  | { readonly float: string }
  | { readonly bytes: string };

/** A row as a text that {@link rowOfImage} reads: every cell comes back as it was. */
export function imageText(columns: readonly string[], cells: readonly Cell[]): string {
  return JSON.stringify(columns.map((name, at) => [name, storedOf(cells[at] ?? null)]));
}

export function rowOfImage(text: string): Row {
  const stored = JSON.parse(text) as readonly (readonly [string, Stored])[];
  return Object.fromEntries(stored.map(([name, value]) => [name, cellOf(value)]));
}

function storedOf(cell: Cell): Stored {
  if (typeof cell === 'bigint') return { int: cell.toString() };
  if (cell instanceof Uint8Array) return { bytes: Buffer.from(cell).toString('hex') };
  // JSON knows neither these nor a zero below zero.
  if (typeof cell === 'number' && (!Number.isFinite(cell) || Object.is(cell, -0)))
    return { float: Object.is(cell, -0) ? '-0' : String(cell) };
  return cell;
}

function cellOf(stored: Stored): Cell {
  if (stored === null || typeof stored !== 'object') return stored;
  if ('int' in stored) return BigInt(stored.int);
  if ('float' in stored) return Number(stored.float);
  return Buffer.from(stored.bytes, 'hex');
}
