import type { AccountFault } from './accounting.ts';
import type { ErrorCode } from './errors.ts';
import type { Offset, TopicPartition } from './position.ts';

/** Each event that is read ends in exactly one of these. */
export type Outcome = 'applied' | 'superseded' | 'duplicate' | 'filtered' | 'dead-lettered' | 'parked';

/** Where in the way of the data something happened. */
export type Stage = 'read' | 'decode' | 'validate' | 'map' | 'park' | 'apply';

/** `resting`: between two runs of a route that is run by a schedule. */
export type RouteState = 'starting' | 'running' | 'resting' | 'waiting' | 'stopped';

export type Verdict = 'match' | 'mismatch' | 'inconclusive';

/**
 * What an answer means for the message it is the answer to:
 * - `applied`: the receiver has it; `known`: it had it before, or something newer;
 * - `refused`: this message is bad, whatever becomes of others;
 * - `doubtful`: this message is bad, or the address or the rights are;
 * - `unauthorized`: the credentials are not, or no longer, good;
 * - `throttled` and `unavailable`: it is to be sent again, later;
 * - `misconfigured`: no message of this method, format or address can succeed.
 */
export type Reception =
  | 'applied'
  | 'known'
  | 'refused'
  | 'doubtful'
  | 'unauthorized'
  | 'throttled'
  | 'unavailable'
  | 'misconfigured';

/** Of an endpoint that messages are sent to: in use, left alone because it fails, or tried by one request. */
export type BreakerState = 'closed' | 'open' | 'probing';

export type ConnectorHealth = 'running' | 'paused' | 'restarting' | 'failed' | 'missing' | 'unknown';

/** Seconds between commit at the source, Kafka, and commit at the target; null when a clock is missing. */
export interface EventTiming {
  /** Source commit to Kafka. */
  readonly capture: number | null;
  /** Kafka to target commit. */
  readonly apply: number;
  /** Source commit to target commit. */
  readonly total: number | null;
}

/**
 * Something happened that people or alerts may want to know. One happening gives both the log line and the metric;
 * none carries row values.
 */
export type TelemetryEvent =
  | {
      readonly type: 'batch-applied';
      readonly route: string;
      readonly partition: TopicPartition;
      readonly next: Offset;
      readonly events: number;
      readonly outcomes: Readonly<Record<Outcome, number>>;
      readonly rows: number;
      readonly seconds: number;
      readonly timings: readonly EventTiming[];
      readonly sourceTime: number | null;
    }
  | {
      readonly type: 'partition-lag';
      readonly route: string;
      readonly partition: TopicPartition;
      readonly messages: number;
    }
  | {
      readonly type: 'event-dead-lettered';
      readonly route: string;
      readonly partition: TopicPartition;
      readonly offset: Offset;
      readonly stage: Stage;
      readonly code: ErrorCode;
      readonly reason: string;
    }
  | { readonly type: 'event-filtered'; readonly route: string; readonly rule: string; readonly count: number }
  | {
      readonly type: 'route-state';
      readonly route: string;
      readonly state: RouteState;
      readonly code: ErrorCode | null;
      readonly reason: string | null;
      readonly remedy: string | null;
    }
  | {
      readonly type: 'route-retry';
      readonly route: string;
      readonly code: ErrorCode;
      readonly attempt: number;
      readonly reason: string;
    }
  | {
      readonly type: 'partitions-assigned';
      readonly route: string;
      /** All that this process reads from now on; those it read before and are not among them belong to others. */
      readonly partitions: readonly TopicPartition[];
      /**
       * Source commit time (ms) of the newest change the route had passed before, as its positions say: lag is counted
       * from there until the first batch comes.
       */
      readonly sourceTime: number | null;
    }
  /** What the target holds of a route's open dead letters, by code; `oldest` is when the oldest came (ms). */
  | {
      readonly type: 'letters-open';
      readonly route: string;
      readonly open: ReadonlyMap<string, number>;
      readonly oldest: number | null;
    }
  /** Checks of this route run from now on, this far apart. */
  | { readonly type: 'check-scheduled'; readonly route: string; readonly intervalSeconds: number }
  /** One check of a whole route; a `check-finished` came before it for each table. */
  | {
      readonly type: 'route-check-finished';
      readonly route: string;
      readonly verdict: Verdict;
      readonly seconds: number;
      readonly reason: string | null;
    }
  | {
      readonly type: 'check-finished';
      readonly route: string;
      readonly table: string;
      readonly verdict: Verdict;
      readonly rowsCompared: number;
      readonly missing: number;
      readonly extra: number;
      readonly different: number;
      readonly seconds: number;
      readonly reason: string | null;
    }
  | {
      readonly type: 'connector-health';
      readonly connector: string;
      readonly health: ConnectorHealth;
      readonly failedTasks: number;
      /** Changes of its source that it can no longer read; absent when there are none. */
      readonly lostPosition?: { readonly reason: string; readonly remedy: string };
    }
  | { readonly type: 'connector-restarted'; readonly connector: string; readonly attempt: number }
  /**
   * A target table has got columns, or other types, for which rows of before may have values at the source that no event
   * has told of; or rows came without some of their values that the target does not have (then no column is named).
   * `reason` is why the source table is not read again by itself; null when it is.
   */
  | {
      readonly type: 'values-unknown';
      readonly route: string;
      readonly source: string;
      readonly table: string;
      readonly columns: readonly string[];
      readonly reason: string | null;
      readonly remedy: string | null;
    }
  /**
   * Transactions of the source were counted against what its connector says of them. `balanced` are those that were since the
   * last time, `unbalanced` those that nobody has settled yet; `oldest` is when the oldest of the open ones was seen first
   * (ms).
   */
  | {
      readonly type: 'transactions-reconciled';
      readonly route: string;
      readonly balanced: number;
      readonly unbalanced: number;
      readonly open: number;
      readonly oldest: number | null;
    }
  | {
      readonly type: 'transaction-unbalanced';
      readonly route: string;
      readonly transaction: string;
      readonly fault: AccountFault;
      readonly explanation: string;
    }
  | {
      readonly type: 'accounting-failed';
      readonly route: string;
      readonly code: ErrorCode;
      readonly attempt: number;
      readonly reason: string;
    }
  /** A rule of the business was looked at; `broken` groups break it. */
  | {
      readonly type: 'invariant-looked-at';
      readonly target: string;
      readonly rule: string;
      readonly verdict: Verdict;
      readonly scope: 'all' | 'changed';
      readonly broken: number;
      readonly keys: readonly string[];
      readonly reason: string | null;
    }
  /** The ends of the chains of a target's journal are put down outside of it. */
  | { readonly type: 'journal-anchored'; readonly target: string; readonly chains: number }
  /** An audit of a target has ended. */
  | {
      readonly type: 'audit-finished';
      readonly target: string;
      readonly verdict: Verdict;
      readonly entries: number;
      /** Rows by what was done to them, and faults of entries. */
      readonly faults: Readonly<Record<'altered' | 'removed' | 'added' | 'entry', number>>;
      readonly seconds: number;
      readonly reason: string | null;
    }
  /** A message was sent to an endpoint; once more for each attempt. */
  | {
      readonly type: 'request-answered';
      readonly target: string;
      readonly reception: Reception;
      readonly seconds: number;
    }
  /** `reason` is the last failure; null when it is closed. */
  | {
      readonly type: 'breaker-state';
      readonly target: string;
      readonly state: BreakerState;
      readonly reason: string | null;
    }
  | { readonly type: 'token-requested'; readonly target: string; readonly outcome: 'granted' | 'failed' }
  /** How a route that is run by a schedule stands; times are milliseconds since the epoch. */
  | {
      readonly type: 'sync-standing';
      readonly route: string;
      /** The moment of its next run; null while that is not planned. */
      readonly next: number | null;
      /** The moment of the run that should be complete by now; null when none should. */
      readonly overdueSince: number | null;
    }
  /** A run of a route is complete. */
  | {
      readonly type: 'sync-finished';
      readonly route: string;
      readonly run: string;
      readonly mode: 'scheduled' | 'manual';
      /** Null where there is nothing to compare. */
      readonly verdict: Verdict | null;
      readonly outcomes: Readonly<Record<Outcome, number>>;
      /** From its moment on. */
      readonly seconds: number;
      readonly reason: string | null;
    }
  /** Documents were looked at, and vouchers posted, in one transaction. */
  | {
      readonly type: 'documents-decided';
      readonly posting: string;
      readonly documents: number;
      readonly vouchers: Readonly<Record<'post' | 'reverse', number>>;
      readonly states: DocumentStates;
    }
  /** Documents of a posting that are not dealt with; `oldest` is since when the oldest waits to be looked at (ms). */
  | {
      readonly type: 'documents-standing';
      readonly posting: string;
      readonly pending: number;
      readonly oldest: number | null;
      readonly waiting: Readonly<Record<'parked' | 'refused', number>>;
    }
  /** Whole documents were told to the receiver of a feed, or refused by it. */
  | {
      readonly type: 'documents-told';
      readonly feed: string;
      readonly told: number;
      readonly refused: number;
    }
  /** Documents of a feed that are not told; `oldest` is since when the oldest of those that are pending waits (ms). */
  | {
      readonly type: 'documents-untold';
      readonly feed: string;
      readonly pending: number;
      readonly oldest: number | null;
      readonly refused: number;
    };

/** States of documents in the books; see `schemas/posting/store.ts`. */
type DocumentStates = Readonly<Record<'none' | 'posted' | 'reversed' | 'parked' | 'refused', number>>;

export interface Telemetry {
  emit(event: TelemetryEvent): void;
}
