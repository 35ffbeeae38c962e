import type { Comparison, Difference, DifferenceKind } from './compare.ts';
import { isMarked } from './expected-rows.ts';
import type { NormalTexts } from './digest.ts';
import type { ComparedTable, ExpectedRow, ExpectedRows } from './expected-rows.ts';
import { compareKeys } from './key-order.ts';
import type { Pace } from './pace.ts';
import { RawChunk } from './raw-rows.ts';
import type { RawRows } from './raw-rows.ts';
import type { RowCells } from './reader.ts';
import { sameCellOf } from './same-cell.ts';
import type { SameCell } from './same-cell.ts';

/** Both sides in the order of the key, as their servers send them. */
export interface OrderedSides {
  readonly source: RawRows;
  readonly target: RawRows;
}

export interface LookBounds {
  /** Differences that are kept. */
  readonly limit: number;
  readonly pace: Pace;
  /** What an earlier check has found before the rows that are read now. */
  readonly earlier: { readonly comparison: Comparison } | null;
}

/**
 * Compares a table that is copied as it is: both sides are read in the order of the key, and rows whose bytes are seen to
 * say the same need not be read by value. All others are read, mapped and digested as in any other look.
 */
export class OrderedLook {
  private readonly left: Side;
  private readonly right: Side;
  /** Of each column of the target: the column of the source, -1 for none, and how their bytes are compared. */
  private readonly from: readonly number[];
  private readonly same: readonly SameCell[];
  private readonly count = { keys: 0, missing: 0, extra: 0, different: 0, ambiguous: 0, kept: 0 };
  private readonly differences: Difference[];
  private readonly limit: number;
  private readonly pace: Pace;
  /** The last row of the source that was before the rows at hand. */
  private before: ExpectedRow | null = null;

  constructor(
    private readonly expected: ExpectedRows,
    private readonly table: ComparedTable,
    sides: OrderedSides,
    { limit, pace, earlier }: LookBounds,
  ) {
    this.limit = limit;
    this.pace = pace;
    const { differences = [], ...count } = earlier?.comparison ?? {};
    this.differences = [...differences];
    Object.assign(this.count, count);
    const { shape } = expected.source;
    this.left = new Side(sides.source, keyPlaces(expected.source));
    this.right = new Side(sides.target, keyPlaces(table));
    this.from = table.shape.columns.map(({ name }) => shape.columns.findIndex((each) => each.name === name));
    this.same = this.from.map((from, at) =>
      sameCellOf(
        sides.source.columns[from]?.spelling ?? 'unlike',
        sides.target.columns[at]?.spelling ?? 'unlike',
      ),
    );
  }

  /** Compares the rows at hand, and takes more of the side that has none left; false when both are at their end. */
  async step(): Promise<boolean> {
    const { left, right, pace } = this;
    if (left.isOver) while (!right.isSpent) this.extra();
    else if (right.isOver) while (!left.isSpent) this.missing();
    else this.compare();
    if (left.isSpent) {
      this.before = this.expectedBefore();
      await pace.after('source', await left.load());
    }
    if (right.isSpent) await pace.after('target', await right.load());
    return !(left.isOver && right.isOver);
  }

  get comparison(): Comparison {
    return { ...this.count, differences: this.differences };
  }

  /** The key from which on all rows of both sides are still to be compared; null when that cannot be told right now. */
  get position(): readonly string[] | null {
    const { left, right } = this;
    if (left.isSpent || right.isSpent) return null;
    const isLeft = compareKeys(left.chunk, left.row, left.key, right.chunk, right.row, right.key) <= 0;
    const next = isLeft ? left : right;
    // A second row of the target under the last key belongs to what has been compared.
    return this.expectedBefore()?.key === this.table.digester.keyOfTexts(right.normalTexts())
      ? null
      : next.keyTexts();
  }

  private compare(): void {
    const { left, right } = this;
    while (!left.isSpent && !right.isSpent) {
      const order = compareKeys(left.chunk, left.row, left.key, right.chunk, right.row, right.key);
      if (order < 0) this.missing();
      else if (order > 0) this.extra();
      else this.pair();
    }
  }

  private pair(): void {
    const { left, right, count } = this;
    count.keys += 1;
    if (!this.hasSameBytes()) {
      const expected = this.expectedAt(left.row);
      const actual = this.actualDigest();
      if (expected.digest !== actual) this.found('different', expected, actual);
    }
    left.row += 1;
    right.row += 1;
  }

  private hasSameBytes(): boolean {
    const { from, same } = this;
    const { chunk: left, row: leftRow } = this.left;
    const { chunk: right, row: rightRow } = this.right;
    const leftAt = leftRow * left.columns;
    const rightAt = rightRow * right.columns;
    for (let column = 0; column < from.length; column += 1) {
      const of = from[column] ?? -1;
      const leftStart = of < 0 ? -1 : (left.starts[leftAt + of] ?? -1);
      const rightStart = right.starts[rightAt + column] ?? -1;
      if (leftStart < 0 && rightStart < 0) continue;
      if (leftStart < 0 || rightStart < 0) return false;
      const [leftEnd, rightEnd] = [left.ends[leftAt + of] ?? 0, right.ends[rightAt + column] ?? 0];
      const isSame = same[column];
      if (isSame?.(left.bytes, leftStart, leftEnd, right.bytes, rightStart, rightEnd) !== true) return false;
    }
    return true;
  }

  /** A second row of the source under one key is none that is missing: there is no telling which is to be expected. */
  private missing(): void {
    const expected = this.expectedAt(this.left.row);
    const before = this.expectedBefore();
    this.left.row += 1;
    if (before?.key !== expected.key) {
      this.count.keys += 1;
      this.found('missing', expected, null);
    } else if (before.digest !== expected.digest) this.count.ambiguous += 1;
  }

  private extra(): void {
    const { right, table, count } = this;
    const texts = right.normalTexts();
    const key = table.digester.keyOfTexts(texts);
    const isSecond = this.expectedBefore()?.key === key;
    if (!isSecond && (table.kept === 'any' || isMarked(table, texts))) count.kept += 1;
    else {
      if (!isSecond) count.keys += 1;
      this.found('extra', null, this.actualDigest(), key);
    }
    right.row += 1;
  }

  private found(
    kind: DifferenceKind,
    expected: ExpectedRow | null,
    actual: string | null,
    key = expected?.key ?? '',
  ): void {
    this.count[kind] += 1;
    if (this.differences.length >= this.limit) return;
    const origin = expected === null ? null : { table: 0, key: expected.key };
    this.differences.push({ key, kind, rows: 1, expected: expected?.digest ?? null, actual, origin });
  }

  /** The source row that was compared last. */
  private expectedBefore(): ExpectedRow | null {
    return this.left.row > 0 ? this.expectedAt(this.left.row - 1) : this.before;
  }

  private expectedAt(row: number): ExpectedRow {
    const rows = this.expected.of(this.left.cells(row));
    const [expected] = rows ?? [];
    if (expected === undefined || rows?.length !== 1)
      throw new RangeError(`rows of ${this.expected.source.label} are not copied as they are`);
    return expected;
  }

  private actualDigest(): string {
    return this.table.digester.digestOfTexts(this.right.normalTexts());
  }
}

/** Where the key is among the columns. */
function keyPlaces({ shape }: ComparedTable): readonly number[] {
  return shape.key.map((name) => shape.columns.findIndex((column) => column.name === name));
}

/** One side, and how far it has been compared. */
class Side {
  chunk: RawChunk;
  row = 0;
  isOver = false;

  constructor(
    private readonly rows: RawRows,
    readonly key: readonly number[],
  ) {
    this.chunk = new RawChunk(rows.columns.length);
  }

  get isSpent(): boolean {
    return this.row >= this.chunk.rows;
  }

  /** Gives how many rows are at hand now. */
  async load(): Promise<number> {
    const chunk = this.isOver ? null : await this.rows.next();
    this.isOver = chunk === null;
    this.chunk = chunk ?? new RawChunk(this.rows.columns.length);
    this.row = 0;
    return this.chunk.rows;
  }

  keyTexts(): readonly string[] {
    return this.key.map((at) => this.chunk.cell(this.row, at)?.toString() ?? '');
  }

  cells(row: number): RowCells {
    return this.rows.columns.map(({ cell }, at) => {
      const bytes = this.chunk.cell(row, at);
      return bytes === null ? null : cell(bytes);
    });
  }

  normalTexts(): NormalTexts {
    return this.rows.columns.map(({ normal }, at) => {
      const bytes = this.chunk.cell(this.row, at);
      return bytes === null ? null : normal(bytes);
    });
  }
}
