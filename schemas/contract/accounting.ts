import type { OffsetRange } from './position.ts';

/** Events by {@link Outcome}; of what was filtered, with the rule: `filtered: other-table`. */
export type OutcomeCounts = Readonly<Record<string, number>>;

/**
 * How many events of a transaction and a table there are, and which: each has a place there, from 1 on. The sums tell one
 * that is lost while another one came twice from all of them.
 */
export interface Count {
  readonly events: number;
  /** Of the places. */
  readonly sum: number;
  /** Of the places, mixed: modulo 2^32. */
  readonly mixed: number;
}

/** What a batch holds of one transaction's changes of one table. */
export interface TransactionTally extends Count {
  readonly transaction: string;
  /** `namespace.name` of the source table. */
  readonly table: string;
  readonly outcomes: OutcomeCounts;
}

/** How the source counts a transaction, as its connector says at its end. */
export interface TransactionEnd {
  readonly transaction: string;
  /** By the source's clock, milliseconds since the epoch. */
  readonly committedAt: number;
  /** Events by `namespace.name` of their table. */
  readonly events: Readonly<Record<string, number>>;
}

/** What a batch says of transactions. */
export interface BatchAccount {
  readonly tallies: readonly TransactionTally[];
  readonly ends: readonly TransactionEnd[];
}

/** The account of a batch as it is kept, in the transaction of the batch, until its transactions are reconciled. */
export type KeptAccount = OffsetRange & BatchAccount;

/** A transaction of which something was seen, and not everything. */
export interface OpenTransaction {
  readonly transaction: string;
  /** When something was seen of it first, milliseconds since the epoch. */
  readonly since: number;
  readonly end: TransactionEnd | null;
  /** Where the end came; null when it has not. */
  readonly endIn: OffsetRange | null;
  /** By table. */
  readonly seen: Readonly<Record<string, SeenEvents>>;
}

export interface SeenEvents extends Count {
  readonly outcomes: OutcomeCounts;
  /** Of the batches that they came in. */
  readonly ranges: readonly OffsetRange[];
}

/**
 * What is wrong with a transaction:
 * - `missing`: events that the source counts were never seen;
 * - `unproven`: whether there are such cannot be told, see the explanation.
 */
export type AccountFault = 'missing' | 'unproven';

/** A transaction whose events are not those that the source counts. Times are milliseconds since the epoch. */
export interface UnbalancedTransaction {
  readonly transaction: string;
  readonly fault: AccountFault;
  readonly explanation: string;
  readonly committedAt: number;
  readonly foundAt: number;
  /** By table, where they differ. */
  readonly tables: Readonly<Record<string, { readonly expected: number; readonly seen: number }>>;
  /** When, by whom and why it was settled; null when it is not. */
  readonly settled: { readonly at: number; readonly by: string; readonly reason: string } | null;
}

/** The transactions that the source committed within an hour. */
export interface AccountWindow {
  /** Its beginning, milliseconds since the epoch. */
  readonly startsAt: number;
  /** Of which every event was seen once, and has its outcome. */
  readonly balanced: number;
  readonly events: number;
  /** Events that came again, and were balanced without it. */
  readonly repeated: number;
  readonly outcomes: OutcomeCounts;
}

/** What one round of reconciling comes to. */
export interface Reconciled {
  /** Of the ledger, when what was open was read. */
  readonly revision: number;
  /** Accounts that it is made of. */
  readonly taken: readonly OffsetRange[];
  /** Transactions that are no longer open, and were written down as such. */
  readonly closed: readonly string[];
  /** Transactions that are open, where they are new or have changed. */
  readonly open: readonly OpenTransaction[];
  readonly unbalanced: readonly UnbalancedTransaction[];
  readonly windows: readonly AccountWindow[];
}

/**
 * The accounts of a target's routes, kept in the target. Throws as `Sink` does.
 */
export interface AccountLedger {
  /**
   * Begins accounting for a route, unless that has begun. Transactions committed at `since` (milliseconds, source clock) or
   * before are not accounted for, since a part of them was applied before; null: there are none. Returns what was said when
   * it began.
   */
  begin(route: string, since: number | null): Promise<number | null>;
  /** Forgets everything but what is unbalanced and what windows say. */
  end(route: string): Promise<void>;
  /** The oldest accounts that were not taken yet. */
  kept(route: string, limit: number): Promise<readonly KeptAccount[]>;
  /** What is open, and the revision of the ledger: each round raises it. */
  open(
    route: string,
  ): Promise<{ readonly revision: number; readonly transactions: readonly OpenTransaction[] }>;
  /** Writes a round down, or nothing: false when another process has written one since, or has ended the accounts. */
  reconcile(route: string, round: Reconciled): Promise<boolean>;
  /** Those that are not settled, or all; the newest first. */
  unbalanced(
    route: string,
    filter: { readonly settled: boolean; readonly limit: number },
  ): Promise<readonly UnbalancedTransaction[]>;
  /** Those that begin at this time or later, the newest first. */
  windows(route: string, from: number): Promise<readonly AccountWindow[]>;
  /** Says that somebody has looked into it; false when there is no such transaction, or it is settled. */
  settle(route: string, transaction: string, by: string, reason: string): Promise<boolean>;
}
