import { randomBytes } from 'node:crypto';
import { withDeadline } from '../../../schemas/contract/deadline.ts';
import { CounterfoilError } from '../../../schemas/contract/errors.ts';
import type { Sink } from '../../../schemas/contract/ports.ts';
import type { RunChange, RunId, RunOrder } from '../../../schemas/contract/sync-run.ts';
import { tableLabel } from '../../../schemas/contract/table.ts';
import type { TableId } from '../../../schemas/contract/table.ts';
import { untilApplied, waitingRows } from '../backfill.ts';
import { checkRoutes } from '../check-routes.ts';
import { incomparable } from '../checks.ts';
import type { Route } from '../routes.ts';
import { LEASE_SECONDS } from './due-run.ts';
import { explanationOf } from './explanation.ts';
import { momentOf, orderOf, shown, SILENCE_MS, ledgerOf, untilOver } from './hand-order.ts';
import type { HandOptions, HandRun } from './hand-order.ts';

const KEEP_MS = 5_000;

/** A run that this command leads, until it leaves it to the process of a route with a schedule. */
export class LedRun {
  readonly #worker = `command/${process.pid.toString()}/${randomBytes(4).toString('hex')}`;
  readonly #keeping: NodeJS.Timeout;

  private constructor(
    private readonly route: Route,
    private readonly run: RunId,
    private readonly sink: Sink,
    private readonly where: string | null,
    private readonly options: HandOptions,
  ) {
    this.#keeping = setInterval(() => {
      this.#keep().catch(() => undefined);
    }, KEEP_MS);
  }

  static async begin(
    route: Route,
    run: RunId,
    rows: NonNullable<RunOrder['rows']>,
    options: HandOptions,
  ): Promise<LedRun> {
    const sink = ledgerOf(options.config, route);
    const led = new LedRun(route, run, sink, rows.where, options);
    try {
      await sink.prepare();
      await sink.runs.order(orderOf(run, options, { state: 'reading', dueAt: Date.now(), rows }));
      await led.#keep();
      return led;
    } catch (error) {
      await led.close();
      throw error;
    }
  }

  get name(): string {
    return this.route.name;
  }

  async finish(source: string, table: TableId, rowsRead: number): Promise<HandRun> {
    const { config, signal, timeoutSeconds, onProgress } = this.options;
    if (this.route.config.sync.mode === 'batch') {
      const dueAt = await momentOf(config, this.route);
      await this.#change({ state: 'ordered', dueAt, rowsRead }, 'release');
      clearInterval(this.#keeping);
      onProgress(`${this.run.id}: ${rowsRead.toString()} rows read; ${this.name} is to run`);
      return untilOver(this.run, this.sink, this.options);
    }
    await this.#change({ state: 'applying', rowsRead });
    onProgress(`${this.run.id}: ${rowsRead.toString()} rows read; ${this.name} applies them`);
    const applied = await withHint(this.#moves(), onProgress, this.name, () =>
      withDeadline(signal, timeoutSeconds * 1_000, (until) =>
        untilApplied(config, [this.route], source, table, until),
      ),
    );
    signal.throwIfAborted();
    if (!applied) {
      await this.give(
        'failed',
        `${this.name} has not applied the rows in ${timeoutSeconds.toString()} s; no process may run it`,
      );
      return { run: await shown(this.sink, this.run), report: null };
    }
    await this.#change({ state: 'checking' });
    const [report] = await checkRoutes(config, [this.route], {
      ...{ signal, deadlineSeconds: timeoutSeconds, tables: [tableLabel(table)] },
      ...(this.where === null ? {} : { where: this.where }),
    });
    signal.throwIfAborted();
    const waiting = await waitingRows(config, [this.route], source, table);
    const notes = [
      report === undefined ? incomparable(this.route, config) : explanationOf(report),
      rowsRead === 0 ? `no row of ${tableLabel(table)} was selected at the source` : null,
      waiting === 0 ? null : `${waiting.toString()} rows of ${tableLabel(table)} wait behind dead letters`,
    ].filter((note) => note !== null);
    const explanation = notes.length === 0 ? null : notes.join('; ');
    await this.#change({ state: 'completed', verdict: report?.verdict ?? null, explanation });
    return { run: await shown(this.sink, this.run), report: report ?? null };
  }

  /** Ends it without a verdict. Nothing happens to one that is over, or left to a process. */
  async give(state: 'failed' | 'cancelled', explanation: string): Promise<void> {
    await this.sink.runs.change(this.run, this.#worker, { state, explanation }).catch(() => false);
  }

  async close(): Promise<void> {
    clearInterval(this.#keeping);
    await this.sink.close();
  }

  async #keep(): Promise<void> {
    await this.sink.runs.keep(this.run, this.#worker, LEASE_SECONDS);
  }

  async #change(change: RunChange, release?: 'release'): Promise<void> {
    if (await this.sink.runs.change(this.run, this.#worker, change, release)) return;
    throw new CounterfoilError(
      'STALE_WRITER',
      `run ${this.run.id} of ${this.name} is no longer this command's`,
    );
  }

  /** Tells from time to time whether the route's positions have moved. */
  #moves(): () => Promise<boolean> {
    let before = '';
    return async () => {
      const positions = await this.sink.positions(this.name);
      const now = positions.map(({ next }) => next.toString()).join();
      const moved = now !== before;
      before = now;
      return moved;
    };
  }
}

/** Says once when there is no sign that a process runs the route. */
async function withHint<T>(
  moves: () => Promise<boolean>,
  onProgress: HandOptions['onProgress'],
  route: string,
  work: () => Promise<T>,
): Promise<T> {
  await moves();
  const watch = setInterval(() => {
    moves().then(
      (moved) => {
        if (moved) return;
        clearInterval(watch);
        onProgress(
          `${route} has not moved for ${(SILENCE_MS / 1_000).toString()} s: does a \`counterfoil run\` run it?`,
        );
      },
      () => undefined,
    );
  }, SILENCE_MS);
  try {
    return await work();
  } finally {
    clearInterval(watch);
  }
}
