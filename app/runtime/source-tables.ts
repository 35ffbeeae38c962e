import mysql from 'mysql2/promise';
import type { RowDataPacket } from 'mysql2/promise';
import pg from 'pg';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { tableMatcher } from '../../schemas/contract/table-pattern.ts';
import type { SourceConfig } from '../config/schema.ts';

/** The tables of a source that its patterns include, in alphabetical order. Throws SOURCE_UNAVAILABLE. */
export async function listSourceTables(name: string, source: SourceConfig): Promise<readonly TableId[]> {
  const matches = tableMatcher(source.include, source.exclude);
  try {
    const tables = source.kind === 'postgresql' ? await postgresTables(source) : await mysqlTables(source);
    return tables.filter(matches);
  } catch (error) {
    const message = `the tables of ${name} (${source.host}:${source.port}) could not be listed: ${(error as Error).message}`;
    throw new CounterfoilError('SOURCE_UNAVAILABLE', message, {
      remedy: `Check that the server runs and that ${source.check.user} may connect.`,
    });
  }
}

type PostgresSource = Extract<SourceConfig, { kind: 'postgresql' }>;
type MysqlSource = Exclude<SourceConfig, PostgresSource>;

async function postgresTables({ host, port, database, check }: PostgresSource): Promise<TableId[]> {
  const client = new pg.Client({ host, port, database, ...check, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ namespace: string; name: string }>(
      `SELECT n.nspname AS namespace, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
       ORDER BY 1, 2`,
    );
    return rows;
  } finally {
    await client.end();
  }
}

async function mysqlTables({ host, port, databases, check }: MysqlSource): Promise<TableId[]> {
  const connection = await mysql.createConnection({ host, port, ...check, connectTimeout: 10_000 });
  try {
    const [rows] = await connection.query<(RowDataPacket & TableId)[]>(
      `SELECT table_schema AS namespace, table_name AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema IN (?) ORDER BY 1, 2`,
      [databases],
    );
    return rows.map(({ namespace, name }) => ({ namespace, name }));
  } finally {
    await connection.end();
  }
}
