import type { Cell } from '../../schemas/contract/cell.ts';
import type { TableId, TableShape } from '../../schemas/contract/table.ts';
import type { NormalTexts } from './digest.ts';
import type { RawRows } from './raw-rows.ts';
import type { SourcePosition } from './source-position.ts';

/** Cells aligned with the columns of the shape that was asked for. */
export type RowCells = readonly Cell[];

/**
 * Reads tables of one database for checks, and is unable to write: its transactions are read-only. Shares no code with
 * the sinks: a mistake made there must not be made here a second time. Throws CounterfoilError SOURCE_UNAVAILABLE.
 */
export interface DatabaseReader {
  /** Tables as their database defines them, in the types that captured events have; null for those that are not there. */
  describeTables(ids: readonly TableId[]): Promise<readonly (TableShape | null)[]>;
  /** One consistent view of all tables, from now until it is closed. */
  snapshot(): Promise<DatabaseSnapshot>;
}

export interface SourceReader extends DatabaseReader {
  /** The place in the log that everything committed until now lies before. */
  position(): Promise<SourcePosition>;
}

export interface DatabaseSnapshot {
  /**
   * All rows, in chunks and in any order. A column of the shape that the table does not have reads as null. Values are
   * read as the shape's types say; a value that does not fit its type is its text. `where` is SQL of the database.
   */
  rows(shape: TableShape, where?: string): AsyncIterable<readonly RowCells[]>;
  /** The same as normal texts (see `normalizerOf`), which is what digests are made of. */
  normalRows(shape: TableShape): AsyncIterable<readonly NormalTexts[]>;
  /** The rows that have one of these keys (cells aligned with `shape.key`), and perhaps others that compare equal in SQL. */
  rowsByKey(shape: TableShape, keys: readonly (readonly Cell[])[]): Promise<readonly RowCells[]>;
  /**
   * All rows in the order of the key, which has columns of integers only, as bytes: from the first one on, or from
   * the key with these texts.
   */
  rawRows(shape: TableShape, from: readonly string[] | null): Promise<RawRows>;
  close(): Promise<void>;
}
