import type { CounterfoilError } from '../contract/errors.ts';
import type { Message } from '../contract/message.ts';
import type { Claim } from '../contract/ports.ts';
import type { Offset, TopicPartition, Version } from '../contract/position.ts';

/** What became of documents that were looked at. */
export interface PutReport {
  readonly documents: number;
  /** Those that are to be told; the others are as they were told before, or were never there. */
  readonly queued: number;
}

/** A message of the outbox, and what the product knows it by. */
export interface QueuedMessage {
  readonly document: string;
  /** The cells of its key, as text. */
  readonly key: readonly string[];
  readonly message: Message;
  /** Why it cannot be told as it is; null when it can. */
  readonly fault: CounterfoilError | null;
}

/** Messages of the outbox, in the order in which they are to be told; at most one of each document. */
export interface QueuedMessages {
  readonly queued: readonly QueuedMessage[];
  /** The place behind the last of them. */
  readonly next: Offset;
}

/** A document that cannot be told as it is, or that the receiver does not take. */
export interface Refusal extends Omit<QueuedMessage, 'fault'> {
  readonly error: CounterfoilError;
}

/** A refused document, for people to look at. */
export interface RefusedDocument {
  readonly document: string;
  /** The cells of its key, as text. */
  readonly key: readonly string[];
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export interface FeedSummary {
  /** Documents that have changed and are not told yet, and since when the oldest waits (ms). */
  readonly pending: number;
  readonly oldest: number | null;
  readonly refused: number;
}

/** Named points of a feed; a test may kill the process at each of them. */
export type FeedPoint = 'feed:read' | 'feed:queued' | 'feed:published' | 'feed:settled';

/**
 * What a feed keeps beside the tables that it reads: which documents have changed, and an outbox of those that are whole.
 * All methods throw CounterfoilError: TARGET_UNAVAILABLE, TARGET_CONFLICT, TARGET_MISCONFIGURED (retry),
 * TARGET_INCOMPATIBLE or INTERNAL (stop).
 */
export interface FeedStore {
  /** Creates the tables of feeds where they are missing. Idempotent. */
  prepare(): Promise<void>;
  /**
   * From now on changes of documents are noted in the transactions that make them; those that are there already are noted
   * at once. False as long as tables are missing. Idempotent, and cheap when there is nothing to do.
   */
  watch(): Promise<boolean>;
  /** Whether this process is the one to publish: true until it is closed or its connection breaks, once it was. */
  hold(): Promise<boolean>;
  /**
   * Fences whoever published the feed before, and tells up to where it is told. `place` is a partition that exists, for
   * receivers keep under its name how far they have come.
   */
  claim(place: TopicPartition): Promise<Claim>;
  /** Whether there is anything to do. */
  isPending(): Promise<boolean>;
  /**
   * Looks at some documents whose newest change is not after `cut`, all at one moment, and puts those that are not as they
   * were told into the outbox, in the same transaction.
   */
  queue(cut: Version): Promise<PutReport>;
  /** The oldest messages of the outbox; null when it is empty. */
  oldest(): Promise<QueuedMessages | null>;
  /**
   * Moves the position of the feed on from where it was claimed, and removes what is before it from the outbox. Throws
   * STALE_WRITER when another process has claimed the feed.
   */
  settle(claim: Claim, next: Offset): Promise<Claim>;
  /** Takes documents out of the outbox, and writes down why: they are told again when they have changed, or are asked for. */
  refuse(refusals: readonly Refusal[]): Promise<void>;
  /** Has documents told again, whether or not they have changed; all of them without keys. How many there are. */
  tellAgain(document: string, keys: readonly (readonly string[])[] | null): Promise<number>;
  /** Has refused documents told again. How many there are. */
  retry(): Promise<number>;
  summary(): Promise<FeedSummary>;
  refused(limit: number): Promise<readonly RefusedDocument[]>;
  close(): Promise<void>;
}
