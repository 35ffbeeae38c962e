import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile, readdir, rename } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { CounterfoilError } from '../schemas/contract/errors.ts';

/** Names one process for good: a pid alone may be given to another program later, or after a reboot. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to the start of the process. */
  readonly startTicks: number;
  readonly bootId: string;
  /** A text that must be on its command line. */
  readonly marker: string;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface SpawnRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Run as this user; only root may ask for it. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly marker: string;
}

export interface StartedProcess {
  readonly identity: ProcessIdentity;
  readonly exited: Promise<ProcessExit>;
}

const POLL_MS = 50;
const KILL_MS = 10_000;

/**
 * Starts a process that outlives this one, in a session of its own (so that a Ctrl-C at the terminal reaches only us,
 * and we end it in the right order), with both outputs in `logFile`. The log of the run before is kept beside it.
 */
export async function startProcess(request: SpawnRequest, logFile: string): Promise<StartedProcess> {
  await rename(logFile, `${logFile}.previous`).catch(() => undefined);
  const log = await open(logFile, 'a', 0o644);
  try {
    const child = spawn(request.command, request.args, {
      cwd: request.cwd,
      env: request.env,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      ...(request.user === undefined ? {} : request.user),
    });
    const exited = new Promise<ProcessExit>((resolve) => {
      child.once('exit', (code, signal) => {
        resolve({ code, signal });
      });
    });
    const pid = await spawned(child, request.command);
    const startTicks = await startTicksOf(pid);
    // It may be gone already; the identity is then of nobody, and `exited` tells.
    return {
      identity: { pid, startTicks: startTicks ?? 0, bootId: await bootId(), marker: request.marker },
      exited,
    };
  } finally {
    await log.close();
  }
}

/** Identifies a running process, for example this one. */
export async function identify(pid: number, marker: string): Promise<ProcessIdentity> {
  return { pid, startTicks: (await startTicksOf(pid)) ?? 0, bootId: await bootId(), marker };
}

/** Whether exactly this process runs (a zombie does not). */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const ticks = await startTicksOf(identity.pid);
  if (ticks === null || ticks !== identity.startTicks) return false;
  if ((await bootId()) !== identity.bootId) return false;
  const commandLine = await readFile(`/proc/${identity.pid.toString()}/cmdline`, 'utf8').catch(() => '');
  return commandLine.includes(identity.marker);
}

/** Sends a signal to the process; does nothing when it is not this process any more. */
export async function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<void> {
  if (await isAlive(identity)) send(identity.pid, signal);
}

/**
 * Kills the process with all that descend from it (PostgreSQL's are in sessions of their own, and a server whose
 * children still hold its memory cannot be started again), and resolves when all are gone.
 */
export async function killTree(identity: ProcessIdentity): Promise<void> {
  if (!(await isAlive(identity))) return;
  const tree = [identity, ...(await descendants(identity.pid))];
  for (const each of tree) send(each.pid, 'SIGKILL');
  await Promise.all(tree.map((each) => goneWithin(each, KILL_MS)));
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function descendants(root: number): Promise<readonly ProcessIdentity[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map<number, number>();
  for (const pid of pids) {
    const fields = await statFields(pid);
    if (fields !== null) parents.set(pid, Number(fields[1]));
  }
  const found = new Set([root]);
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  found.delete(root);
  return Promise.all([...found].map((pid) => identify(pid, '')));
}

/** Resolves true when the process is gone, false when it still runs after `milliseconds`. */
export async function goneWithin(identity: ProcessIdentity, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (await isAlive(identity)) {
    if (Date.now() >= deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

/**
 * Asks the process to end, and kills it with its children when it does not within the limit. Resolves when it is gone; says
 * whether it had to be killed.
 */
export async function stopProcess(
  identity: ProcessIdentity,
  signal: NodeJS.Signals,
  milliseconds: number,
): Promise<'stopped' | 'killed'> {
  await signalProcess(identity, signal);
  if (await goneWithin(identity, milliseconds)) return 'stopped';
  await killTree(identity);
  return 'killed';
}

/** The last lines of a log file; none when there is no such file. */
export async function lastLines(file: string, count: number): Promise<readonly string[]> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return [];
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, 1024 * (count + 64));
    const { buffer } = await handle.read({ buffer: Buffer.alloc(length), position: size - length });
    const lines = buffer.toString('utf8').split('\n');
    if (lines.at(-1) === '') lines.pop();
    return lines.slice(-count);
  } finally {
    await handle.close();
  }
}

async function spawned(child: ChildProcess, command: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => {
      reject(
        new CounterfoilError('STACK_FAILED', `cannot start ${command}: ${error.message}`, { cause: error }),
      );
    });
  });
  child.unref();
  return child.pid ?? 0;
}

/** When the process started, in clock ticks; null when there is no such process or it is a zombie. */
async function startTicksOf(pid: number): Promise<number | null> {
  const fields = await statFields(pid);
  return fields === null || fields[0] === 'Z' || fields[0] === 'X' ? null : Number(fields[19]);
}

/** The fields of /proc/<pid>/stat from the third on (state, parent, …); null when there is no such process. */
async function statFields(pid: number): Promise<readonly string[] | null> {
  const stat = await readFile(`/proc/${pid.toString()}/stat`, 'utf8').catch(() => null);
  // The second field is the command in parentheses and may hold blanks and parentheses itself.
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

let knownBootId: string | undefined;

async function bootId(): Promise<string> {
  knownBootId ??= (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  return knownBootId;
}
