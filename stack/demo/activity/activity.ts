import { openMariaDb, type DatabaseAccess } from '../access.ts';
import { CounterfoilError } from '../../../schemas/contract/errors.ts';
import { FinanceDesk } from './finance-desk.ts';
import { OaLanes } from './oa-lanes.ts';
import { loadOffice, type LoadedOffice } from './load-model.ts';
import { runOpenLoop } from './open-loop.ts';
import { persist, type Patience } from './patience.ts';
import { forgetTargets } from './office-model.ts';
import { planAction } from './plan.ts';
import { ActivityCounts, type ActivityTotals, type Happening } from './totals.ts';

export interface ActivityOptions {
  readonly oa: DatabaseAccess;
  /** Left out, finance does nothing. */
  readonly finance?: DatabaseAccess;
  /** Any integer; the same seed on the same database gives the same OA transactions. */
  readonly seed: number;
  /** OA transactions per second; finance follows what arrives. */
  readonly rate: number;
  /** Connections of the office at once, 8 unless given. Transactions of one document stay in order. */
  readonly lanes?: number;
  /** How often finance looks for arrived claims, in milliseconds; 250 unless given. */
  readonly financeEveryMs?: number;
  /** How long a database may be unreachable before the run fails, in milliseconds; 60,000 unless given. */
  readonly patienceMs?: number;
  /** Called at each thing that happened. Must not throw. */
  readonly onHappening?: (happening: Happening) => void;
  /** Ends everything early: running transactions are finished, no new ones begun. */
  readonly signal?: AbortSignal;
}

export interface RunOptions {
  /** How many OA actions; without it, until the signal aborts. */
  readonly actions?: number;
  readonly signal?: AbortSignal;
}

export interface Activity {
  /**
   * Office and finance at work, until the actions are done or a signal aborts; resolves with the totals so far.
   * Rejects with CounterfoilError when a database refuses a transaction or stays away longer than the patience.
   */
  run(options?: RunOptions): Promise<ActivityTotals>;
  /**
   * Pays every approved claim that has arrived, and settles every payment, until nothing is left to do. For the end
   * of a run: call it again after more claims have arrived.
   */
  payArrived(): Promise<ActivityTotals>;
  totals(): ActivityTotals;
}

const DEFAULT_LANES = 8;
const DEFAULT_FINANCE_EVERY_MS = 250;
const DEFAULT_PATIENCE_MS = 60_000;

/** The demo's office and finance department. Connects when it runs and disconnects at the end of each run. */
export function createActivity(options: ActivityOptions): Activity {
  const counts = new ActivityCounts();
  const tell = (happening: Happening): void => {
    counts.add(happening);
    options.onHappening?.(happening);
  };
  return {
    totals: () => counts.snapshot(),
    async run(runOptions = {}) {
      const signals = [options.signal, runOptions.signal].filter((signal) => signal !== undefined);
      await runBoth(options, runOptions.actions ?? Number.POSITIVE_INFINITY, AbortSignal.any(signals), tell);
      return counts.snapshot();
    },
    async payArrived() {
      const signal = options.signal ?? new AbortController().signal;
      await withDesk(options, signal, tell, async (pass) => {
        while (!signal.aborted && (await pass()));
      });
      return counts.snapshot();
    },
  };
}

type Tell = (happening: Happening) => void;

/** Each side ends when the office's actions are done; a failure of one ends the other. */
async function runBoth(
  options: ActivityOptions,
  count: number,
  outer: AbortSignal,
  tell: Tell,
): Promise<void> {
  const failed = new AbortController();
  const officeDone = new AbortController();
  const signal = AbortSignal.any([outer, failed.signal]);
  const fail = (error: unknown): never => {
    failed.abort();
    throw error;
  };
  const office = unlessStopped(signal, runOffice(options, count, signal, tell))
    .catch(fail)
    .finally(() => {
      officeDone.abort();
    });
  const deskSignal = AbortSignal.any([signal, officeDone.signal]);
  const finance = unlessStopped(deskSignal, runFinance(options, deskSignal, tell)).catch(fail);
  const outcomes = await Promise.allSettled([office, finance]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** A side that was told to stop while its database was away has not failed. */
async function unlessStopped(signal: AbortSignal, side: Promise<void>): Promise<void> {
  try {
    await side;
  } catch (error) {
    const passing = error instanceof CounterfoilError && error.disposition === 'retry';
    if (!(signal.aborted && passing)) throw error;
  }
}

async function runOffice(
  options: ActivityOptions,
  count: number,
  signal: AbortSignal,
  tell: Tell,
): Promise<void> {
  const patience = patienceOf(options, 'oa', signal);
  const office = await openOffice(options.oa, patience);
  const lanes = new OaLanes(options.oa, options.lanes ?? DEFAULT_LANES, patience, {
    happened: tell,
    overtaken: (plan) => {
      forgetTargets(office.model, plan.changes);
    },
  });
  try {
    await runOpenLoop({
      rate: options.rate,
      count,
      signal: AbortSignal.any([signal, lanes.failed]),
      start: (index, dueMs) =>
        lanes.enqueue(planAction(office.model, options.seed, office.transactions + index), dueMs),
    });
    await lanes.drained();
  } finally {
    await lanes.close();
  }
}

async function openOffice(access: DatabaseAccess, patience: Patience): Promise<LoadedOffice> {
  const load = async (): Promise<LoadedOffice> => {
    const connection = await openMariaDb(access);
    try {
      return await loadOffice(connection);
    } finally {
      connection.destroy();
    }
  };
  const { result } = await persist(load, () => undefined, patience, 'the opening of the office');
  return result;
}

async function runFinance(options: ActivityOptions, signal: AbortSignal, tell: Tell): Promise<void> {
  const everyMs = options.financeEveryMs ?? DEFAULT_FINANCE_EVERY_MS;
  await withDesk(options, signal, tell, async (pass) => {
    await runOpenLoop({
      rate: 1000 / everyMs,
      count: Number.POSITIVE_INFINITY,
      signal,
      start: async () => {
        await pass();
      },
    });
  });
}

async function withDesk(
  options: ActivityOptions,
  signal: AbortSignal,
  tell: Tell,
  work: (pass: () => Promise<boolean>) => Promise<void>,
): Promise<void> {
  if (options.finance === undefined) return;
  const patience = patienceOf(options, 'finance', signal);
  const desk = new FinanceDesk({ access: options.finance, seed: options.seed, patience, onHappening: tell });
  try {
    await work(() => desk.pass());
  } finally {
    await desk.close();
  }
}

function patienceOf(options: ActivityOptions, side: 'oa' | 'finance', signal: AbortSignal): Patience {
  return {
    database: side === 'oa' ? 'the OA database' : 'the finance database',
    unavailable: side === 'oa' ? 'SOURCE_UNAVAILABLE' : 'TARGET_UNAVAILABLE',
    patienceMs: options.patienceMs ?? DEFAULT_PATIENCE_MS,
    signal,
  };
}
