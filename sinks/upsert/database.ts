import type { Cell, Row, RowKey } from '../../schemas/contract/cell.ts';
import type {
  DeadLetter,
  FreedRow,
  LetterClosing,
  LetterFilter,
  LetterSummary,
  ParkedRow,
  StoredLetter,
} from '../../schemas/contract/dead-letter.ts';
import type {
  Claim,
  PositionMove,
  RawRecord,
  StoredPosition,
  VersionedClear,
} from '../../schemas/contract/ports.ts';
import type {
  Coordinates,
  Epoch,
  Offset,
  OffsetRange,
  TopicPartition,
  Version,
} from '../../schemas/contract/position.ts';
import type { LogicalKind, LogicalType, TableId, TableShape } from '../../schemas/contract/table.ts';
import type { Chain, ChainHead } from '../../schemas/contract/chain.ts';
import type { SignedEntry } from '../../schemas/journal/entry.ts';
import type { ShapeId } from '../../schemas/journal/shape.ts';
import type {
  Repair,
  RepairChange,
  RepairId,
  RepairOrder,
  RepairRow,
  RepairRowChange,
  RepairState,
  PlannedRow,
} from '../../schemas/contract/repair.ts';
import type { RunChange, RunFilter, RunId, RunOrder, SyncRun } from '../../schemas/contract/sync-run.ts';
import type { Outcome } from '../../schemas/contract/telemetry.ts';

/**
 * What a database must offer the upsert sink: statements of its dialect. The flow (what follows what, what an outcome
 * means) is in this folder, once. Everything here throws {@link TargetError}.
 */
export interface TargetDatabase {
  /** Creates the tables of positions, tombstones, dead letters, runs and repairs where they are missing. */
  prepare(): Promise<void>;
  readonly catalogue: Catalogue;
  /** Opens a transaction on a connection of its own. */
  begin(): Promise<TargetTransaction>;
  close(): Promise<void>;
}

/** Reads and extends the definition of target tables. */
export interface Catalogue {
  /** Throws TARGET_INCOMPATIBLE when the table cannot exist in this database under these names and types. */
  validate(shape: TableShape): void;
  /** Null when there is no such table. Throws TARGET_INCOMPATIBLE when the name belongs to something else (a view). */
  describe(id: TableId): Promise<ExistingTable | null>;
  /**
   * Creates the table with the version column, and its namespace. One without a key gets the column of row hashes and an
   * index on it. No error when another process was quicker.
   */
  create(shape: TableShape): Promise<void>;
  /** The longest text that a column of the table's key can be declared to hold, characters; undefined: no limit. */
  longestKeyText(shape: TableShape): number | undefined;
  /** Alters columns to types that hold what they hold and more. */
  widenColumns(shape: TableShape, columns: readonly WidenedColumn[]): Promise<void>;
  /** The statement that gives a column of the shape this type, with the values it holds. */
  retypeStatement(shape: TableShape, column: WidenedColumn): Promise<string>;
  /** The statement that makes the columns of the shape's key identify rows, beside what does so already. */
  keyStatement(shape: TableShape): Promise<string>;
  /** Adds nullable columns, and the version column when asked to. No error when another process was quicker. */
  addColumns(shape: TableShape, names: readonly string[], withVersion: boolean): Promise<void>;
}

export interface WidenedColumn {
  readonly name: string;
  readonly type: LogicalType;
}

/** What family of types a column of the target belongs to, whatever its dialect calls it. */
export type Family =
  | 'boolean'
  | 'integer'
  | 'float'
  | 'decimal'
  | 'text'
  | 'json'
  | 'uuid'
  | 'bytes'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'instant'
  | 'datetime'
  | 'interval'
  | 'bits'
  | 'array'
  | 'geometry'
  | 'other';

/** What a column can hold without changing it. A limit that is missing is no limit, or one the database enforces. */
export interface Limits {
  /** Of a signed integer. */
  readonly bits?: number;
  /** Digits before the point. */
  readonly integerDigits?: number;
  /** Digits after the point; databases round what exceeds it, silently. */
  readonly scale?: number;
  /** Characters. */
  readonly maxLength?: number;
  /** Digits of the fractional second; databases round what exceeds it, silently. */
  readonly fraction?: number;
  /** Trailing spaces are lost. */
  readonly losesTrailingSpaces?: boolean;
  /** Shorter bytes are padded to this length. */
  readonly exactBytes?: number;
  /** Years of four digits, none before the year 1. */
  readonly plainYears?: boolean;
  /** From 00:00:00 to 24:00:00. */
  readonly withinDay?: boolean;
  /** 32 bits of floating point; a 64-bit value loses digits, silently. */
  readonly singlePrecision?: boolean;
  /** No NaN and no infinity. */
  readonly finiteOnly?: boolean;
}

export interface ExistingColumn {
  readonly name: string;
  /** As the dialect spells it, ready for use in SQL. */
  readonly sqlType: string;
  readonly family: Family;
  readonly limits: Limits;
  /** The database computes it: it cannot be written. */
  readonly generated: boolean;
  /** A row that does not bring a value for it is refused. */
  readonly required: boolean;
  /** Whether two texts are equal only when they are the same; `padded`: trailing spaces do not count. */
  readonly comparison: 'exact' | 'padded' | 'inexact';
}

export interface UniqueIndex {
  readonly name: string;
  readonly primary: boolean;
  readonly columns: readonly string[];
}

export interface ExistingTable {
  readonly columns: readonly ExistingColumn[];
  /** Only those that hold for every row at once: not partial, not on expressions or prefixes, not deferrable. */
  readonly uniqueIndexes: readonly UniqueIndex[];
  /** How many unique indexes there are of any sort. */
  readonly uniqueIndexCount: number;
  /** A delete touches nothing but its row: no foreign key passes it on, and no trigger hears of it. */
  readonly deleteIsInert: boolean;
}

export interface TargetColumn extends ExistingColumn {
  readonly kind: LogicalKind;
}

/** A target table that was found fit for a shape. */
export interface TargetTable {
  readonly shape: TableShape;
  readonly columns: ReadonlyMap<string, TargetColumn>;
  /** Columns of the shape that the target does not have, and by policy does not get. */
  readonly leftOut: ReadonlySet<string>;
  readonly key: readonly TargetColumn[];
  /** The unique index on exactly the key columns; null when the table has no key. */
  readonly identity: UniqueIndex | null;
  /** Whether the table has other unique indexes, of any sort. */
  readonly hasOtherUnique: boolean;
  /** See {@link ExistingTable.deleteIsInert}. */
  readonly deleteIsInert: boolean;
}

/** Rows of one table to be written by one sort of statement; at most one per key. */
export interface RowSet {
  /**
   * `update`: only some of the columns are known, so the row must exist already. `add` and `remove`: rows of a table
   * without a key, as many of each as `counts` says.
   */
  readonly kind: 'delete' | 'update' | 'upsert' | 'add' | 'remove';
  readonly target: TargetTable;
  /** For deletes the key columns; for `remove` none. */
  readonly columns: readonly TargetColumn[];
  /** Where the key columns are among `columns`, in key order. */
  readonly keyAt: readonly number[];
  readonly rows: readonly (readonly Cell[])[];
  /** In a table without a key the hashes of the rows. */
  readonly keys: readonly RowKey[];
  readonly versions: readonly Version[];
  /** For `add` and `remove`, above 0; empty otherwise. */
  readonly counts: readonly number[];
}

export interface WithheldAt {
  readonly at: number;
  readonly reason: 'superseded' | 'duplicate';
}

/** Indexes into the rows of the set. Rows named in neither list were written. */
export interface WriteOutcome {
  readonly withheld: readonly WithheldAt[];
  /** Rows of an `update` that the target does not have, and of a `remove` that it has too few of. */
  readonly missing: readonly number[];
}

/** How a position moves; `journaled` when the journal tells of what moves it. */
export interface JournaledMove extends PositionMove {
  readonly journaled: boolean;
}

/** Records that were applied while no journal was kept: from `first` up to, not including, `next`. */
export interface UnjournaledRange extends TopicPartition {
  readonly first: Offset;
  readonly next: Offset;
}

export interface PositionRow {
  readonly epoch: Epoch;
  readonly next: Offset | null;
}

/** A state that a row had in the source, and that was not written. */
export interface UnwrittenState {
  readonly table: TableId;
  readonly cells: Row;
  /** The version of the change that ended it; null when the target holds that. */
  readonly until: Version | null;
}

/** One open transaction. After `commit`, `rollback` or an error only `release` may be called. */
export interface TargetTransaction {
  /** Moves the position if the epoch is still the claim's and the stored position is not past `first`. */
  movePosition(move: JournaledMove): Promise<boolean>;
  /** Reads and locks the position row: waits for whoever is writing it. */
  readPosition(chain: Chain): Promise<PositionRow | null>;
  raiseEpochs(route: string, partitions: readonly TopicPartition[]): Promise<readonly Claim[]>;
  listPositions(route: string): Promise<readonly StoredPosition[]>;
  /** Sets a claimed position to this offset, and forgets which source version it stood at; the watermark stays. */
  setPosition(claim: Claim, next: Offset): Promise<void>;
  /** Whether anything was ever applied, of any route. */
  hasPositions(): Promise<boolean>;
  /** What the journal does not tell of a route, by its positions. */
  unjournaled(route: string): Promise<readonly UnjournaledRange[]>;
  /** From now on the journal tells of a claimed partition. */
  takeAsJournaled(claim: Claim): Promise<void>;

  /** The dead letters of routes, in the table of the product's own. */
  readonly letters: LetterTable;
  /** The runs of routes, in the table of the product's own. */
  readonly runs: RunTable;
  /** Accounts of the source's transactions, in tables of the product's own. */
  readonly accounts: AccountTable;
  /** The repairs of routes, in tables of the product's own. */
  readonly repairs: RepairTable;
  /** What was written, in tables of the product's own. */
  readonly journal: JournalTable;

  /** A row's fault is a TargetError with the code ROW_REJECTED. */
  write(set: RowSet): Promise<WriteOutcome>;
  /** The version at which the table was cleared last; waits for whoever is clearing it. */
  clearedAt(id: TableId): Promise<Version | null>;
  /**
   * Records that the table is cleared at this version, and clears it when it `exists`. Rows that others are about to write
   * and that are older find the record, or are found.
   */
  clear(clear: VersionedClear, exists: boolean): Promise<void>;
  /** Removes rows that are about to be written anew, those that are older; nothing else remembers it. */
  vacate(set: RowSet): Promise<void>;
  /** Tells those who watch the tables in the database. */
  noteUnwritten(states: readonly UnwrittenState[]): Promise<void>;
  /** How many rows, and roughly how many bytes of them, one `write` may be given. */
  readonly chunk: ChunkLimits;

  /** Makes constraints that wait for the commit speak up at each statement. */
  checkConstraintsAtOnce(): Promise<void>;
  savepoint(name: Savepoint): Promise<void>;
  releaseSavepoint(name: Savepoint): Promise<void>;
  rollbackToSavepoint(name: Savepoint): Promise<void>;

  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Rolls back what is still open and gives the connection back; destroys a broken one. Never rejects. */
  release(): Promise<void>;
}

/** See {@link LetterLedger}, whose promises these statements keep. */
export interface LetterTable {
  /** Letters that are there already (a replay) stay as they are. */
  insert(letters: readonly DeadLetter[]): Promise<void>;
  parkedRows(route: string): Promise<readonly ParkedRow[]>;
  list(route: string, filter: LetterFilter): Promise<readonly StoredLetter[]>;
  record(route: string, at: Coordinates): Promise<RawRecord | null>;
  summary(route: string): Promise<LetterSummary>;
  /** Closes an open letter, and locks it until the commit; false when it is not open. */
  close(letter: StoredLetter, closing: LetterClosing): Promise<boolean>;
  /** Closes the open letters of these rows that are no newer than what has come. */
  supersede(route: string, rows: readonly FreedRow[]): Promise<void>;
  prune(route: string, closedBefore: number): Promise<number>;
}

/** See {@link RunLedger}, whose promises these statements keep. */
export interface RunTable {
  /** False when there is a run of its id. */
  insert(order: RunOrder): Promise<boolean>;
  /** Locks it until the commit. */
  lock(run: RunId): Promise<void>;
  /** Those that are not over, the oldest moment first; locks them until the commit. */
  lockOpen(route: string): Promise<readonly SyncRun[]>;
  list(route: string, filter: RunFilter): Promise<readonly SyncRun[]>;
  update(run: RunId, change: RunChange): Promise<void>;
  /** Gives a run to a worker for so many seconds from now. */
  lend(run: RunId, worker: string | null, seconds: number): Promise<void>;
  remove(run: RunId): Promise<void>;
  /** Adds to the counts of a run. */
  count(run: RunId, outcomes: Readonly<Record<Outcome, number>>): Promise<void>;
}

/** See {@link AccountLedger}, whose promises these statements keep. Texts are those of `schemas/accounting`. */
export interface AccountTable {
  begin(route: string, since: number | null): Promise<number | null>;
  end(route: string): Promise<void>;
  keep(route: string, range: OffsetRange, text: string): Promise<void>;
  kept(route: string, limit: number): Promise<readonly (OffsetRange & { readonly text: string })[]>;
  /** Raises the revision of the route's accounts, and locks it until the commit; false when it is another one. */
  revise(route: string, revision: number): Promise<boolean>;
  /** Null when accounting has not begun. */
  revision(route: string): Promise<number | null>;
  take(route: string, ranges: readonly OffsetRange[]): Promise<void>;
  /** Rows of one state, the newest first. */
  transactions(route: string, state: TransactionState, limit: number): Promise<readonly TransactionRow[]>;
  /** Replaces rows of the same transaction and state. */
  put(route: string, state: TransactionState, rows: readonly NewTransactionRow[]): Promise<void>;
  close(route: string, transactions: readonly string[]): Promise<void>;
  settle(route: string, transaction: string, by: string, reason: string): Promise<boolean>;
  /** Adds to the counts of windows. */
  count(route: string, counts: readonly WindowCount[]): Promise<void>;
  /** Of windows that begin at this time or later, the newest first. */
  counts(route: string, from: number): Promise<readonly WindowCount[]>;
}

export type TransactionState = 'open' | 'unbalanced' | 'settled';

export interface NewTransactionRow {
  readonly transaction: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
}

export interface TransactionRow extends NewTransactionRow {
  readonly settledAt: number | null;
  readonly settledBy: string | null;
  readonly settledReason: string | null;
}

export interface WindowCount {
  /** Milliseconds since the epoch. */
  readonly startsAt: number;
  readonly counted: string;
  readonly count: number;
}

/** See {@link RepairLedger}, whose promises these statements keep. */
export interface RepairTable {
  insert(order: RepairOrder, rows: readonly PlannedRow[]): Promise<void>;
  list(route: string, filter: { readonly id?: string; readonly limit: number }): Promise<readonly Repair[]>;
  rows(repair: RepairId): Promise<readonly RepairRow[]>;
  /** False when it is in none of these states. */
  update(repair: RepairId, from: readonly RepairState[], change: RepairChange): Promise<boolean>;
  /** False when the row is in another state. */
  updateRow(repair: RepairId, change: RepairRowChange): Promise<boolean>;
}

/** What the journal keeps, see `schemas/journal`. */
export interface JournalTable {
  /** Shapes that are there already stay as they are. */
  define(shapes: readonly StoredShape[]): Promise<void>;
  /** Puts an entry behind the last one of its chain. Whoever calls it holds the row of the chain's position. */
  append(entry: SignedEntry): Promise<void>;
  /** The last entry of each chain. */
  heads(): Promise<readonly ChainHead[]>;
}

export interface StoredShape {
  readonly id: ShapeId;
  /** See `shapeText`. */
  readonly text: string;
}

/** A part is written inside of an exchange. */
export type Savepoint = 'part' | 'exchange';

export interface ChunkLimits {
  readonly rows: number;
  readonly bytes: number;
}
