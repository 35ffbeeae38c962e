import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessIdentity } from './process.ts';
import type { PartName, Ports, StackAddresses } from './stack-types.ts';

/** How a part is ended by whoever comes later and knows only the state file. */
export interface PartRecord {
  readonly process: ProcessIdentity;
  readonly stopSignal: NodeJS.Signals;
  readonly stopMilliseconds: number;
}

const STATE_VERSION = 1;

/** What a stack leaves in its folder for the commands that come later. */
export interface StackState {
  readonly version: typeof STATE_VERSION;
  readonly name: string;
  /** `starting` until every part has answered. */
  readonly phase: 'starting' | 'running' | 'stopping' | 'stopped';
  /** Attached: the stack is to live no longer than its launcher. */
  readonly mode: 'attached' | 'detached';
  readonly launcher: ProcessIdentity;
  readonly startedAt: string;
  readonly ports: Ports;
  readonly addresses: StackAddresses;
  readonly parts: Readonly<Partial<Record<PartName, PartRecord>>>;
}

/** The state, or null when the folder has none (or an unreadable one, as after a full disk). */
export async function readState(directory: string): Promise<StackState | null> {
  try {
    const state = JSON.parse(await readFile(stateFile(directory), 'utf8')) as { version: number };
    return state.version === STATE_VERSION ? (state as StackState) : null;
  } catch {
    return null;
  }
}

/** Replaces the state at one stroke. Only the owner may read it: it holds the passwords. */
export async function writeState(directory: string, state: StackState): Promise<void> {
  const file = stateFile(directory);
  await writeFile(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}

function stateFile(directory: string): string {
  return join(directory, 'state.json');
}

export function logFile(directory: string, part: PartName): string {
  return join(directory, 'logs', `${part}.log`);
}
