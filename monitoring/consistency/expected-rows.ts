import type { Cell, Row, RowKey } from '../../schemas/contract/cell.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { ErrorCode } from '../../schemas/contract/errors.ts';
import type { Mapping, TargetChange } from '../../schemas/contract/mapping.ts';
import { DELETED_COLUMN, tableLabel } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import { digestOfNoRow, hexOf, RowDigester } from './digest.ts';
import type { Kept } from './compare.ts';
import type { Cells, Digest, NormalTexts } from './digest.ts';
import type { RowCells } from './reader.ts';

/** A table as its rows are compared. */
export interface ComparedTable {
  readonly label: string;
  readonly shape: TableShape;
  readonly digester: RowDigester;
  /** Which rows may be there although no source row makes them. */
  readonly kept: Kept;
}

export function comparedTable(shape: TableShape, kept: Kept = 'none'): ComparedTable {
  return { label: tableLabel(shape.id), shape, digester: new RowDigester(shape), kept };
}

/** Whether its rows can only be counted. */
export function isCounted({ shape }: ComparedTable): boolean {
  return shape.key.length === 0;
}

/** Whether a row of the target says of itself that its source row was deleted. */
export function isMarked({ shape, kept }: ComparedTable, row: RowCells | NormalTexts): boolean {
  if (kept !== 'marked') return false;
  const cell = row[shape.columns.findIndex(({ name }) => name === DELETED_COLUMN)];
  return cell !== null && cell !== undefined;
}

/** A row that the target should hold. */
export interface ExpectedRow {
  readonly table: ComparedTable;
  /** Canonical key of the target row; its digest where there is no key. */
  readonly key: string;
  readonly digest: Digest;
  /** Aligned with the columns of the target. */
  readonly cells: Cells;
  /** As the product's own tables know the row; null when the mapping refuses it. */
  readonly rowKey: RowKey | null;
  /** Why the pipeline sets the source row aside instead, if it does; then no target row is right. */
  readonly code: ErrorCode | null;
}

/** Source rows through the mapping, as the pipeline would put them into the targets of one source table. */
export class ExpectedRows {
  readonly source: ComparedTable;
  private readonly names: readonly string[];
  private readonly keyAt: readonly number[];

  constructor(
    private readonly mapping: Mapping,
    source: TableShape,
    private readonly targets: ReadonlyMap<string, ComparedTable>,
  ) {
    this.source = comparedTable(source);
    this.names = source.columns.map(({ name }) => name);
    this.keyAt = source.key.map((name) => this.names.indexOf(name));
  }

  /**
   * The target rows that a source row makes. A row that the mapping refuses makes none, but its target keys are given with
   * the code of the refusal; null when even those are not known.
   */
  of(cells: RowCells): readonly ExpectedRow[] | null {
    const key = this.keyAt.map((at) => cells[at] ?? null);
    let changes: readonly TargetChange[];
    try {
      changes = this.mapping.upsert(this.source.shape, key, this.rowOf(cells));
    } catch (error) {
      return this.refused(key, refusal(error));
    }
    const rows: ExpectedRow[] = [];
    for (const change of changes) {
      if (change.kind === 'delete') continue;
      const table = this.targets.get(tableLabel(change.table.id));
      if (table === undefined) continue;
      const aligned = alignedCells(table.shape, change.cells);
      const { digester } = table;
      const digest = digester.digest(aligned);
      rows.push({
        table,
        key: isCounted(table) ? hexOf(digest) : digester.key(aligned),
        digest,
        cells: aligned,
        rowKey: change.key,
        code: null,
      });
    }
    return rows;
  }

  /** The target keys that a source key leads to. */
  keysOf(key: readonly Cell[]): readonly { readonly table: ComparedTable; readonly key: string }[] {
    return this.mapping.delete(this.source.shape, key).flatMap((change) => {
      const table = this.targets.get(tableLabel(change.table.id));
      if (table === undefined) return [];
      const { digester, shape } = table;
      if (change.kind === 'delete') return [{ table, key: digester.keyOfKeyCells(change.keyCells) }];
      return [{ table, key: digester.key(alignedCells(shape, change.cells)) }];
    });
  }

  private refused(key: readonly Cell[], code: ErrorCode): readonly ExpectedRow[] | null {
    try {
      const keys = this.keysOf(key);
      if (keys.length === 0) return null;
      return keys.map((found) => ({ ...found, digest: digestOfNoRow(code), cells: [], rowKey: null, code }));
    } catch (error) {
      refusal(error);
      return null;
    }
  }

  private rowOf(cells: RowCells): Row {
    const row: Record<string, Cell> = {};
    for (let at = 0; at < this.names.length; at += 1) row[this.names[at] ?? ''] = cells[at] ?? null;
    return row;
  }
}

/** The code with which the mapping refuses a row; any other error is thrown on. */
function refusal(error: unknown): ErrorCode {
  if (error instanceof CounterfoilError && error.disposition === 'dead-letter') return error.code;
  throw error;
}

function alignedCells({ columns }: TableShape, row: Row): Cells {
  const cells: (Cell | undefined)[] = new Array<Cell | undefined>(columns.length);
  for (let at = 0; at < columns.length; at += 1) cells[at] = row[columns[at]?.name ?? ''];
  return cells;
}
