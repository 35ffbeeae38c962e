import { createHash } from 'node:crypto';
import type { DigestsOf } from './shape.ts';
import type { Chain } from '../contract/chain.ts';
import type { Offset } from '../contract/position.ts';

/**
 * - `batch`: a batch of records was applied; `redrive`: a dead letter was let in; `posting`: vouchers were posted;
 * - `repair`: rows were repaired, or a repair was undone;
 * - `beginning`: nothing was applied to this target before there was a journal;
 * - `resumption`: records from `first` up to `next` were applied while no journal was kept.
 */
export const ENTRY_KINDS = ['batch', 'redrive', 'posting', 'repair', 'beginning', 'resumption'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** Where the `beginning` is. No route is called so. */
export const JOURNAL_CHAIN: Chain = { route: '(journal)', topic: '', partition: 0 };

/** What is said of the rows that one transaction of the target has written. */
export interface JournalEntry {
  readonly chain: Chain;
  readonly kind: EntryKind;
  /** The records that the rows came from: from `first` up to, not including, `next`; of vouchers and repairs there are none. */
  readonly first: Offset;
  readonly next: Offset;
  /** Of the mapping that made the rows. */
  readonly mappingVersion: string;
  /** By the clock of the process, milliseconds. */
  readonly appliedAt: number;
  /** How many records there are in `body`. */
  readonly records: number;
  /** See `encodeRecords`. */
  readonly body: Buffer;
}

/** What a sink needs to keep a journal. The making of digests belongs to those who verify. */
export interface JournalTools {
  readonly digestsOf: DigestsOf;
  /** Ed25519, see {@link SignedEntry}. */
  readonly sign: (digest: Buffer) => Buffer;
}

/** An entry as it is given to its target, which puts it into the chain. */
export interface SignedEntry extends JournalEntry {
  /** SHA-256 of the entry itself. */
  readonly digest: Buffer;
  /** Ed25519, of the digest: who has not the key can neither alter an entry nor make one. */
  readonly signature: Buffer;
}

/** An entry at its place in a chain. */
export interface ChainedEntry extends SignedEntry {
  /** Counts the entries of a chain from 1, without gaps. */
  readonly sequence: bigint;
  /** SHA-256 of the hash of the entry before it (nothing before the first) and its own digest. */
  readonly hash: Buffer;
}

/** The digest of all that an entry says. Its place in the chain is said by the hashes. */
export function entryDigest(entry: JournalEntry): Buffer {
  const { chain, kind, first, next, mappingVersion, appliedAt, records, body } = entry;
  const { route, topic, partition } = chain;
  const head = JSON.stringify([
    ...[route, topic, partition, kind, first.toString(), next.toString()],
    ...[mappingVersion, appliedAt, records],
  ]);
  return createHash('sha256').update(`${head}\n`).update(body).digest();
}

export function chainedHash(previous: Buffer | null, digest: Buffer): Buffer {
  const hash = createHash('sha256');
  if (previous !== null) hash.update(previous);
  return hash.update(digest).digest();
}

/** The tables in which a target keeps the journal. */
export const JOURNAL_TABLE = 'journal_entry';
export const JOURNAL_SHAPE_TABLE = 'journal_shape';
/** The ends of the chains. For writers alone: an audit looks at the entries themselves. */
export const JOURNAL_HEAD_TABLE = 'journal_head';
