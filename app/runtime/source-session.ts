import mysql from 'mysql2/promise';
import pg from 'pg';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { SourceConfig } from '../config/schema.ts';

/** A connection to a source for a few statements. Values are bound as `?`, in MariaDB's and MySQL's way. */
export interface SourceSession {
  run(
    sql: string,
    values?: readonly (string | null)[],
  ): Promise<readonly Readonly<Record<string, unknown>>[]>;
  quote(identifier: string): string;
}

/** Runs statements as one of the source's users. Throws SOURCE_UNAVAILABLE when the source refuses or does not answer. */
export async function withSource<T>(
  name: string,
  source: SourceConfig,
  as: 'capture' | 'check',
  use: (session: SourceSession) => Promise<T>,
): Promise<T> {
  try {
    return source.kind === 'postgresql'
      ? await withPostgres(source, as, use)
      : await withMysql(source, as, use);
  } catch (error) {
    if (error instanceof CounterfoilError) throw error;
    throw new CounterfoilError(
      'SOURCE_UNAVAILABLE',
      `source ${name} (${source.host}:${source.port}) refused or did not answer: ${(error as Error).message}`,
      { remedy: `Check that the server runs and what ${source[as].user} may do there.` },
    );
  }
}

type PostgresSource = Extract<SourceConfig, { kind: 'postgresql' }>;
type MysqlSource = Exclude<SourceConfig, PostgresSource>;

async function withPostgres<T>(
  source: PostgresSource,
  as: 'capture' | 'check',
  use: (session: SourceSession) => Promise<T>,
): Promise<T> {
  const { host, port, database } = source;
  const client = new pg.Client({ host, port, database, ...source[as], connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return await use({
      run: async (sql, values = []) => {
        let at = 0;
        const numbered = values.length === 0 ? sql : sql.replaceAll('?', () => `$${(at += 1)}`);
        return (await client.query<Record<string, unknown>>(numbered, [...values])).rows;
      },
      quote: (identifier) => pg.escapeIdentifier(identifier),
    });
  } finally {
    await client.end();
  }
}

async function withMysql<T>(
  source: MysqlSource,
  as: 'capture' | 'check',
  use: (session: SourceSession) => Promise<T>,
): Promise<T> {
  const { host, port } = source;
  const connection = await mysql.createConnection({ host, port, ...source[as], connectTimeout: 10_000 });
  try {
    return await use({
      run: async (sql, values = []) => {
        const [rows] = await connection.query(sql, [...values]);
        return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
      },
      quote: (identifier) => mysql.escapeId(identifier, true),
    });
  } finally {
    await connection.end();
  }
}
