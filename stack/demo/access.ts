import mysql from 'mysql2/promise';
import pg from 'pg';

/** Where a database server is and who connects; `database` is the one that is selected. */
export interface DatabaseAccess {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** The server alone, for those who create databases. */
export type ServerAccess = Omit<DatabaseAccess, 'database'>;

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * A MariaDB connection as the demo's programs use it: 64-bit integers and decimals as strings, dates as they are
 * stored, TIMESTAMP in China's time, errors instead of silently shortened values.
 */
export async function openMariaDb(
  access: ServerAccess & { readonly database?: string },
  options: { readonly multipleStatements?: boolean } = {},
): Promise<mysql.Connection> {
  const connection = await mysql.createConnection({
    ...access,
    charset: 'utf8mb4',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...options,
  });
  // Without a listener a connection that is lost while idle would end the process; the next query reports it.
  connection.on('error', () => undefined);
  try {
    await connection.query(
      "SET SESSION time_zone = '+08:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
    );
  } catch (error) {
    connection.destroy();
    throw error;
  }
  return connection;
}

/** A PostgreSQL connection in China's time. pg gives bigint and numeric as strings, which is what we want. */
export async function openPostgres(access: DatabaseAccess): Promise<pg.Client> {
  const client = new pg.Client({
    ...access,
    application_name: 'counterfoil-demo',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    options: '-c TimeZone=Asia/Shanghai',
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
