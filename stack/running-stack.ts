import { CounterfoilError } from '../schemas/contract/errors.ts';
import { stopRecorded } from './leftovers.ts';
import { PartRunner } from './part-runner.ts';
import type { PartContext } from './parts/part.ts';
import { partNamed, STOP_ORDER } from './stack-parts.ts';
import { readState, writeState, type StackState } from './state.ts';
import {
  PART_NAMES,
  type PartExit,
  type PartName,
  type StackAddresses,
  type StackReporter,
} from './stack-types.ts';

type ExitListener = (exit: PartExit) => void;

/** A stack that runs, as the process that started it (or found it running) sees it. */
export class RunningStack {
  readonly directory: string;
  readonly addresses: StackAddresses;
  /** True when another process had started it before: whoever gets such a handle had better not stop it. */
  readonly alreadyRunning: boolean;
  readonly #runners: ReadonlyMap<PartName, PartRunner>;
  readonly #report: StackReporter;
  readonly #listeners = new Set<ExitListener>();
  #state: StackState;
  #writing: Promise<void> = Promise.resolve();
  #readyMilliseconds: number;

  /** For the launcher; see `startStack`. */
  constructor(
    context: PartContext,
    state: StackState,
    options: { report: StackReporter; readyMilliseconds: number; alreadyRunning: boolean },
  ) {
    this.directory = context.directory;
    this.addresses = state.addresses;
    this.alreadyRunning = options.alreadyRunning;
    this.#state = state;
    this.#report = options.report;
    this.#readyMilliseconds = options.readyMilliseconds;
    this.#runners = new Map(
      PART_NAMES.map((name) => [
        name,
        new PartRunner(partNamed(name, context), context.directory, (exit) => {
          void this.#partEnded(exit);
        }),
      ]),
    );
    if (!options.alreadyRunning) return;
    for (const [name, runner] of this.#runners) {
      const record = state.parts[name];
      if (record !== undefined) runner.adopt(record.process);
    }
  }

  get name(): string {
    return this.#state.name;
  }

  /** Calls `listener` for every part that ends though this handle did not stop it. Returns how to stop listening. */
  onPartExit(listener: ExitListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /**
   * Starts all parts at once: those that need Kafka try until it answers, and meanwhile their JVMs load (measured: 22 s
   * rather than 30 s for all, on two busy cores). For the launcher, which stops the rest when one fails.
   */
  async launch(abort: AbortController, signal: AbortSignal): Promise<void> {
    process.once('exit', this.#killAll);
    const start = async (runner: PartRunner): Promise<void> => {
      try {
        await runner.part.prepare();
        signal.throwIfAborted();
        await this.#startPart(runner, signal);
      } catch (error) {
        abort.abort(error);
      }
    };
    await Promise.all([...this.#runners.values()].map(start));
    signal.throwIfAborted();
    await this.#save({ phase: 'running' });
    // From here on the parts of a detached stack outlive this process.
    if (this.#state.mode === 'detached') process.removeListener('exit', this.#killAll);
  }

  /** Ends a part as an accident would (default: kill -9) and waits until it is gone. Its exit is reported as any other. */
  async killPart(name: PartName, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.#runner(name).kill(signal);
  }

  /** Stops the part if it runs, starts it on the same port and data, and waits until it answers. */
  async restartPart(name: PartName): Promise<void> {
    const runner = this.#runner(name);
    await runner.stop();
    await runner.part.prepare();
    await this.#startPart(runner, new AbortController().signal);
  }

  async isPartAlive(name: PartName): Promise<boolean> {
    return this.#runner(name).isAlive();
  }

  /** Stops all parts in order, each within `milliseconds` and its own limit, and waits until they are gone. */
  async stop(milliseconds = Number.POSITIVE_INFINITY): Promise<void> {
    // A full disk must not keep the parts running: the state is written as well as it can be.
    await this.#save({ phase: 'stopping' }).catch(() => undefined);
    const stopped = (part: PartName): void => {
      this.#report({ type: 'part-stopped', part });
    };
    for (const group of STOP_ORDER) {
      await Promise.all(
        group.map(async (name) => {
          if (await this.#runner(name).stop(milliseconds)) stopped(name);
        }),
      );
    }
    // Parts that another handle has started anew.
    await stopRecorded(this.#state, stopped);
    process.removeListener('exit', this.#killAll);
    await this.#save({ phase: 'stopped', parts: {} }).catch(() => undefined);
  }

  async #startPart(runner: PartRunner, signal: AbortSignal): Promise<void> {
    const { name } = runner.part;
    const began = performance.now();
    this.#report({ type: 'part-starting', part: name });
    await runner.spawn();
    const { record } = runner;
    if (record !== null) await this.#save({ parts: { [name]: record } });
    await runner.untilReady(this.#readyMilliseconds, signal);
    this.#report({ type: 'part-ready', part: name, seconds: (performance.now() - began) / 1000 });
  }

  /**
   * States are written one after the other, each from what is on disk, for another handle may have restarted a part.
   * `parts` given as {} forgets them all.
   */
  #save(change: Partial<Pick<StackState, 'phase' | 'parts'>>): Promise<void> {
    const before = this.#writing.catch(() => undefined);
    this.#writing = before.then(async () => {
      const known = { ...this.#state.parts, ...(await this.#partsOnDisk()) };
      const forget = change.parts !== undefined && Object.keys(change.parts).length === 0;
      this.#state = { ...this.#state, ...change, parts: forget ? {} : { ...known, ...change.parts } };
      await writeState(this.directory, this.#state);
    });
    return this.#writing;
  }

  async #partsOnDisk(): Promise<StackState['parts']> {
    const onDisk = await readState(this.directory);
    return onDisk?.startedAt === this.#state.startedAt ? onDisk.parts : {};
  }

  async #partEnded(exit: PartExit): Promise<void> {
    const onDisk = await readState(this.directory);
    const cause = onDisk !== null && onDisk.phase.startsWith('stop') ? 'stack-stopped' : exit.cause;
    for (const listener of this.#listeners) listener({ ...exit, cause });
  }

  readonly #killAll = (): void => {
    for (const runner of this.#runners.values()) runner.killNow();
  };

  #runner(name: PartName): PartRunner {
    const runner = this.#runners.get(name);
    if (runner === undefined) throw new CounterfoilError('INTERNAL', `the stack has no part ${name}`);
    return runner;
  }
}
