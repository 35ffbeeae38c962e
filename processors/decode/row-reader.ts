import { createHash } from 'node:crypto';
import type { Cell, Row } from '../../schemas/contract/cell.ts';
import type { ColumnPlan } from './column-plan.ts';
import type { CellMending } from './column-rule.ts';

/** Turns the decoded `after` (cells by Avro field name) into a row (by column name). */
export type RowReader = (after: Row, snapshot: boolean) => Row;

/**
 * @param placeholder what the connector sends for a value that PostgreSQL did not log, because it is stored out of line
 *   (TOAST) and did not change; null when the source has no such thing. Such a column is left out of the row.
 */
export function createRowReader(columns: readonly ColumnPlan[], placeholder: string | null): RowReader {
  const renamed = columns.some(({ field, column }) => field !== column.name);
  const isPlaceholder = placeholder === null ? () => false : placeholderTest(placeholder);
  const stored =
    placeholder === null ? [] : columns.filter(({ column }) => OUT_OF_LINE.has(column.type.kind));
  const mend = mendingOf(columns);

  const copy = (after: Row): Row => {
    const row: Record<string, Cell> = {};
    for (const { field, column } of columns) {
      const cell = after[field];
      if (cell !== undefined && !isPlaceholder(cell)) row[column.name] = cell;
    }
    return row;
  };
  if (renamed) return (after, snapshot) => copy(mend(after, snapshot));
  // The decoded record is a row already, and as good as always a whole one.
  return (after, snapshot) => {
    const mended = mend(after, snapshot);
    return stored.some(({ field }) => isPlaceholder(mended[field])) ? copy(mended) : mended;
  };
}

/** Applies what the columns' plans say about rows of a snapshot, or of the log. */
export function mendingOf(columns: readonly ColumnPlan[]): (cells: Row, snapshot: boolean) => Row {
  const inSnapshot = mendings(columns, ({ inSnapshot: mend }) => mend);
  const inStream = mendings(columns, ({ inStream: mend }) => mend);
  return (cells, snapshot) => {
    let row = cells;
    for (const { field, mend } of snapshot ? inSnapshot : inStream) {
      const cell = row[field];
      if (cell === null || cell === undefined) continue;
      const mended = mend(cell);
      if (mended !== cell) row = { ...row, [field]: mended };
    }
    return row;
  };
}

function mendings(
  columns: readonly ColumnPlan[],
  choose: (plan: ColumnPlan) => CellMending | null,
): readonly { readonly field: string; readonly mend: CellMending }[] {
  return columns.flatMap((plan) => {
    const mend = choose(plan);
    return mend === null ? [] : [{ field: plan.field, mend }];
  });
}

/** Kinds whose values PostgreSQL may store out of line and the connector then replaces. */
const OUT_OF_LINE: ReadonlySet<string> = new Set(['text', 'json', 'bytes', 'enum', 'array']);

/** The connector writes its placeholder in whatever form the column has: in arrays, as an hstore, as a UUID. */
function placeholderTest(placeholder: string): (cell: Cell | undefined) => boolean {
  const bytes = Buffer.from(placeholder);
  const text = JSON.stringify(placeholder);
  const texts = new Set([
    placeholder,
    `{${text}:${text}}`,
    `[${text}]`,
    `[${[...bytes].join(',')}]`,
    `["\\\\x${bytes.toString('hex')}"]`,
    `["${nameUuid(bytes)}"]`,
  ]);
  return (cell) =>
    typeof cell === 'string' ? texts.has(cell) : cell instanceof Uint8Array && bytes.equals(cell);
}

/** The UUID (version 3) that Java makes of bytes. */
function nameUuid(bytes: Buffer): string {
  const digest = createHash('md5').update(bytes).digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x30;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  return digest.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
