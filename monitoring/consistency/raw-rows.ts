import type { Cell } from '../../schemas/contract/cell.ts';

/**
 * How a database spells the values of a column. Two sides that spell alike hold equal values where they send equal bytes;
 * `unlike` says that bytes tell nothing. See {@link sameCellOf}.
 */
export type Spelling = 'text' | 'time' | 'timestamp' | 'instant' | 'truth' | 'raw' | 'hex' | 'unlike';

/** A column of rows as the server sends them, and how its bytes are read. */
export interface RawColumn {
  readonly spelling: Spelling;
  readonly cell: (bytes: Buffer) => Cell;
  readonly normal: (bytes: Buffer) => string | null;
}

/** Rows in the order of their keys, as bytes. As long as some are left, their snapshot can be asked for nothing else. */
export interface RawRows {
  readonly columns: readonly RawColumn[];
  /** The next rows, which hold until the next call; null when there are no more. Throws what the reader throws. */
  next(): Promise<RawChunk | null>;
}

const FIRST_BYTES = 1 << 18;
const FIRST_CELLS = 1 << 14;
const NULL = -1;

/** Some rows: where in `bytes` each cell begins and ends. No object is made for a row or a cell. */
export class RawChunk {
  bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  /** Of each cell, row after row; negative for null. */
  starts = new Int32Array(FIRST_CELLS);
  ends = new Int32Array(FIRST_CELLS);
  rows = 0;
  used = 0;
  private cells = 0;

  constructor(readonly columns: number) {}

  clear(): void {
    this.rows = 0;
    this.used = 0;
    this.cells = 0;
  }

  /** Makes room for a row of at most so many bytes; `used` is where it begins. */
  reserve(bytes: number): void {
    if (this.used + bytes > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.used + bytes, this.bytes.length * 2));
      this.bytes.copy(larger, 0, 0, this.used);
      this.bytes = larger;
    }
    if (this.cells + this.columns > this.starts.length) {
      this.starts = grown(this.starts);
      this.ends = grown(this.ends);
    }
  }

  addCell(start: number, end: number): void {
    this.starts[this.cells] = start;
    this.ends[this.cells] = end;
    this.cells += 1;
  }

  addNull(): void {
    this.addCell(NULL, NULL);
  }

  /** The row reserved for is complete, and takes the bytes up to here. */
  endRow(used: number): void {
    this.used = used;
    this.rows += 1;
  }

  /** The bytes of one cell. */
  cell(row: number, column: number): Buffer | null {
    const at = row * this.columns + column;
    const start = this.starts[at] ?? NULL;
    return start < 0 ? null : this.bytes.subarray(start, this.ends[at]);
  }
}

function grown(places: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(places.length * 2);
  larger.set(places);
  return larger;
}
