import { realpath, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CounterfoilError } from '../schemas/contract/errors.ts';
import { endLeftovers } from './leftovers.ts';
import { acquireLock } from './lock.ts';
import { DEFAULT_SHARED_FOLDER, postgresDataFolders } from './postgres-place.ts';
import { isAlive, lastLines } from './process.ts';
import { logFile, readState, writeState } from './state.ts';
import { PART_NAMES, type PartName, type StackAddresses, type StackReporter } from './stack-types.ts';

export interface StopOptions {
  readonly report?: StackReporter;
  readonly sharedFolder?: string;
  readonly signal?: AbortSignal;
}

export interface PartStatus {
  readonly part: PartName;
  readonly alive: boolean;
  /** Null when it does not run. */
  readonly pid: number | null;
  readonly port: number;
  readonly log: string;
}

/**
 * `absent`: there is no such stack, or it was stopped. `degraded`: some part does not run. `abandoned`: its launcher was
 * killed and parts may be left; the next start or stop cleans up.
 */
export type StackCondition = 'absent' | 'starting' | 'running' | 'stopping' | 'degraded' | 'abandoned';

export interface StackStatus {
  readonly directory: string;
  readonly name: string;
  readonly condition: StackCondition;
  readonly startedAt: string | null;
  readonly parts: readonly PartStatus[];
  readonly addresses: StackAddresses | null;
}

/**
 * Stops the stack of a folder, whoever started it, and whatever an earlier one left behind; its data stays. Resolves,
 * when no process is left, to whether there was anything to stop.
 */
export async function stopStack(directory: string, options: StopOptions = {}): Promise<boolean> {
  const report = options.report ?? (() => undefined);
  const folder = await realpath(directory).catch(() => null);
  if (folder === null) return false;
  const lock = await acquireLock(
    `stack ${folder}`,
    () => {
      report({ type: 'waiting', reason: 'another process is starting or stopping this stack' });
    },
    options.signal,
  );
  try {
    const state = await readState(folder);
    if (state !== null) await writeState(folder, { ...state, phase: 'stopping' });
    const { any } = await endLeftovers(folder, options.sharedFolder ?? DEFAULT_SHARED_FOLDER, state, report);
    if (state !== null) await writeState(folder, { ...state, phase: 'stopped', parts: {} });
    return any;
  } finally {
    await lock.release();
  }
}

/** Stops the stack and deletes its folder, with all data; resolves to whether there was anything to stop. */
export async function removeStack(directory: string, options: StopOptions = {}): Promise<boolean> {
  const any = await stopStack(directory, options);
  const folder = await realpath(directory).catch(() => null);
  if (folder === null) return any;
  const [, shared] = postgresDataFolders(folder, options.sharedFolder ?? DEFAULT_SHARED_FOLDER);
  await rm(folder, { recursive: true, force: true });
  await rm(dirname(shared), { recursive: true, force: true });
  return any;
}

/** What runs of the stack of a folder. Asks the system about the processes, not the parts whether they answer. */
export async function stackStatus(directory: string): Promise<StackStatus> {
  const folder = await realpath(directory).catch(() => directory);
  const state = await readState(folder);
  const name = folder.split('/').at(-1) ?? folder;
  if (state === null) {
    return { directory: folder, name, condition: 'absent', startedAt: null, parts: [], addresses: null };
  }
  const parts = await Promise.all(
    PART_NAMES.map(async (part): Promise<PartStatus> => {
      const process = state.parts[part]?.process;
      const alive = process !== undefined && (await isAlive(process));
      return {
        part,
        alive,
        pid: alive ? process.pid : null,
        port: state.ports[part],
        log: logFile(folder, part),
      };
    }),
  );
  const alive = parts.filter((part) => part.alive).length;
  const launcherAlive = await isAlive(state.launcher);
  const condition = ((): StackCondition => {
    const launcherNeeded = state.mode === 'attached' || state.phase !== 'running';
    if (launcherNeeded && !launcherAlive) return alive > 0 ? 'abandoned' : 'absent';
    if (state.phase === 'stopped') return 'absent';
    if (state.phase !== 'running') return state.phase;
    return alive === PART_NAMES.length ? 'running' : 'degraded';
  })();
  const addresses = condition === 'absent' ? null : state.addresses;
  return { directory: folder, name: state.name, condition, startedAt: state.startedAt, parts, addresses };
}

/** The last lines of a part's log; those of the run before when `previous`. Throws when the name is no part's. */
export async function readLogs(
  directory: string,
  part: PartName,
  lines: number,
  previous = false,
): Promise<readonly string[]> {
  if (!PART_NAMES.includes(part)) {
    throw new CounterfoilError('CONFIGURATION_INVALID', `the stack has no part named ${part}`, {
      remedy: `choose one of ${PART_NAMES.join(', ')}`,
    });
  }
  const file = logFile(directory, part);
  return lastLines(previous ? `${file}.previous` : file, lines);
}
