import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckReport } from '../../../monitoring/consistency/report.ts';
import { asCounterfoilError, CounterfoilError } from '../../../schemas/contract/errors.ts';
import type { Sink } from '../../../schemas/contract/ports.ts';
import { isOpen } from '../../../schemas/contract/sync-run.ts';
import type { RunId, RunOrder, SyncRun } from '../../../schemas/contract/sync-run.ts';
import type { Config } from '../../config/schema.ts';
import type { Route } from '../routes.ts';
import { withSource } from '../source-session.ts';
import { createDatabaseSink, keeperOf } from '../targets.ts';

const POLL_MS = 500;
/** After so long without a sign of a process it is said that there may be none. */
export const SILENCE_MS = 10_000;

export interface HandOptions {
  readonly config: Config;
  readonly by: string;
  readonly reason: string | null;
  /** How long the connector, and then each route, may make no progress. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** How a run has ended, or where it is when it was no longer waited for. */
export interface HandRun {
  readonly run: SyncRun;
  /** What the check found; null when a process of the route has done it. */
  readonly report: CheckReport | null;
}

/** Waits until a process of the route has done the run. An order that nobody takes in time is withdrawn. */
export async function untilOver(run: RunId, sink: Sink, options: HandOptions): Promise<HandRun> {
  const { signal, timeoutSeconds, onProgress } = options;
  const began = Date.now();
  let changed = began;
  let hinted = false;
  let before = '';
  for (;;) {
    const now = await shown(sink, run);
    if (!isOpen(now.state)) return { run: now, report: null };
    const progress = [now.state, ...Object.values(now.outcomes)].join();
    if (progress !== before) {
      changed = Date.now();
      if (!before.startsWith(now.state)) onProgress(`${run.id}: ${now.state}`);
    }
    before = progress;
    const late = Date.now() - changed > timeoutSeconds * 1_000;
    if (late || signal.aborted) {
      await sink.runs.withdraw(
        run,
        'cancelled',
        signal.aborted
          ? 'the command was ended'
          : `no process of ${run.route} took it in ${timeoutSeconds.toString()} s`,
      );
      return { run: await shown(sink, run), report: null };
    }
    if (!hinted && now.state === 'ordered' && Date.now() - began > SILENCE_MS) {
      hinted = true;
      onProgress(`${run.id}: no process has taken it: does a \`counterfoil run\` run ${run.route}?`);
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

export async function shown(sink: Sink, { route, id }: RunId): Promise<SyncRun> {
  const [run] = await sink.runs.list(route, { id, limit: 1 });
  if (run !== undefined) return run;
  throw new CounterfoilError('INTERNAL', `run ${id} of ${route} has vanished`);
}

export function orderOf(
  run: RunId,
  { by, reason }: HandOptions,
  rest: Pick<RunOrder, 'state' | 'dueAt'> & Partial<Pick<RunOrder, 'rows'>>,
): RunOrder {
  return { ...run, mode: 'manual', missedSince: null, orderedBy: by, reason, rows: null, ...rest };
}

/** A moment that all that is committed at the source by now lies before: by its own clock, whose seconds events have. */
export async function momentOf({ sources }: Config, route: Route): Promise<number> {
  const { source: name } = route.config;
  const source = sources[name];
  if (source === undefined) throw new CounterfoilError('INTERNAL', `${route.name} has no source`);
  const sql =
    source.kind === 'postgresql'
      ? 'SELECT ceil(extract(epoch FROM clock_timestamp())) AS now'
      : 'SELECT CEILING(UNIX_TIMESTAMP(SYSDATE(6))) AS now';
  const [row] = await withSource(name, source, 'check', (session) => session.run(sql));
  return Number(row?.['now']) * 1_000;
}

/** The database that keeps the runs of a route. */
export function ledgerOf(config: Config, route: Route): Sink {
  return createDatabaseSink({ ...keeperOf(config, route.config.target), poolSize: 2 });
}

/** The same, whose tables of the product's own are there. */
export async function withLedger<T>(
  config: Config,
  route: Route,
  use: (sink: Sink) => Promise<T>,
): Promise<T> {
  const sink = ledgerOf(config, route);
  try {
    await sink.prepare();
    return await use(sink);
  } catch (error) {
    throw asCounterfoilError(error, 'INTERNAL', 'the run failed');
  } finally {
    await sink.close();
  }
}
