import mysql from 'mysql2/promise';
import type { Connection } from 'mysql2/promise';
import pg from 'pg';
import type { DatabaseTls } from '../config/setting-types.ts';
import { driverTls } from '../config/tls.ts';

/** Where a server is and who connects. */
export interface Access {
  readonly host: string;
  readonly port: number;
  readonly tls?: DatabaseTls | undefined;
  readonly user: string;
  readonly password: string;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** Runs `work` on a connection of its own, which it ends. Throws what the driver throws. */
export async function withPostgres<T>(
  { host, port, tls, user, password, database }: Access & { readonly database: string },
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    ...{ host, port, user, password, database },
    ssl: driverTls(tls, host),
    application_name: 'counterfoil',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // A connection that breaks between two questions fails the next one; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The same for MariaDB and MySQL; 64-bit numbers, decimals and dates are texts. */
export async function withMysql<T>(
  { host, port, tls, user, password }: Access,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const ssl = driverTls(tls, host);
  const connection = await mysql.createConnection({
    ...{ host, port, user, password },
    ...(ssl === undefined ? {} : { ssl }),
    charset: 'utf8mb4',
    connectTimeout: CONNECT_TIMEOUT_MS,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
  });
  connection.on('error', () => undefined);
  try {
    return await work(connection);
  } finally {
    await connection.end().catch(() => undefined);
  }
}
