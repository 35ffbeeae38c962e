import mysql from 'mysql2/promise';
import pg from 'pg';
import type { FreshMirror } from '../../test/support/fresh-mirror.ts';
import { testStack } from '../../test/support/stack-file.ts';

/** Sessions of administrators, of which the product knows nothing. */
export interface Sessions {
  /** What it writes is in no binlog. */
  readonly silentSource: mysql.Connection;
  readonly target: pg.Client;
  close(): Promise<void>;
}

export async function openSessions({ name }: FreshMirror): Promise<Sessions> {
  const silentSource = await openSource(name);
  await silentSource.query('SET SESSION sql_log_bin = 0');
  const target = new pg.Client({ ...addressOf('postgres'), database: name });
  target.on('error', () => undefined);
  await target.connect();
  return {
    silentSource,
    target,
    close: async () => {
      await silentSource.end();
      await target.end();
    },
  };
}

/** A session of an office's program. */
export async function openSource(database: string): Promise<mysql.Connection> {
  const source = await mysql.createConnection({ ...addressOf('mariadb'), database });
  source.on('error', () => undefined);
  await source.query("SET SESSION time_zone = '+00:00'");
  return source;
}

export function addressOf(system: 'mariadb' | 'postgres') {
  const { host, port, user, password } = testStack()[system];
  return { host, port, user, password };
}
