import type { Version } from './position.ts';
import type { Outcome, Verdict } from './telemetry.ts';

/**
 * Where a run of a route is:
 * - `reading`: the connector reads rows again for it;
 * - `ordered`: it waits for its moment, then for a process that runs the route;
 * - `applying`: the route applies what was committed before the cut-off, or the rows that were read again;
 * - `checking`: all of it is applied, and is compared with the source;
 * - `completed`: it has a verdict, whatever that is;
 * - `failed`: it could not be done, see `explanation`;
 * - `cancelled`: somebody gave it up before it was taken, or ended the command that led it;
 * - `missed`: no process was there at its moment, and a later run covers it.
 */
export type RunState = (typeof OPEN_STATES)[number] | 'completed' | 'failed' | 'cancelled' | 'missed';

/** Of runs that are not over. */
export const OPEN_STATES = ['reading', 'ordered', 'applying', 'checking'] as const;

export function isOpen(state: RunState): boolean {
  return OPEN_STATES.some((open) => open === state);
}

/** A place in the history of the source: what was committed up to it belongs to the run, and nothing else. */
export interface CutOff {
  readonly version: Version;
  /** By the source's clock, milliseconds since the epoch. */
  readonly time: number;
}

/** Source rows that a run is about. */
export interface RunRows {
  /** `namespace.name` of a source table. */
  readonly table: string;
  /** SQL of the source; null for all rows. May hold row values: never logged. */
  readonly where: string | null;
}

export interface RunId {
  readonly route: string;
  /** Of runs of one route that have the same, there is one. */
  readonly id: string;
}

/** What is written down when a run is ordered. Times are milliseconds since the epoch. */
export interface RunOrder extends RunId {
  readonly mode: 'scheduled' | 'manual';
  readonly state: 'reading' | 'ordered';
  /** Everything committed at the source before this moment belongs to the run. */
  readonly dueAt: number;
  /** The first of the scheduled moments that no run was made at, and that this one covers, too; null when there is none. */
  readonly missedSince: number | null;
  readonly orderedBy: string;
  readonly reason: string | null;
  /** Null for a run of the whole route. */
  readonly rows: RunRows | null;
}

export interface SyncRun extends Omit<RunOrder, 'state'> {
  readonly state: RunState;
  readonly orderedAt: number;
  readonly cutOff: CutOff | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Events of the run by what became of them; they are counted in the transactions that apply them. */
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** How many rows the connector has read again; null when none were asked for. */
  readonly rowsRead: number | null;
  /** Null before it is over, and where there is nothing to compare: a target that is sent messages. */
  readonly verdict: Verdict | null;
  /** Why the verdict is what it is, or why there is none. */
  readonly explanation: string | null;
  /** Who works on it, or did last. */
  readonly worker: string | null;
  /** The worker has said so lately. */
  readonly attended: boolean;
}

/** What may change in a run; what is left out stays. */
export interface RunChange {
  readonly state?: RunState;
  readonly dueAt?: number;
  readonly cutOff?: CutOff;
  readonly rowsRead?: number;
  readonly verdict?: Verdict | null;
  readonly explanation?: string | null;
}

/** Named points of a run: a test may kill the process at each of them. */
export type SyncPoint = 'sync:cut-off-fixed' | 'sync:applied' | 'sync:checked';

/** Which runs of a route are meant; the newest moment first. */
export interface RunFilter {
  readonly id?: string;
  readonly mode?: RunOrder['mode'];
  readonly limit: number;
}

/**
 * The runs of a target's routes, kept in the target: who ordered what and when, and what came of it. One worker has a run at
 * a time, for as long as it says so again and again: by the target's clock, so that workers need not agree about the time.
 * Throws as `Sink` does.
 */
export interface RunLedger {
  /**
   * Writes a run down; false when there is one of its id. A scheduled one comes `after` the latest that was known, null for
   * none: false when another is the latest by now, for then its moment may be somebody else's.
   */
  order(order: RunOrder, after?: RunId | null): Promise<boolean>;
  /**
   * Takes the oldest run of the route that is due, for so many seconds; null when none is, or when another worker has one:
   * of two runs at once, each would move what the other one's cut-off stands on.
   */
  take(route: string, worker: string, now: number, seconds: number): Promise<SyncRun | null>;
  /** Has a run for so many seconds (more) that is this worker's or nobody's; false when it is another's, or over. */
  keep(run: RunId, worker: string, seconds: number): Promise<boolean>;
  /** Changes a run that is this worker's, and with `release` leaves it to others. False when it is another's, or over. */
  change(run: RunId, worker: string, change: RunChange, release?: 'release'): Promise<boolean>;
  /** Ends a run that nobody has begun; false when somebody has. */
  withdraw(run: RunId, state: 'missed' | 'cancelled', explanation: string): Promise<boolean>;
  /** Forgets a run that was only planned: its moment is none of the schedule any more. */
  unplan(run: RunId): Promise<void>;
  list(route: string, filter: RunFilter): Promise<readonly SyncRun[]>;
}
