import mysql from 'mysql2/promise';
import pg from 'pg';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { SourceConfig } from '../config/source-schema.ts';
import { withMysql, withPostgres } from './databases.ts';

/** A connection to a source for a few statements. Values are bound as `?`, in MariaDB's and MySQL's way. */
export interface SourceSession {
  run(sql: string, values?: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
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
    if (source.kind === 'postgresql')
      return await withPostgres({ ...source, ...source[as] }, (client) => use(postgresSession(client)));
    return await withMysql({ ...source, ...source[as] }, (connection) => use(mysqlSession(connection)));
  } catch (error) {
    if (error instanceof CounterfoilError) throw error;
    throw new CounterfoilError(
      'SOURCE_UNAVAILABLE',
      `source ${name} (${source.host}:${source.port}) refused or did not answer: ${(error as Error).message}`,
      { remedy: `Check that the server runs and what ${source[as].user} may do there.` },
    );
  }
}

function postgresSession(client: pg.Client): SourceSession {
  return {
    async run(sql, values = []) {
      let at = 0;
      const numbered = values.length === 0 ? sql : sql.replaceAll('?', () => `$${(at += 1)}`);
      return (await client.query<Record<string, unknown>>(numbered, [...values])).rows;
    },
    quote: (identifier) => pg.escapeIdentifier(identifier),
  };
}

function mysqlSession(connection: mysql.Connection): SourceSession {
  return {
    async run(sql, values = []) {
      const [rows] = await connection.query(sql, [...values]);
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
    },
    quote: (identifier) => mysql.escapeId(identifier, true),
  };
}
