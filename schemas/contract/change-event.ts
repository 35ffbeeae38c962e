import type { TransactionEnd } from './accounting.ts';
import type { Cell, Row } from './cell.ts';
import type { Coordinates, Version } from './position.ts';
import type { TableShape } from './table.ts';

/** Where and when a change was made, as its connector says. */
export interface ChangeSource {
  readonly connector: 'mariadb' | 'mysql' | 'postgresql';
  /** Name of the captured database system: the connector's topic prefix, such as `oa`. */
  readonly name: string;
  readonly version: Version;
  /** Commit time by the source database's clock, milliseconds since the epoch; null when the source has none. */
  readonly committedAt: number | null;
  /** When the connector made the event, by the connector's clock. */
  readonly capturedAt: number;
  /** GTID (MariaDB), `server:txid` or txid as text; null in snapshots. */
  readonly transaction: string | null;
  /**
   * Which of the transaction's changes of its table this is, from 1 on; null in snapshots, and where the connector does not
   * count them. One that is restarted within a transaction may begin anew.
   */
  readonly place: number | null;
  readonly snapshot: boolean;
  /** Which row of its table's snapshot this is; `incremental` when it was read while changes streamed. */
  readonly snapshotRow: SnapshotRow | null;
}

/** A table of one row has a `last` one, or only a `first` one. */
export type SnapshotRow = 'first' | 'other' | 'last' | 'incremental';

interface EventBase {
  readonly at: Coordinates;
  /** Kafka's timestamp of the record, milliseconds since the epoch. */
  readonly publishedAt: number;
}

interface TableEvent extends EventBase {
  readonly source: ChangeSource;
  /** The table as this very event's schema describes it: it may differ from that of the event before. */
  readonly shape: TableShape;
}

/** A row as it is after a snapshot read, insert or update. */
export interface UpsertEvent extends TableEvent {
  readonly kind: 'upsert';
  readonly operation: 'snapshot' | 'insert' | 'update';
  readonly key: readonly Cell[];
  /** The row as it was before an update, of a table without a key; null otherwise. */
  readonly before: Row | null;
  readonly after: Row;
}

export interface DeleteEvent extends TableEvent {
  readonly kind: 'delete';
  readonly key: readonly Cell[];
  /** The row as it was, of a table without a key; null otherwise. */
  readonly before: Row | null;
}

/** Its record has no key, so that `shape` has none either, whether or not the table has one. */
export interface TruncateEvent extends TableEvent {
  readonly kind: 'truncate';
}

/** A null value after a delete, for Kafka's compaction. It says nothing that the delete has not said. */
export interface TombstoneEvent extends EventBase {
  readonly kind: 'tombstone';
}

/** What the connector says at the beginning and the end of a transaction of the source. */
export interface BoundaryEvent extends EventBase {
  readonly kind: 'boundary';
  /** Null at the beginning, where nothing is known of the transaction yet. */
  readonly end: TransactionEnd | null;
}

/** A change of one row. */
export type RowEvent = UpsertEvent | DeleteEvent;

export type ChangeEvent = UpsertEvent | DeleteEvent | TruncateEvent | TombstoneEvent | BoundaryEvent;

/** Whether the event tells of a table. */
export function isOfTable(event: ChangeEvent): event is RowEvent | TruncateEvent {
  return event.kind !== 'tombstone' && event.kind !== 'boundary';
}

/** Whether the event tells of one row. */
export function isRowEvent(event: ChangeEvent): event is RowEvent {
  return event.kind === 'upsert' || event.kind === 'delete';
}
