import { readFileSync } from 'node:fs';
import type { FreshMirror } from '../../test/support/fresh-mirror.ts';
import { ownSeconds, parentOf, treeSeconds } from '../machine/processor-time.ts';

/** Seconds of processor time that the servers of both databases have used since they were started. */
export interface ServerTimes {
  readonly mariadb: number;
  readonly postgres: number;
}

/** Finds the processes of both servers; they have to run on this machine. */
export async function serverTimes({ source, target }: FreshMirror): Promise<() => ServerTimes> {
  const [variables] = await source.query('SELECT @@pid_file AS file, @@datadir AS folder');
  const path = String(variables?.['file']);
  const file = path.startsWith('/') ? path : `${String(variables?.['folder'])}/${path}`;
  const mariadb = Number(readFileSync(file, 'utf8'));
  const [backend] = await target.query('SELECT pg_backend_pid() AS pid');
  const postmaster = parentOf(Number(backend?.['pid'])) ?? 0;
  return () => ({ mariadb: ownSeconds(mariadb), postgres: treeSeconds(postmaster) });
}
