import { mkdir, realpath, statfs, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CounterfoilError } from '../schemas/contract/errors.ts';
import { provideArtifacts } from './artifacts.ts';
import { endLeftovers, livingParts } from './leftovers.ts';
import { acquireLock } from './lock.ts';
import { runHelper } from './part-runner.ts';
import type { PartContext, PluginPlace } from './parts/part.ts';
import { DEFAULT_PORTS, isPortFree, reservePorts } from './ports.ts';
import { DEFAULT_SHARED_FOLDER, placePostgres } from './postgres-place.ts';
import { findJdk, requirePrerequisites } from './prerequisites.ts';
import { identify, isAlive } from './process.ts';
import { RunningStack } from './running-stack.ts';
import { addressesOf, stackPasswords } from './stack-parts.ts';
import { readState, type StackState } from './state.ts';
import { PART_NAMES, type Environment, type Ports, type StackReporter } from './stack-types.ts';

export interface StackOptions {
  /** The stack's folder, for example `.counterfoil/demo`; created when missing. Its last part is the stack's name. */
  readonly directory: string;
  readonly environment: Environment;
  readonly report?: StackReporter;
  /**
   * `attached` (default): the parts end with this process, which must call {@link RunningStack.stop}; should it be
   * killed, the next start cleans up. `detached`: the parts stay until `stopStack`.
   */
  readonly mode?: 'attached' | 'detached';
  /** Ports to try first; a taken one gives way to the next free one. */
  readonly ports?: Partial<Ports>;
  /** Default true. False: commits do not wait for the disk; for tests that never pull the plug. */
  readonly durable?: boolean;
  readonly cacheFolder?: string;
  /** Where root puts what PostgreSQL's user must reach; default /var/lib/counterfoil. */
  readonly sharedFolder?: string;
  /** How long one part may take to answer; default 180 s. */
  readonly readyMilliseconds?: number;
  /** Puts further plugins for Connect into a folder, as jars in folders of their own, before the worker starts. */
  readonly addPlugins?: (place: PluginPlace) => Promise<void>;
  /** Ends the start: everything that was started is stopped, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const PORT_ATTEMPTS = 4;
/** How long a part that was never ready may take to end in good order. */
const HURRY_MS = 3_000;
const ROOM_NEEDED = 600e6;

/**
 * Starts the local stack and resolves when every part answers; or gives the one that runs in this folder already.
 * Throws PREREQUISITE_MISSING or STACK_FAILED (which part, the end of its log, what to do); nothing is left running.
 */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  await requirePrerequisites(options.environment, ['platform', 'node']);
  const report = options.report ?? (() => undefined);
  const directory = await stackFolder(options.directory);
  const lock = await acquireLock(
    `stack ${directory}`,
    () => {
      report({ type: 'waiting', reason: 'another process is starting or stopping this stack' });
    },
    options.signal,
  );
  try {
    const state = await readState(directory);
    const running = state === null ? null : await whenRunning(state);
    if (running !== null) {
      const never = new AbortController().signal;
      const context = await partContext(directory, running.ports, options, report, never);
      return new RunningStack(context, running, runningOptions(options, report, true));
    }
    const sharedFolder = options.sharedFolder ?? DEFAULT_SHARED_FOLDER;
    const { parts, any } = await endLeftovers(directory, sharedFolder, state, report);
    if (any) report({ type: 'cleaned-up', parts });
    return await launch(directory, state, options, report);
  } finally {
    await lock.release();
  }
}

async function stackFolder(path: string): Promise<string> {
  try {
    for (const folder of ['logs', 'config', 'data']) await mkdir(join(path, folder), { recursive: true });
    await writeFile(join(path, '.gitignore'), '*\n');
    const directory = await realpath(path);
    const { bavail, bsize } = await statfs(directory);
    if (bavail * bsize < ROOM_NEEDED) throw diskFull(directory);
    return directory;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw diskFull(path);
    if (error instanceof CounterfoilError) throw error;
    throw new CounterfoilError('STACK_FAILED', `cannot use the folder ${path}: ${String(error)}`, {
      cause: error,
    });
  }
}

function diskFull(directory: string): CounterfoilError {
  return new CounterfoilError('STACK_FAILED', `the disk of ${directory} is full, or nearly so`, {
    remedy: `make room: a stack needs at least ${(ROOM_NEEDED / 1e6).toString()} MB`,
  });
}

/** The state when all of its parts run and, for an attached stack, its launcher too. */
async function whenRunning(state: StackState): Promise<StackState | null> {
  if (state.phase !== 'running') return null;
  if (state.mode === 'attached' && !(await isAlive(state.launcher))) return null;
  return (await livingParts(state)).length === PART_NAMES.length ? state : null;
}

async function launch(
  directory: string,
  last: StackState | null,
  options: StackOptions,
  report: StackReporter,
): Promise<RunningStack> {
  let wanted: Ports = { ...DEFAULT_PORTS, ...last?.ports, ...options.ports };
  for (let attempt = 1; ; attempt++) {
    const reserved = await reservePorts(wanted);
    const abort = new AbortController();
    const signal =
      options.signal === undefined ? abort.signal : AbortSignal.any([abort.signal, options.signal]);
    try {
      reportMoves(wanted, reserved.ports, report);
      wanted = reserved.ports;
      const context = await partContext(directory, reserved.ports, options, report, signal);
      const state = await firstState(context, options);
      const stack = new RunningStack(context, state, runningOptions(options, report, false));
      try {
        await stack.launch(abort, signal);
        return stack;
      } catch (error) {
        await stack.stop(HURRY_MS);
        const taken = await takenByOthers(reserved.ports);
        if (options.signal?.aborted === true || taken.length === 0 || attempt === PORT_ATTEMPTS) throw error;
        report({ type: 'waiting', reason: `port ${taken.join(', ')} was taken meanwhile; trying others` });
      }
    } finally {
      await reserved.release();
    }
  }
}

function runningOptions(options: StackOptions, report: StackReporter, alreadyRunning: boolean) {
  return { report, alreadyRunning, readyMilliseconds: options.readyMilliseconds ?? 180_000 };
}

function reportMoves(wanted: Ports, given: Ports, report: StackReporter): void {
  for (const port of Object.keys(wanted) as (keyof Ports)[]) {
    const [from, to] = [wanted[port], given[port]];
    if (from !== to) report({ type: 'port-moved', port, from, to });
  }
}

/** Asked when our parts are stopped: a port that is not free now is held by another program. */
async function takenByOthers(ports: Ports): Promise<readonly number[]> {
  const checked = await Promise.all(
    Object.values(ports).map(async (port) => ((await isPortFree(port)) ? null : port)),
  );
  return checked.filter((port) => port !== null);
}

async function firstState(context: PartContext, options: StackOptions): Promise<StackState> {
  return {
    version: 1,
    name: context.stackName,
    phase: 'starting',
    mode: options.mode ?? 'attached',
    launcher: await identify(process.pid, ''),
    startedAt: new Date().toISOString(),
    ports: context.ports,
    addresses: context.addresses,
    parts: {},
  };
}

async function partContext(
  directory: string,
  ports: Ports,
  options: StackOptions,
  report: StackReporter,
  signal: AbortSignal,
): Promise<PartContext> {
  const { environment, cacheFolder } = options;
  const jdk = await findJdk(environment);
  const artifacts = await provideArtifacts({ environment, cacheFolder, report, signal });
  await mkdir(artifacts.sharedClasses, { recursive: true });
  const asRoot = process.getuid?.() === 0;
  const place = await placePostgres(
    artifacts,
    directory,
    asRoot,
    options.sharedFolder ?? DEFAULT_SHARED_FOLDER,
  );
  return {
    stackName: basename(directory),
    directory,
    postgresData: place.data,
    postgresHome: place.home,
    postgresUser: place.user,
    artifacts,
    jdk,
    ports,
    addresses: addressesOf(ports, await stackPasswords(directory)),
    durable: options.durable ?? true,
    asRoot,
    addPlugins: async (place) => options.addPlugins?.({ ...place, signal }),
    run: (request, part) => runHelper(request, part, signal),
  };
}
