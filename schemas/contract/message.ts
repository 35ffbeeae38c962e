import type { Cell, Row, RowKey } from './cell.ts';
import type { Version } from './position.ts';
import type { PositionMove } from './ports.ts';
import type { TableShape } from './table.ts';

/** What messages of one kind look like: a row of a table, with the rows of other tables that belong to it nested in it. */
export interface MessageShape {
  readonly table: TableShape;
  /** Changes whenever what is made for some row may change; see `Mapping.version`. */
  readonly version: string;
  /** What it is, and what each of its columns is, in a sentence; a column may have none. */
  readonly about: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly nested: Readonly<Record<string, MessageShape>>;
  /** The member that the row is told as; without it its columns stand beside what is nested. */
  readonly as?: string;
}

/** A row by column name, and the rows that belong to it by the name they are nested under. */
export interface MessageBody {
  readonly cells: Row;
  readonly nested: Readonly<Record<string, readonly MessageBody[]>>;
}

/** What a topic or an endpoint is told of one row, or of one document: how it is now, or that it is no longer there. */
export interface Message {
  readonly shape: MessageShape;
  readonly key: RowKey;
  /** Aligned with `shape.table.key`. */
  readonly keyCells: readonly Cell[];
  readonly version: Version;
  /** Null when it is no longer there. */
  readonly body: MessageBody | null;
}

/** At most one message per key, in the order of their changes. */
export interface MessageBatch extends PositionMove {
  readonly messages: readonly Message[];
}
