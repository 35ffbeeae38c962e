import { readFileSync, readdirSync } from 'node:fs';
import type { FreshMirror } from '../../test/support/fresh-mirror.ts';

/** Seconds of processor time that the servers of both databases have used since they were started. */
export interface ServerTimes {
  readonly mariadb: number;
  readonly postgres: number;
}

/** The kernel counts in hundredths of a second, whatever the machine. */
const TICKS_PER_SECOND = 100;

/** Finds the processes of both servers; they have to run on this machine. */
export async function serverTimes({ source, target }: FreshMirror): Promise<() => ServerTimes> {
  const [variables] = await source.query('SELECT @@pid_file AS file, @@datadir AS folder');
  const path = String(variables?.['file']);
  const file = path.startsWith('/') ? path : `${String(variables?.['folder'])}/${path}`;
  const mariadb = Number(readFileSync(file, 'utf8'));
  const [backend] = await target.query('SELECT pg_backend_pid() AS pid');
  const postmaster = statOf(Number(backend?.['pid']))?.parent ?? 0;
  return () => ({ mariadb: statOf(mariadb)?.own ?? 0, postgres: treeSeconds(postmaster) });
}

/** Of a process and its children, those that have ended included. */
function treeSeconds(parent: number): number {
  const root = statOf(parent);
  let seconds = (root?.own ?? 0) + (root?.ended ?? 0);
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? statOf(Number(entry)) : null;
    if (stat?.parent === parent) seconds += stat.own;
  }
  return seconds;
}

interface Stat {
  readonly parent: number;
  readonly own: number;
  /** Of children that have ended. */
  readonly ended: number;
}

function statOf(process: number): Stat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${process.toString()}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The name before it may hold anything, a parenthesis included.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const ticks = (at: number) => (fields[at] ?? 0) / TICKS_PER_SECOND;
  return { parent: fields[1] ?? 0, own: ticks(11) + ticks(12), ended: ticks(13) + ticks(14) };
}
