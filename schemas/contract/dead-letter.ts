import type { RowKey } from './cell.ts';
import type { CounterfoilError, ErrorCode } from './errors.ts';
import type { ApplyResult, MappedRows, RawRecord } from './ports.ts';
import type { Coordinates, Version } from './position.ts';
import type { Stage } from './telemetry.ts';

/**
 * A record that was set aside, because it is bad by itself (its code says why) or because an earlier record of the same
 * row is (code PARKED): changes of one row are applied in order, or wait in order.
 */
export interface DeadLetter {
  readonly route: string;
  readonly record: RawRecord;
  /** The key of the source row; null when the record does not even tell that. */
  readonly key: RowKey | null;
  /** The version of the change; null when the record could not be decoded. */
  readonly version: Version | null;
  readonly error: CounterfoilError;
  readonly stage: Stage;
  readonly mappingVersion: string;
}

/** Where bad records are published. Resolves when Kafka has them on all in-sync replicas. */
export interface DeadLetters {
  send(letters: readonly DeadLetter[]): Promise<void>;
}

/** A row of the source whose changes wait behind a dead letter. */
export interface ParkedRow {
  readonly topic: string;
  /** As {@link StoredLetter.key}. */
  readonly key: string;
  /** It lacks no more than values that a change left out: its letters are MISSING_BASE_ROW, or PARKED behind one. */
  readonly awaitsWhole: boolean;
}

/** A row that waited for a change to bring it whole, and the version of the change that has. */
export interface FreedRow {
  readonly topic: string;
  readonly key: RowKey;
  readonly version: Version;
}

/** `superseded`: a later change brought the row whole, and with it all that the letter would have. */
export type LetterStatus = 'open' | 'redriven' | 'superseded' | 'discarded';

/** A dead letter as the target keeps it, without the record itself. Times are milliseconds since the epoch. */
export interface StoredLetter extends Coordinates {
  readonly route: string;
  /** The key text of the source row, or its hash when it is long; null when it is unknown. */
  readonly key: string | null;
  readonly version: Version | null;
  readonly code: ErrorCode;
  readonly stage: Stage;
  readonly reason: string;
  readonly mappingVersion: string;
  readonly status: LetterStatus;
  readonly createdAt: number;
  /** When, by whom and why it was closed. */
  readonly closedAt: number | null;
  readonly closedBy: string | null;
  readonly closedReason: string | null;
}

export interface LetterFilter {
  readonly status?: LetterStatus;
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: bigint;
  readonly code?: string;
  /** The letters of one source row. */
  readonly key?: string;
  readonly limit?: number;
}

/** How many letters of a route are open, by code, and since when the oldest is (milliseconds since the epoch). */
export interface LetterSummary {
  readonly open: ReadonlyMap<string, number>;
  readonly oldest: number | null;
}

/** How a person closes a letter. `reason` is null for a redrive. */
export interface LetterClosing {
  readonly status: 'redriven' | 'discarded';
  readonly by: string;
  readonly reason: string | null;
}

/**
 * The dead letters of a target's routes, kept in the target: written in the transaction that moves the position past
 * them, closed in the transaction that applies them or what supersedes them. Throws as {@link Sink} does.
 */
export interface LetterLedger {
  parkedRows(route: string): Promise<readonly ParkedRow[]>;
  /** In the order of topic, partition and offset. */
  list(route: string, filter: LetterFilter): Promise<readonly StoredLetter[]>;
  /** The record, byte for byte; null when there is no such letter. */
  record(route: string, at: Coordinates): Promise<RawRecord | null>;
  summary(route: string): Promise<LetterSummary>;
  /** Applies rows and closes the letter, or neither; null when the letter is not open (any more). */
  redrive(letter: StoredLetter, rows: MappedRows, by: string): Promise<ApplyResult | null>;
  /** Closes the letter with nothing applied; false when it is not open (any more). */
  discard(letter: StoredLetter, by: string, reason: string): Promise<boolean>;
  /** Removes letters that were closed before this time; returns how many. */
  prune(route: string, closedBefore: number): Promise<number>;
}
