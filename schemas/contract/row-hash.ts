import { hash } from 'node:crypto';
import type { Cell, Row, RowKey } from './cell.ts';
import type { LogicalType, TableShape } from './table.ts';
import { unreachable } from './unreachable.ts';

/**
 * The hash of a whole row, 32 hex digits: equal for rows that are equal by value. Columns that are null are left out, so
 * that a nullable column that is added later changes nothing. Each name and text has its length before it, so that no two
 * rows run together.
 */
export function rowHashOf({ columns }: TableShape, row: Row): RowKey {
  let text = '';
  for (const { name, type } of columns) {
    const cell = row[name];
    if (cell !== null && cell !== undefined) text += framed(name) + framed(spellingOf(cell, type));
  }
  return hash('sha256', text, 'hex').slice(0, 32) as RowKey;
}

function framed(text: string): string {
  return `${text.length}:${text}`;
}

/** A string or white space of a JSON text. */
const JSON_PARTS = /("(?:[^"\\]|\\.)*")|\s+/g;

/** One spelling for all cells of equal value. */
function spellingOf(cell: Exclude<Cell, null>, { kind }: LogicalType): string {
  if (cell instanceof Uint8Array)
    return Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength).toString('hex');
  if (Object.is(cell, -0)) return '-0';
  const text = String(cell);
  switch (kind) {
    case 'decimal':
    case 'time':
    case 'timestamp':
    case 'instant':
      // A wider column re-writes 1.50 to 1.5000 and tells nobody.
      return text.includes('.') ? text.replace(/\.?0+(Z?)$/, '$1') : text;
    case 'json':
      return text.replace(JSON_PARTS, '$1');
    case 'boolean':
    case 'int':
    case 'float':
    case 'text':
    case 'enum':
    case 'uuid':
    case 'bytes':
    case 'bits':
    case 'date':
    case 'array':
    case 'geometry':
      return text;
    default:
      return unreachable(kind);
  }
}
