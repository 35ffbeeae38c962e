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
  readonly snapshot: boolean;
}

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
  readonly after: Row;
}

export interface DeleteEvent extends TableEvent {
  readonly kind: 'delete';
  readonly key: readonly Cell[];
}

export interface TruncateEvent extends TableEvent {
  readonly kind: 'truncate';
}

/** A null value after a delete, for Kafka's compaction. It says nothing that the delete has not said. */
export interface TombstoneEvent extends EventBase {
  readonly kind: 'tombstone';
}

export type ChangeEvent = UpsertEvent | DeleteEvent | TruncateEvent | TombstoneEvent;
