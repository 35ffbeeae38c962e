import type { AccountLedger, BatchAccount } from './accounting.ts';
import type { ChainHead } from './chain.ts';
import type { Cell, Row, RowKey } from './cell.ts';
import type { ChangeEvent } from './change-event.ts';
import type { DeadLetter, FreedRow, LetterLedger } from './dead-letter.ts';
import type { CounterfoilError } from './errors.ts';
import type { Coordinates, Epoch, Offset, TopicPartition, Version } from './position.ts';
import type { TargetClear } from './mapping.ts';
import type { RepairLedger } from './repair.ts';
import type { RunId, RunLedger } from './sync-run.ts';
import type { LogicalType, SchemaPolicy, TableId, TableShape } from './table.ts';
import type { Outcome } from './telemetry.ts';
import type { Watermark } from './watermark.ts';

/** A record as Kafka gave it: nothing decoded yet. */
export interface RawRecord extends Coordinates {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** Consecutive records of one partition. */
export interface RecordBatch extends TopicPartition {
  /** Where the fetch began: equal to the position the route had reached, or the source does not deliver the batch. */
  readonly first: Offset;
  /** Where the next batch will begin: past the last record and past the transaction markers behind it. */
  readonly next: Offset;
  readonly records: readonly RawRecord[];
}

/**
 * An Avro schema as the registry holds it: JSON with every attribute kept, for Debezium writes its types into attributes
 * (`connect.name`, `connect.parameters`) that Avro does not know.
 */
export type AvroSchema = string | readonly AvroSchema[] | AvroDefinition;

export interface AvroDefinition {
  readonly type: AvroSchema;
  readonly [attribute: string]: unknown;
}

/** The schema registry, as far as decoding needs it. */
export interface SchemaSource {
  /**
   * The schema of this id; a schema never changes under its id.
   * Rejects with CounterfoilError UNKNOWN_SCHEMA_ID, UNSUPPORTED_SCHEMA (not Avro) or REGISTRY_UNAVAILABLE.
   */
  schema(id: number): Promise<AvroSchema>;
}

/** Turns bytes into events. May ask the schema registry, once per schema id. */
export interface Decoder {
  /**
   * Throws CounterfoilError: UNDECODABLE_RECORD, UNKNOWN_SCHEMA_ID or UNSUPPORTED_SCHEMA (the record's fault), or
   * REGISTRY_UNAVAILABLE.
   */
  decode(record: RawRecord): Promise<ChangeEvent> | ChangeEvent;
  /** The key of the row that a record is about, even when the record cannot be decoded; null when it does not tell. */
  keyOf(record: RawRecord): Promise<RowKey | null>;
  /**
   * Tells the newest version that the target holds of a partition, before records after it are decoded; null forgets
   * what was told or seen before, for records are read again from somewhere before it.
   */
  resume(partition: TopicPartition, newest: Version | null): void;
}

/** The right to write one partition's position, and where to go on. */
export interface Claim extends TopicPartition {
  readonly route: string;
  readonly epoch: Epoch;
  /** Where to read next; null when the route has never applied anything of this partition. */
  readonly next: Offset | null;
  /** Kafka's timestamp of the newest record applied, milliseconds; null when that is unknown. */
  readonly recordTime: number | null;
}

/**
 * What a record source asks of a route. Each method retries what is transient by itself until `signal` aborts; what it
 * throws (a CounterfoilError with disposition `stop`, or an AbortError) ends the session.
 */
export interface BatchHandler {
  claim(partitions: readonly TopicPartition[], signal: AbortSignal): Promise<readonly Claim[]>;
  /**
   * Resolves when the batch is committed in the target, with where to go on. That is before the end of the batch when the
   * rest of the partition is not to be read: then nothing more of it is delivered in this session.
   */
  handle(batch: RecordBatch, claim: Claim, signal: AbortSignal): Promise<Offset>;
  advance(claim: Claim, next: Offset, signal: AbortSignal): Promise<void>;
}

/** Where to read a partition from. */
export interface PartitionOffset extends TopicPartition {
  readonly next: Offset;
}

/** Why a session ended without an error. */
export type SessionEnd = 'stopped' | 'topics-changed' | 'stalled';

/** Reads the topics of a route as one member of its consumer group, from the positions that the route has claimed. */
export interface RecordSource {
  /**
   * Runs one session: until `signal` aborts (the batch in hand is finished first), or the set of topics changes, or no
   * progress is seen although there is lag. Throws what the handler threw, POSITION_LOST, or KAFKA_UNAVAILABLE.
   */
  run(handler: BatchHandler, signal: AbortSignal): Promise<SessionEnd>;
}

/** Rows of one table that have the same set of columns: one statement. */
export interface UpsertGroup {
  readonly table: TableShape;
  /** The columns sent, in order; the key columns are among them. May be fewer than the table has. */
  readonly columns: readonly string[];
  /** Cells aligned with `columns`; at most one row per key in a group. */
  readonly rows: readonly (readonly Cell[])[];
  readonly keys: readonly RowKey[];
  readonly versions: readonly Version[];
}

export interface DeleteGroup {
  readonly table: TableShape;
  /** Cells aligned with `table.key`. */
  readonly keyCells: readonly (readonly Cell[])[];
  readonly keys: readonly RowKey[];
  readonly versions: readonly Version[];
}

/** Rows of a table without a key, each distinct row once. */
export interface OccurrenceGroup {
  readonly table: TableShape;
  readonly columns: readonly string[];
  /** Cells aligned with `columns`. */
  readonly rows: readonly (readonly Cell[])[];
  /** The hash of each row. */
  readonly keys: readonly RowKey[];
  /** How many more of the row there are to be, or how many fewer when it is below 0; never 0. */
  readonly counts: readonly number[];
  readonly versions: readonly Version[];
}

/** A table to be cleared before rows are written. */
export type VersionedClear = TargetClear & { readonly version: Version };

/** What a batch of a partition moves its position to. */
export interface PositionMove {
  readonly claim: Claim;
  /** The stored position must not be past this. */
  readonly first: Offset;
  readonly next: Offset;
  /** Version and commit time (ms) of the newest source change in the batch; null when it had none. */
  readonly sourceVersion: Version | null;
  readonly sourceTime: number | null;
  /** Kafka's timestamp of the newest record in the batch, milliseconds; null when it had none. */
  readonly recordTime: number | null;
  /** How far the partition is applied; null leaves what is stored as it is. */
  readonly watermark: Watermark | null;
}

/** What a row was for a while: a newer change of its batch covers it, so that it is never written. */
export interface PassedState {
  readonly table: TableShape;
  readonly cells: Row;
  /** The version of the change that ended it. */
  readonly until: Version;
}

/** Rows to be written, by statement. */
export interface RowGroups {
  readonly clears: readonly VersionedClear[];
  readonly occurrences: readonly OccurrenceGroup[];
  readonly upserts: readonly UpsertGroup[];
  readonly deletes: readonly DeleteGroup[];
  /** For those who watch the tables; of what is not reduced there are none. */
  readonly passed?: readonly PassedState[];
}

/** Rows, and the version of the mapping that made them. */
export interface MappedRows extends RowGroups {
  readonly mappingVersion: string;
}

export interface SinkBatch extends MappedRows, PositionMove {
  /** The records of the batch that are set aside: written down as the position moves past them. */
  readonly letters: readonly DeadLetter[];
  /** Rows whose older letters are superseded by what the batch brings. */
  readonly freed: readonly FreedRow[];
  /** Of the run that the batch is part of. */
  readonly tally?: RunTally;
  /** What the batch says of transactions of the source, when the target keeps out these rows; absent where nobody asks. */
  readonly account?: (withheld: readonly Withheld[]) => BatchAccount;
}

/** Counts a batch to a run, in the transaction that applies it. */
export interface RunTally {
  readonly run: RunId;
  /** What becomes of the batch's events when the target keeps out these rows. */
  readonly outcomes: (withheld: readonly Withheld[]) => Readonly<Record<Outcome, number>>;
}

/** Names one row of a batch: the version tells apart a row that comes whole and then again in part. */
export interface ChangedRow {
  readonly table: { readonly id: TableId };
  readonly key: RowKey;
  readonly version: Version;
}

/** A row that the version guard kept out: what the target holds is newer, or the very same change. */
export interface Withheld extends ChangedRow {
  readonly reason: 'superseded' | 'duplicate';
}

export interface ApplyResult {
  readonly withheld: readonly Withheld[];
}

/** Named points of an apply; a test may kill the process at each of them. */
export type SinkPoint =
  'sink:transaction-begun' | 'sink:position-written' | 'sink:rows-written' | 'sink:committed';

/** Named points that a batch passes in the pipeline: signals for tests, which may kill the process at each of them. */
export type PipelinePoint =
  'batch:received' | 'batch:decoded' | 'batch:mapped' | 'batch:dead-letters-sent' | 'batch:applied';

/** The stored progress of one partition, as read back from the target database. */
export interface StoredPosition extends TopicPartition {
  readonly route: string;
  readonly epoch: Epoch;
  readonly next: Offset;
  readonly sourceVersion: Version | null;
  readonly sourceTime: number | null;
  readonly watermark: Watermark | null;
  /** Up to here accounts have told of its records: not set back with the position. */
  readonly accounted: Offset;
}

/** A difference between a target table and what it should be, and what is done about it. */
export type TableChange =
  | { readonly kind: 'create'; readonly action: 'evolve' }
  | {
      readonly kind: 'add';
      readonly column: string;
      readonly type: LogicalType;
      readonly action: SchemaPolicy['add'];
    }
  | {
      /** `retype`: text in place of another type, for the source sends text now. */
      readonly kind: 'widen' | 'retype';
      readonly column: string;
      /** As the database spells it. */
      readonly from: string;
      readonly type: LogicalType;
      readonly action: SchemaPolicy['widen'];
    }
  | { readonly kind: 'drop'; readonly column: string; readonly action: SchemaPolicy['drop'] };

/**
 * A target database. One batch is one transaction: its rows and the position after it, or nothing.
 * All methods throw CounterfoilError: TARGET_UNAVAILABLE, TARGET_CONFLICT, TARGET_MISCONFIGURED (retry);
 * STALE_WRITER, TARGET_INCOMPATIBLE (stop); ROW_REJECTED (a row's fault; see {@link RowRejectedError}).
 */
export interface Sink {
  /** Creates the product's own tables (positions, tombstones, dead letters, runs, repairs) where they are missing. Idempotent. */
  prepare(): Promise<void>;
  /**
   * Brings the table to what it should be, as far as its policy says so: creates it, adds and widens columns. Never drops,
   * narrows or retypes. Idempotent and cached. Throws SCHEMA_CHANGE_REFUSED where the policy is to stop.
   */
  ensureTable(table: TableShape): Promise<void>;
  /** What `ensureTable` would find and do; changes nothing. */
  planTable(table: TableShape): Promise<readonly TableChange[]>;
  /** Raises the epoch of each partition, which fences whoever held it before, and reads where to go on. */
  claim(route: string, partitions: readonly TopicPartition[]): Promise<readonly Claim[]>;
  apply(batch: SinkBatch): Promise<ApplyResult>;
  /** Moves the position over offsets that hold no records (transaction markers), under the same fence. */
  advance(claim: Claim, next: Offset): Promise<void>;
  positions(route: string): Promise<readonly StoredPosition[]>;
  /**
   * Sets positions of a route back, so that records are read again, and raises the epoch of **all** its partitions: a
   * process that runs the route is fenced at its next commit, of whatever partition, and goes on from here. All or
   * nothing. Throws CONFIGURATION_INVALID for a partition without a position, or one that would move forward.
   */
  rewind(route: string, to: readonly PartitionOffset[]): Promise<void>;
  readonly letters: LetterLedger;
  readonly runs: RunLedger;
  /** Null where rows are sent as messages: then what became of them is not the target's to say. */
  readonly accounts: AccountLedger | null;
  readonly repairs: RepairLedger;
  /** The last entry of each chain of the journal; none when no journal is kept. */
  journalHeads(): Promise<readonly ChainHead[]>;
  close(): Promise<void>;
}

/** A batch failed because of some of its rows; `rows` are those it was possible to name. */
export interface RowRejection extends ChangedRow {
  readonly error: CounterfoilError;
}
