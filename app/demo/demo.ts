import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { worstVerdict } from '../../monitoring/consistency/report.ts';
import type { CheckReport } from '../../monitoring/consistency/report.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Verdict } from '../../schemas/contract/telemetry.ts';
import { createActivity } from '../../stack/demo/activity/activity.ts';
import type { Activity } from '../../stack/demo/activity/activity.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { checkRoutes } from '../runtime/check-routes.ts';
import { preparePostings } from '../runtime/posting-books.ts';
import { applyCapture, untilCapturing } from '../runtime/apply-capture.ts';
import { routesOf } from '../runtime/routes.ts';
import { DEMO_DATABASES, bringUp } from './local-stack.ts';
import type { BringUpOptions, LocalStack } from './local-stack.ts';
import { scrape } from './metrics-view.ts';
import type { MetricsView } from './metrics-view.ts';
import { startPipelineProcess } from './pipeline-process.ts';
import type { PipelineProcess } from './pipeline-process.ts';
import { checkSummary, livingSummary } from './summary.ts';

export interface DemoOptions extends Omit<BringUpOptions, 'mode' | 'demoDatabases' | 'signal'> {
  readonly seed: number;
  /** OA transactions per second. */
  readonly rate: number;
  /** A fixed number of OA transactions, then proof, then the end; null: go on until `signal` aborts. */
  readonly actions: number | null;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Runs the whole of the main job. Resolves with the worst verdict of all checks at the end. */
export async function runDemo(options: DemoOptions): Promise<Verdict> {
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1_000;
  const local = await bringUp({ ...options, mode: 'attached', demoDatabases: true });
  let pipeline: PipelineProcess | null = null;
  try {
    const config = loadConfig(local.configFile);
    await applyAll(config, options);
    pipeline = await startPipelineProcess({
      configFile: local.configFile,
      logFile: join(options.directory, 'logs', 'pipeline.log'),
    });
    options.say(`pipeline: process ${pipeline.pid}, metrics ${pipeline.url}/metrics`);
    const demo = new Demo(options, config, local, pipeline, elapsed);
    return await demo.run();
  } finally {
    options.say('shutting down');
    await pipeline?.stop();
    if (!local.stack.alreadyRunning) await local.stack.stop();
  }
}

async function applyAll(config: Config, { say, signal }: DemoOptions): Promise<void> {
  // Their tables are captured, so that they must be there first.
  await preparePostings(config, await routesOf(config));
  const { created, applied } = await applyCapture(config);
  say(
    `${created.length} topics created; connectors applied: ${applied.put.join(', ') || 'none, all are as they should be'}`,
  );
  await untilCapturing(config, signal);
}

/** One run of office, pipeline and proof. */
class Demo {
  readonly #options: DemoOptions;
  readonly #config: Config;
  readonly #pipeline: PipelineProcess;
  readonly #elapsed: () => number;
  readonly #activity: Activity;
  #applied = new Map<string, number>();
  #lookedAt = 0;

  constructor(
    options: DemoOptions,
    config: Config,
    local: LocalStack,
    pipeline: PipelineProcess,
    elapsed: () => number,
  ) {
    this.#options = options;
    this.#config = config;
    this.#pipeline = pipeline;
    this.#elapsed = elapsed;
    const { mariadb, postgres } = local.stack.addresses;
    this.#activity = createActivity({
      oa: { host: mariadb.host, port: mariadb.port, ...local.people.oa.app, database: DEMO_DATABASES.oa },
      finance: {
        host: postgres.host,
        port: postgres.port,
        ...local.people.finance.app,
        database: DEMO_DATABASES.finance,
      },
      seed: options.seed,
      rate: options.rate,
      signal: options.signal,
    });
  }

  async run(): Promise<Verdict> {
    const { actions, signal, say } = this.#options;
    const stop = new AbortController();
    const shown = Promise.all([this.#show(stop.signal), this.#untilFirstRow(stop.signal)]);
    try {
      await Promise.race([this.#activity.run(actions === null ? {} : { actions }), this.#died()]);
      if (signal.aborted) return 'inconclusive';
      const reports = await Promise.race([this.#prove(), this.#died()]);
      stop.abort();
      await shown;
      await this.#summarise();
      say(checkSummary(reports));
      return worstVerdict(reports.map(({ verdict }) => verdict));
    } finally {
      stop.abort();
      await shown;
    }
  }

  async #died(): Promise<never> {
    const how = await this.#pipeline.ended;
    throw new CounterfoilError(
      'STACK_FAILED',
      `the pipeline ended by itself (${how}); see ${this.#pipeline.logFile}`,
    );
  }

  /** On a new stack that is the snapshot of the base data, later the office's first change. */
  async #untilFirstRow(stop: AbortSignal): Promise<void> {
    while (!isOver(stop)) {
      const view = await scrape(this.#pipeline.url);
      if (view !== null && view.sum('counterfoil_events_total', { outcome: 'applied' }) > 0) {
        this.#options.say(`the first row has arrived ${this.#elapsed().toFixed(1)} s after the start`);
        return;
      }
      await sleep(100, undefined, { signal: stop }).catch(() => undefined);
    }
  }

  /** What is approved must arrive, be paid, and the payments arrive in OA: then everything is compared. */
  async #prove(): Promise<readonly CheckReport[]> {
    const { say, signal } = this.#options;
    say('the office has closed; waiting until everything has arrived and is paid');
    const routes = await routesOf(this.#config);
    const check = { signal, deadlineSeconds: this.#config.check.deadlineSeconds };
    for (let paid = -1; ;) {
      await checkRoutes(
        this.#config,
        routes.filter(({ config }) => config.source === 'oa'),
        check,
      );
      const { finance } = await this.#activity.payArrived();
      const now = Object.values(finance).reduce((sum, count) => sum + count, 0);
      if (now === paid || signal.aborted) break;
      paid = now;
    }
    return checkRoutes(this.#config, routes, check);
  }

  async #show(stop: AbortSignal): Promise<void> {
    const { signal } = this.#options;
    const every = process.stdout.isTTY ? 2_000 : 10_000;
    const end = AbortSignal.any([stop, signal]);
    while (!isOver(end)) {
      await sleep(every, undefined, { signal: end }).catch(() => undefined);
      if (isOver(end)) return;
      await this.#summarise();
    }
  }

  async #summarise(): Promise<void> {
    const view = await scrape(this.#pipeline.url);
    const seconds = this.#elapsed();
    const { url } = this.#pipeline;
    if (view === null) {
      this.#options.say(`after ${Math.round(seconds).toString()} s: ${url}/metrics does not answer`);
      return;
    }
    const rates = this.#rates(view, seconds);
    this.#options.say(
      livingSummary({
        seconds,
        url,
        routes: this.#config.routes,
        view,
        rates,
        totals: this.#activity.totals(),
      }),
    );
  }

  #rates(view: MetricsView, seconds: number): ReadonlyMap<string, number> {
    const since = seconds - this.#lookedAt;
    const rates = new Map<string, number>();
    for (const { name } of this.#config.routes) {
      const applied = view.sum('counterfoil_events_total', { route: name, outcome: 'applied' });
      rates.set(name, (applied - (this.#applied.get(name) ?? 0)) / since);
      this.#applied.set(name, applied);
    }
    this.#lookedAt = seconds;
    return rates;
  }
}

/** A function, because what an await may have changed is not known to the compiler. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
