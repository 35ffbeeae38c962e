import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { heldRanges } from '../../../connectors/kafka/held-range.ts';
import { upTo } from '../../../connectors/kafka/up-to.ts';
import { createChecker } from '../../../monitoring/consistency/checker.ts';
import type { CheckReport } from '../../../monitoring/consistency/report.ts';
import { emitReport } from '../../../monitoring/consistency/runner.ts';
import { createBatchHandler } from '../../../processors/pipeline/batch-handler.ts';
import { DEFAULT_BACK_OFF, retrying } from '../../../processors/pipeline/retry.ts';
import { runSessions } from '../../../processors/pipeline/route.ts';
import { telling } from '../../../processors/pipeline/route-state.ts';
import type { RouteStates } from '../../../processors/pipeline/route-state.ts';
import { asCounterfoilError, CounterfoilError } from '../../../schemas/contract/errors.ts';
import type { Decoder } from '../../../schemas/contract/ports.ts';
import { isOpen } from '../../../schemas/contract/sync-run.ts';
import type { CutOff, RunChange, SyncPoint, SyncRun } from '../../../schemas/contract/sync-run.ts';
import type { Config } from '../../config/schema.ts';
import { scheduleOf } from '../../config/schedule.ts';
import type { Schedule } from '../../config/schedule.ts';
import { checkableRoute, incomparable } from '../checks.ts';
import { recordSourceOf } from '../routes.ts';
import type { Route, RunningRouteOptions } from '../routes.ts';
import { findCutOff } from './cut-off.ts';
import { LEASE_SECONDS, takeDueRun } from './due-run.ts';
import { explanationOf } from './explanation.ts';

const POLL_MS = 1_000;
const KEEP_MS = 5_000;
/** What changes while a check runs is left to a later run, however much it is. */
const RELOOK_KEYS = 100_000;

export interface BatchRouteOptions extends Omit<RunningRouteOptions, 'decoder' | 'reach'> {
  readonly config: Config;
  readonly newDecoder: () => Decoder;
  readonly reach: NonNullable<RunningRouteOptions['reach']> & ((point: SyncPoint) => void);
}

/**
 * Runs a route at the moments of its schedule, and when somebody orders a run, until `signal` aborts; between the runs the
 * target is left alone. A failure of disposition `stop` ends the route and leaves its run to be gone on with. Never throws.
 */
export async function startBatchRoute(
  route: Route,
  options: BatchRouteOptions,
  signal: AbortSignal,
): Promise<void> {
  const { telemetry } = options;
  await telling({ telemetry, name: route.name, signal, failure: 'the route failed' }, (states) => {
    const batch = new BatchRoute(route, options, states, signal);
    return retrying(() => batch.run(), {
      ...{ signal, backOff: DEFAULT_BACK_OFF, onFailure: states.retries },
      // Somebody else has gone on with the run: what is next is seen to anew.
      retriable: ({ disposition, code }) => disposition === 'retry' || code === 'STALE_WRITER',
    });
  });
}

class BatchRoute {
  readonly #worker = `${hostname()}/${process.pid.toString()}/${randomBytes(4).toString('hex')}`;
  readonly #schedule: Schedule;
  readonly #completeWithinMs: number;
  #resting = false;

  constructor(
    private readonly route: Route,
    private readonly options: BatchRouteOptions,
    private readonly states: RouteStates,
    private readonly signal: AbortSignal,
  ) {
    const { sync } = route.config;
    if (sync.mode !== 'batch') throw new CounterfoilError('INTERNAL', `${route.name} has no schedule`);
    this.#schedule = scheduleOf(sync.cron, sync.timeZone);
    this.#completeWithinMs = sync.completeWithinSeconds * 1_000;
  }

  async run(): Promise<void> {
    const { sink } = this.options;
    this.#resting = false;
    await sink.prepare();
    while (!this.signal.aborted) {
      const run = await takeDueRun(sink.runs, this.route.name, this.#schedule, this.#worker, Date.now());
      await this.#tell();
      if (run !== null) await this.#attend(run);
      else {
        this.#rest();
        await sleep(POLL_MS, undefined, { signal: this.signal }).catch(() => undefined);
      }
    }
  }

  #rest(): void {
    if (this.#resting) return;
    this.#resting = true;
    const { telemetry } = this.options;
    telemetry.emit({
      type: 'partitions-assigned',
      route: this.route.name,
      partitions: [],
      sourceTime: null,
    });
    this.states.is('resting');
  }

  async #tell(): Promise<void> {
    const { sink, telemetry } = this.options;
    const [latest] = await sink.runs.list(this.route.name, { mode: 'scheduled', limit: 1 });
    const open = latest !== undefined && isOpen(latest.state) ? latest : null;
    const now = Date.now();
    telemetry.emit({
      type: 'sync-standing',
      route: this.route.name,
      next: open !== null && open.dueAt > now ? open.dueAt : null,
      overdueSince: open !== null && open.dueAt + this.#completeWithinMs < now ? open.dueAt : null,
    });
  }

  /** Does a run for as long as it is this worker's. */
  async #attend(run: SyncRun): Promise<void> {
    const { runs } = this.options.sink;
    this.#resting = false;
    this.states.is('running');
    const lost = new AbortController();
    const until = AbortSignal.any([this.signal, lost.signal]);
    const keeping = setInterval(() => {
      runs.keep(run, this.#worker, LEASE_SECONDS).then(
        (kept) => {
          if (!kept) lost.abort(notOurs(run));
        },
        // Said by what the run itself asks of the target.
        () => undefined,
      );
      this.#tell().catch(() => undefined);
    }, KEEP_MS);
    try {
      await this.#perform(run, until);
    } catch (error) {
      if (lost.signal.aborted) throw notOurs(run);
      const failure = asCounterfoilError(error, 'INTERNAL', 'the run failed');
      const change = this.signal.aborted ? {} : { explanation: `${failure.code}: ${failure.message}` };
      // It is gone on with by whoever comes next, at once.
      await runs.change(run, this.#worker, change, 'release').catch(() => false);
      if (!this.signal.aborted) throw error;
    } finally {
      clearInterval(keeping);
    }
  }

  async #perform(run: SyncRun, until: AbortSignal): Promise<void> {
    const { reach } = this.options;
    const cutOff = run.cutOff ?? (await this.#fixCutOff(run, until));
    reach('sync:cut-off-fixed');
    if (run.state !== 'checking') {
      await this.#apply(run, cutOff, until);
      reach('sync:applied');
      await this.#change(run, { state: 'checking' });
    }
    const report = await this.#check(run, until);
    until.throwIfAborted();
    reach('sync:checked');
    const explanation =
      report === null ? incomparable(this.route, this.options.config) : explanationOf(report);
    await this.#change(run, { state: 'completed', verdict: report?.verdict ?? null, explanation });
    await this.#report(run, report, explanation);
  }

  async #fixCutOff(run: SyncRun, until: AbortSignal): Promise<CutOff> {
    const { kafka, reader, newDecoder } = this.options;
    const found = await findCutOff(this.route, run.dueAt, { kafka, reader, decoder: newDecoder() }, until);
    until.throwIfAborted();
    if (found === null) throw new CounterfoilError('INTERNAL', `${this.route.name} has no cut-off`);
    await this.#change(run, { cutOff: found });
    return found;
  }

  /**
   * Applies everything up to the cut-off. The heartbeat that it is has been in Kafka before the topics are asked how far
   * they reach, so that what lies before it is within that; what lies behind it is left out by its version.
   */
  async #apply(run: SyncRun, { version }: CutOff, until: AbortSignal): Promise<void> {
    const { reader, sink, newDecoder } = this.options;
    const topics = (await reader.list()).filter(this.route.accepts);
    const ends = await heldRanges(reader, topics);
    const reached = new AbortController();
    const handler = createBatchHandler({
      ...this.options,
      ...{ route: this.route.name, mapping: this.route.mapping, decoder: newDecoder() },
      accounted: this.route.accounted,
      run: { id: run.id, cutOff: version },
    });
    const bounded = upTo(handler, ends, () => {
      reached.abort();
    });
    if (reached.signal.aborted) return;
    const records = recordSourceOf(this.route, this.options);
    await runSessions(
      {
        // Ends the session, and no attempt at one: what it has in hand is waited for.
        source: { run: (to, signal) => records.run(to, AbortSignal.any([signal, reached.signal])) },
        handler: bounded,
        prepare: () => sink.prepare(),
      },
      this.states,
      until,
    );
    until.throwIfAborted();
  }

  /** Null where there is nothing to compare. */
  async #check({ rows }: SyncRun, until: AbortSignal): Promise<CheckReport | null> {
    const { config, reader } = this.options;
    if (incomparable(this.route, config) !== null) return null;
    const checkable = checkableRoute(this.route, config, reader);
    try {
      return await createChecker({ relookKeys: RELOOK_KEYS }).check(checkable, {
        ...{ signal: until, deadlineSeconds: config.check.deadlineSeconds },
        ...(rows === null ? {} : { tables: [rows.table] }),
        ...(rows?.where == null ? {} : { where: rows.where }),
      });
    } finally {
      await checkable.close();
    }
  }

  async #change(run: SyncRun, change: RunChange): Promise<void> {
    if (!(await this.options.sink.runs.change(run, this.#worker, change))) throw notOurs(run);
  }

  async #report(run: SyncRun, report: CheckReport | null, reason: string | null): Promise<void> {
    const { sink, telemetry } = this.options;
    const [finished] = await sink.runs.list(run.route, { id: run.id, limit: 1 });
    if (report !== null && run.rows === null) emitReport(telemetry, report);
    telemetry.emit({
      ...{
        type: 'sync-finished',
        route: run.route,
        run: run.id,
        mode: run.mode,
        verdict: report?.verdict ?? null,
      },
      ...{ outcomes: (finished ?? run).outcomes, seconds: (Date.now() - run.dueAt) / 1_000, reason },
    });
  }
}

function notOurs({ route, id }: SyncRun): CounterfoilError {
  return new CounterfoilError('STALE_WRITER', `another process has gone on with run ${id} of ${route}`);
}
