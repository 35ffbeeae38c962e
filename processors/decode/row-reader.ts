import type { Cell, Row } from '../../schemas/contract/cell.ts';
import type { ColumnPlan } from './column-plan.ts';

/** Turns the decoded `after` (cells by Avro field name) into a row (by column name). */
export type RowReader = (after: Row) => Row;

/**
 * @param placeholder what the connector sends for a value that PostgreSQL did not log, because it is stored out of line
 *   (TOAST) and did not change; null when the source has no such thing. Such a column is left out of the row.
 */
export function createRowReader(columns: readonly ColumnPlan[], placeholder: string | null): RowReader {
  const renamed = columns.some(({ field, column }) => field !== column.name);
  const bytes = Buffer.from(placeholder ?? '');
  const isPlaceholder = (cell: Cell | undefined): boolean =>
    typeof cell === 'string' ? cell === placeholder : cell instanceof Uint8Array && bytes.equals(cell);
  const stored =
    placeholder === null ? [] : columns.filter(({ column }) => OUT_OF_LINE.has(column.type.kind));

  const copy = (after: Row): Row => {
    const row: Record<string, Cell> = {};
    for (const { field, column } of columns) {
      const cell = after[field];
      if (cell !== undefined && !(placeholder !== null && isPlaceholder(cell))) row[column.name] = cell;
    }
    return row;
  };
  if (renamed) return copy;
  // The decoded record is a row already, and as good as always a whole one.
  return (after) => (stored.some(({ field }) => isPlaceholder(after[field])) ? copy(after) : after);
}

/** Kinds whose values PostgreSQL may store out of line and the connector then replaces. */
const OUT_OF_LINE: ReadonlySet<string> = new Set(['text', 'json', 'bytes', 'enum']);
