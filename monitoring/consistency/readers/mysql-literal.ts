import type { Cell } from '../../../schemas/contract/cell.ts';
import type { LogicalType } from '../../../schemas/contract/table.ts';

/**
 * A cell as an SQL literal of its own type: compared with a text, an integer column would be compared as doubles, in
 * which ids beyond 2^53 run together. Texts are written in hex, which leaves nothing to escape in any SQL mode.
 */
export function literalOf(type: LogicalType, cell: Cell): string {
  if (cell === null) return 'NULL';
  if (typeof cell === 'boolean') return cell ? '1' : '0';
  if (typeof cell === 'number' || typeof cell === 'bigint') return cell.toString();
  if (cell instanceof Uint8Array) return cell.length === 0 ? "''" : `X'${Buffer.from(cell).toString('hex')}'`;
  if (type.kind === 'decimal' && DECIMAL.test(cell)) return cell;
  if (type.kind === 'bits' && type.length <= 64) return `b'${cell}'`;
  if (type.kind === 'instant') return textLiteral(cell.replace('T', ' ').replace('Z', ''));
  return textLiteral(cell);
}

const DECIMAL = /^-?\d+(\.\d+)?$/;

function textLiteral(text: string): string {
  return text === '' ? "''" : `_utf8mb4 X'${Buffer.from(text, 'utf8').toString('hex')}'`;
}
