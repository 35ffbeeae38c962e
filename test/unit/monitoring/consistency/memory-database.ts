import { textReader } from '../../../../monitoring/consistency/readers/cell-text.ts';
import { RawChunk } from '../../../../monitoring/consistency/raw-rows.ts';
import type { RawColumn, RawRows } from '../../../../monitoring/consistency/raw-rows.ts';
import { normalizerOf } from '../../../../monitoring/consistency/normal-cell.ts';
import type { DatabaseSnapshot, RowCells, SourceReader } from '../../../../monitoring/consistency/reader.ts';
import type { Cell } from '../../../../schemas/contract/cell.ts';
import { tableLabel } from '../../../../schemas/contract/table.ts';
import type { TableId, TableShape } from '../../../../schemas/contract/table.ts';

/** Tables in memory behind the reader's port, with a hook for what happens meanwhile. */
export class MemoryDatabase implements SourceReader {
  readonly tables = new Map<string, { shape: TableShape; rows: RowCells[] }>();
  /** Called before each snapshot with its number, from 1. */
  beforeSnapshot: (number: number) => void = () => undefined;
  snapshots = 0;
  open = 0;

  create(shape: TableShape, rows: readonly RowCells[] = []): void {
    this.tables.set(tableLabel(shape.id), { shape, rows: [...rows] });
  }

  rows(label: string): RowCells[] {
    return this.tables.get(label)!.rows;
  }

  position(): Promise<{ kind: 'wal'; era: number; lsn: bigint }> {
    return Promise.resolve({ kind: 'wal', era: 0, lsn: 7n });
  }

  describeTables(ids: readonly TableId[]): Promise<readonly (TableShape | null)[]> {
    return Promise.resolve(ids.map((id) => this.tables.get(tableLabel(id))?.shape ?? null));
  }

  snapshot(): Promise<DatabaseSnapshot> {
    this.snapshots += 1;
    this.beforeSnapshot(this.snapshots);
    this.open += 1;
    const view = new Map([...this.tables].map(([label, table]) => [label, [...table.rows]]));
    const aligned = (shape: TableShape): readonly RowCells[] => {
      const stored = this.tables.get(tableLabel(shape.id))!.shape;
      const at = shape.columns.map(({ name }) => stored.columns.findIndex((column) => column.name === name));
      return (view.get(tableLabel(shape.id)) ?? []).map((row) => at.map((place) => row[place] ?? null));
    };
    return Promise.resolve({
      // For a condition: the row whose first column is that.
      rows: (shape, where) =>
        chunks(aligned(shape).filter(([first]) => where === undefined || String(first) === where)),
      normalRows: (shape) => {
        const normalize = shape.columns.map(({ type }) => normalizerOf(type));
        const texts = aligned(shape).map((row) =>
          row.map((cell, place) => (cell === null ? null : normalize[place]!(cell))),
        );
        return chunks(texts);
      },
      rowsByKey: (shape, keys) => {
        const wanted = new Set(keys.map(textOf));
        const at = shape.key.map((name) => shape.columns.findIndex((column) => column.name === name));
        return Promise.resolve(
          aligned(shape).filter((row) => wanted.has(textOf(at.map((place) => row[place] ?? null)))),
        );
      },
      rawRows: (shape, from) => Promise.resolve(new MemoryRows(shape, inOrder(aligned(shape), shape, from))),
      close: () => {
        this.open -= 1;
        return Promise.resolve();
      },
    });
  }
}

/** The bytes of a cell are its text. */
class MemoryRows implements RawRows {
  readonly columns: readonly RawColumn[];

  constructor(
    { columns }: TableShape,
    private readonly rows: RowCells[],
  ) {
    this.columns = columns.map(({ type }) => {
      const cell = (bytes: Buffer) =>
        textReader(type, (text) => Buffer.from(text, 'latin1'))(bytes.toString());
      return { spelling: 'text', cell, normal: (bytes) => normalizerOf(type)(cell(bytes)!) };
    });
  }

  /** Three rows at a time: not as many as others. */
  next(): Promise<RawChunk | null> {
    const rows = this.rows.splice(0, 3);
    if (rows.length === 0) return Promise.resolve(null);
    const chunk = new RawChunk(this.columns.length);
    for (const row of rows) {
      const cells = row.map((cell) => (cell === null ? null : Buffer.from(String(cell))));
      chunk.reserve(cells.reduce((sum, cell) => sum + (cell?.length ?? 0), 0));
      let at = chunk.used;
      for (const cell of cells) {
        if (cell === null) chunk.addNull();
        else chunk.addCell(at, at + cell.copy(chunk.bytes, at));
        at += cell?.length ?? 0;
      }
      chunk.endRow(at);
    }
    return Promise.resolve(chunk);
  }
}

function inOrder(
  rows: readonly RowCells[],
  { columns, key }: TableShape,
  from: readonly string[] | null,
): RowCells[] {
  const at = key.map((name) => columns.findIndex((column) => column.name === name));
  const order = (a: readonly unknown[], b: readonly unknown[]): number => {
    for (const [part, value] of a.entries()) {
      const difference = BigInt(String(value)) - BigInt(String(b[part]));
      if (difference !== 0n) return difference < 0n ? -1 : 1;
    }
    return 0;
  };
  const keyOf = (row: RowCells) => at.map((place) => row[place]);
  return rows
    .filter((row) => from === null || order(keyOf(row), from) >= 0)
    .toSorted((a, b) => order(keyOf(a), keyOf(b)));
}

function textOf(cells: readonly Cell[]): string {
  return cells.map(String).join('\n');
}

/** Two rows at a time, so that there is more than one chunk. */
async function* chunks<T>(rows: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let at = 0; at < rows.length; at += 2) yield await Promise.resolve(rows.slice(at, at + 2));
}
