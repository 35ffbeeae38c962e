import type { TableId, TableShape } from '../../schemas/contract/table.ts';
import type { ChainedEntry } from '../../schemas/journal/entry.ts';
import type { JournalShape, ShapeId } from '../../schemas/journal/shape.ts';
import type { NormalTexts } from '../consistency/digest.ts';
import type { Anchors } from './anchors.ts';

/** An entry without its body. */
export type EntryHead = Omit<ChainedEntry, 'body'>;

/** What an audit looks at, of one moment: a target database, or an export of one. */
export interface Evidence {
  readonly target: string;
  /** Those whose text leads to their id. */
  shapes(): Promise<ReadonlyMap<ShapeId, JournalShape>>;
  /** All of them that can be read, in the order of their chains. */
  heads(): Promise<JournalHeads>;
  /** The bodies of these entries, in any order; those that are gone meanwhile are left out. */
  bodies(heads: readonly EntryHead[]): AsyncIterable<readonly ChainedEntry[]>;
  /** Entries in whose body these bytes are, in any order; those of chains of some topics are not looked at. */
  entriesWith(bytes: Buffer, notOf?: readonly string[]): AsyncIterable<readonly ChainedEntry[]>;
  /** Names of the columns that a table has; null when there is none. */
  columns(table: TableId): Promise<ReadonlySet<string> | null>;
  /** All rows as normal texts; a column that the table does not have reads as null. */
  rows(shape: TableShape): AsyncIterable<readonly NormalTexts[]>;
  readonly anchors: Anchors;
}

export interface JournalHeads {
  readonly heads: readonly EntryHead[];
  /** How many rows of the journal are no entries: the product writes none without a number or with a text for one. */
  readonly unreadable: number;
}

/** By route, topic, partition, and then in the order of the chain. */
export function inChains(a: EntryHead, b: EntryHead): number {
  const byName = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);
  return (
    byName(a.chain.route, b.chain.route) ||
    byName(a.chain.topic, b.chain.topic) ||
    a.chain.partition - b.chain.partition ||
    (a.sequence < b.sequence ? -1 : 1)
  );
}
