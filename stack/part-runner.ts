import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { withDeadline } from '../schemas/contract/deadline.ts';
import { CounterfoilError } from '../schemas/contract/errors.ts';
import type { Part } from './parts/part.ts';
import {
  goneWithin,
  isAlive,
  killTree,
  lastLines,
  signalProcess,
  startProcess,
  stopProcess,
  type ProcessExit,
  type ProcessIdentity,
  type SpawnRequest,
} from './process.ts';
import { untilReady } from './readiness.ts';
import { logFile, type PartRecord } from './state.ts';
import type { PartExit, PartName } from './stack-types.ts';

const LOG_LINES = 15;
/** A process of another launcher tells nobody when it ends: it is looked at this often. */
const WATCH_MS = 500;

/** One part's process from start to end. */
export class PartRunner {
  readonly part: Part;
  readonly #directory: string;
  readonly #onExit: (exit: PartExit) => void;
  #process: ProcessIdentity | null = null;
  #exited: Promise<ProcessExit> | null = null;
  #stopping = false;

  /** `onExit` is called when the process ends without having been asked to by {@link stop}. */
  constructor(part: Part, directory: string, onExit: (exit: PartExit) => void) {
    this.part = part;
    this.#directory = directory;
    this.#onExit = onExit;
  }

  get record(): PartRecord | null {
    if (this.#process === null) return null;
    return {
      process: this.#process,
      stopSignal: this.part.stopSignal,
      stopMilliseconds: this.part.stopMilliseconds,
    };
  }

  async spawn(): Promise<void> {
    this.#stopping = false;
    const started = await startProcess(this.part.process, logFile(this.#directory, this.part.name));
    this.#process = started.identity;
    this.#watch(started.exited);
  }

  /** Takes over a process that another launcher started. */
  adopt(identity: ProcessIdentity): void {
    this.#process = identity;
    this.#watch(watchForeign(identity));
  }

  /** Resolves when the part answers. Throws STACK_FAILED, naming the part, when it ends or is too slow. */
  async untilReady(milliseconds: number, signal: AbortSignal): Promise<void> {
    const own = new AbortController();
    const ended = this.#exited?.then(() => {
      own.abort();
    });
    const isReady = await withDeadline(AbortSignal.any([own.signal, signal]), milliseconds, async (until) => {
      try {
        await untilReady(this.part.probe, until);
        // Another program on the same port may have answered while ours was failing to bind it.
        if (this.#process !== null && (await isAlive(this.#process))) return true;
        await ended;
      } catch (error) {
        signal.throwIfAborted();
        if (!until.aborted) throw error;
      }
      return false;
    });
    if (isReady) return;
    const log = await lastLines(logFile(this.#directory, this.part.name), LOG_LINES);
    throw own.signal.aborted
      ? exitError({
          cause: 'failed',
          part: this.part.name,
          code: null,
          signal: null,
          log,
          ...(await this.#exited),
        })
      : notReadyError(this.part.name, milliseconds, log);
  }

  /** Ends the part in good order, or by force after `milliseconds` or its own limit; resolves to whether it ran. */
  async stop(milliseconds = Number.POSITIVE_INFINITY): Promise<boolean> {
    if (this.#process === null) return false;
    this.#stopping = true;
    const ran = await isAlive(this.#process);
    const limit = Math.min(milliseconds, this.part.stopMilliseconds);
    await stopProcess(this.#process, this.part.stopSignal, limit);
    this.#process = null;
    return ran;
  }

  /** Ends the process as an accident would; resolves when it is gone, or at once for a signal that ends nothing. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    if (this.#process === null) return;
    const victim = this.#process;
    if (signal === 'SIGKILL') return killTree(victim);
    await signalProcess(victim, signal);
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return;
    await goneWithin(victim, this.part.stopMilliseconds);
  }

  /** The last act of a dying launcher: no waiting is possible any more. */
  killNow(): void {
    if (this.#process === null) return;
    try {
      process.kill(-this.#process.pid, 'SIGKILL');
    } catch {
      // gone already
    }
  }

  async isAlive(): Promise<boolean> {
    return this.#process !== null && (await isAlive(this.#process));
  }

  #watch(exited: Promise<ProcessExit>): void {
    this.#exited = exited;
    void exited.then(async ({ code, signal }) => {
      if (this.#exited === exited) this.#process = null;
      if (this.#stopping || this.#exited !== exited) return;
      const log = await lastLines(logFile(this.#directory, this.part.name), LOG_LINES);
      this.#onExit({ cause: 'failed', part: this.part.name, code, signal, log });
    });
  }
}

function watchForeign(identity: ProcessIdentity): Promise<ProcessExit> {
  return new Promise((resolve) => {
    const look = async (): Promise<void> => {
      if (await isAlive(identity)) setTimeout(() => void look(), WATCH_MS).unref();
      else resolve({ code: null, signal: null });
    };
    void look();
  });
}

/** What happened, to which part, with the end of its log, and what to do about it. */
export function exitError(exit: PartExit): CounterfoilError {
  const how =
    exit.signal !== null
      ? `by ${exit.signal}`
      : exit.code !== null
        ? `with exit code ${exit.code.toString()}`
        : 'unexpectedly';
  return new CounterfoilError('STACK_FAILED', `${exit.part} ended ${how}${quoted(exit.log)}`, {
    remedy: remedyFor(exit.log),
  });
}

function notReadyError(part: PartName, milliseconds: number, log: readonly string[]): CounterfoilError {
  const seconds = Math.round(milliseconds / 1000).toString();
  return new CounterfoilError('STACK_FAILED', `${part} did not answer within ${seconds} s${quoted(log)}`, {
    remedy: 'look at its log; a slow or busy machine may need a longer limit',
  });
}

function quoted(log: readonly string[]): string {
  return log.length === 0
    ? '; it wrote no log'
    : `; its last lines:\n${log.map((line) => `  ${line}`).join('\n')}`;
}

const PORT_TAKEN = /address (already )?in use|BindException|Bind on TCP\/IP port/i;
const DISK_FULL = /no space left on device|disk is full|errno: 28|ENOSPC/i;
const NO_MEMORY = /OutOfMemoryError|cannot allocate memory|insufficient memory/i;

function remedyFor(log: readonly string[]): string {
  const text = log.join('\n');
  if (PORT_TAKEN.test(text)) return 'another program took its port; start again, or ask for other ports';
  if (DISK_FULL.test(text)) return "the disk is full: make room where the stack's folder is and start again";
  if (NO_MEMORY.test(text)) return 'the machine lacks memory: the stack needs about 3 GB';
  return 'see its log for the reason';
}

/** Runs a helper program to its end. Throws STACK_FAILED with its last lines when it fails; kills it when aborted. */
export async function runHelper(request: SpawnRequest, part: PartName, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const child = spawn(request.command, request.args, {
    cwd: request.cwd,
    env: request.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(request.user ?? {}),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
    });
  }
  const kill = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  signal.addEventListener('abort', kill, { once: true });
  try {
    const [code, endedBy] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    signal.throwIfAborted();
    if (code === 0) return;
    const log = output.trimEnd().split('\n').slice(-LOG_LINES);
    throw exitError({ cause: 'failed', part, code, signal: endedBy, log });
  } catch (error) {
    if (error instanceof CounterfoilError) throw error;
    signal.throwIfAborted();
    throw new CounterfoilError('STACK_FAILED', `${part}: cannot run ${request.command}: ${String(error)}`, {
      cause: error,
    });
  } finally {
    signal.removeEventListener('abort', kill);
  }
}
