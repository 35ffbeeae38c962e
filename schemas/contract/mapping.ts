import type { Cell, Row, RowKey } from './cell.ts';
import type { DeleteEvent, UpsertEvent } from './change-event.ts';
import type { Version } from './position.ts';
import type { TableId, TableShape } from './table.ts';

/** What a source change means for one target row. Cells are named by target column; key columns are among them. */
export interface TargetUpsert {
  readonly kind: 'upsert';
  readonly table: TableShape;
  readonly key: RowKey;
  readonly cells: Row;
}

export interface TargetDelete {
  readonly kind: 'delete';
  readonly table: TableShape;
  readonly key: RowKey;
  readonly keyCells: readonly Cell[];
}

export type TargetChange = TargetUpsert | TargetDelete;

/**
 * A row of a table without a key has come (1) or gone (-1). `key` is its hash (`rowHashOf`): equal rows are as many rows of
 * the target as they are of the source.
 */
export interface TargetOccurrence {
  readonly kind: 'occurrence';
  readonly table: TableShape;
  readonly key: RowKey;
  readonly cells: Row;
  readonly count: 1 | -1;
}

/** All that a target table holds of before is gone. */
export interface TargetClear {
  readonly kind: 'clear';
  readonly table: TableId;
  /**
   * `truncated`: rows that are older than this go, or are marked as deleted where `deletedAt` says when. `read-anew`: a
   * snapshot of a table without a key begins; all rows that are no newer go, those of an interrupted reading among them.
   */
  readonly cause: 'truncated' | 'read-anew';
  /** A cell of DELETED_COLUMN; null where rows are not kept. */
  readonly deletedAt: Cell;
}

/** A change of a row by its key, with the place in history that makes it newer or older than what the target holds. */
export type KeyedChange = TargetChange & { readonly version: Version };

/** Any change, with its place in history. */
export type VersionedChange =
  KeyedChange | ((TargetOccurrence | TargetClear) & { readonly version: Version });

/**
 * What becomes of target rows whose source row is deleted: `hard` deletes them, `soft` keeps them and says when they were
 * deleted (see DELETED_COLUMN), `ignore` leaves them as they are.
 */
export type DeletePolicy = 'hard' | 'soft' | 'ignore';

/**
 * A truncate of a source table is a dead letter (`deny`), left out (`ignore`), or means for all rows what a delete means
 * for one (`apply`).
 */
export type TruncatePolicy = 'deny' | 'ignore' | 'apply';

export interface TablePolicy {
  readonly delete: DeletePolicy;
  readonly truncate: TruncatePolicy;
}

/** What holds where nothing else is said. */
export const DEFAULT_POLICY: TablePolicy = { delete: 'hard', truncate: 'deny' };

/**
 * The pure part of a route: source rows in, target rows out. The pipeline and the consistency check both call it, so
 * that a check proves rows *through* the mapping. Same input, same output: no clock, no I/O, no state.
 */
export interface Mapping {
  readonly name: string;
  /** Changes whenever the outcome for some row may change; recorded with what it produced. */
  readonly version: string;
  /** Whether rows of this source table are this mapping's business. */
  accepts(source: TableId): boolean;
  /**
   * The target tables that rows of a source table of this shape go to, as they should look. Throws CounterfoilError when
   * no row of this shape can be mapped: UNSUPPORTED_SCHEMA, or CONFIGURATION_INVALID when it is told to do with the table
   * what cannot be done.
   */
  targets(source: TableShape): readonly TableShape[];
  /**
   * Throws CounterfoilError CONTRACT_VIOLATION when the row breaks the declared contract and MAPPING_FAILED when a
   * rule cannot be applied. Columns missing from the row are missing from the outcome.
   */
  upsert(source: TableShape, key: readonly Cell[], row: Row): readonly TargetChange[];
  /**
   * Whether each row of this table becomes exactly one row, under the same key, whose columns hold what the source's columns
   * of the same names do, and null where there is none. A check then need not map rows to see that they are equal.
   */
  copiesRows?(source: TableShape): boolean;
  /** The target tables whose rows all come from this source table: what a truncate of it may empty. */
  copies(source: TableId): readonly TableId[];
  /** What deletes and truncates of a source table mean for its targets. */
  policy(source: TableId): TablePolicy;
  /**
   * The target rows that a source key leads to, as deletes: a delete knows only the source key. Whether they are deleted is
   * said by `policy`.
   */
  delete(source: TableShape, key: readonly Cell[]): readonly TargetChange[];
}

/** The table events a mapping is asked about. */
export type MappableEvent = UpsertEvent | DeleteEvent;
