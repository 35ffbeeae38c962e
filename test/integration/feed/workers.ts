import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { FreshMirror } from '../../support/fresh-mirror.ts';
import type { FeedOrder } from './worker.ts';

export type End = string | number;

/** Processes that tell the claims of one feed. */
export class FeedWorkers {
  readonly #order: FeedOrder;
  readonly #running = new Set<ChildProcess>();

  /** To a topic of the mirror's own, or to an endpoint. */
  constructor({ name, plan, configFile }: FreshMirror, gateway?: string) {
    const namespace = plan.namespace.replace('*', name);
    this.#order = { configFile, feed: `${name}_feed`, prefix: name, namespace, gateway };
  }

  start(killAt?: string): ChildProcess {
    const given = JSON.stringify({ ...this.#order, killAt });
    const worker = spawn(process.execPath, ['--import', 'tsx', 'test/integration/feed/worker.ts', given], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    this.#running.add(worker);
    return worker;
  }

  async ended(worker: ChildProcess): Promise<End> {
    if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'exit');
    this.#running.delete(worker);
    return worker.signalCode ?? worker.exitCode ?? 'running';
  }

  end(worker: ChildProcess, signal: NodeJS.Signals): Promise<End> {
    worker.kill(signal);
    return this.ended(worker);
  }

  async killAll(): Promise<void> {
    await Promise.all([...this.#running].map((worker) => this.end(worker, 'SIGKILL')));
  }
}
