import type { RowDataPacket } from 'mysql2/promise';
import type { Logger } from 'pino';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { tableMatcher } from '../../schemas/contract/table-pattern.ts';
import type { BinlogSource, PostgresSource, SourceConfig } from '../config/source-schema.ts';
import type { Config } from '../config/schema.ts';
import { withMysql, withPostgres } from './databases.ts';
import type { Route } from './routes.ts';

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

/**
 * The tables of each source that these routes read. A source that does not answer is left out, and the log says so: routes
 * can catch up with what is in Kafka without it.
 */
export async function tablesOfSources(
  { sources }: Config,
  routes: readonly Route[],
  logger: Logger,
): Promise<ReadonlyMap<string, readonly TableId[]>> {
  const names = [...new Set(routes.map(({ config }) => config.source))];
  const found = new Map<string, readonly TableId[]>();
  for (const name of names) {
    const source = sources[name];
    if (source === undefined) continue;
    try {
      found.set(name, await listSourceTables(name, source));
    } catch (error) {
      const { message } = error as Error;
      logger.warn(
        { source: name },
        `${message}; whether two tables go to one target is seen when they arrive`,
      );
    }
  }
  return found;
}

function postgresTables(source: PostgresSource): Promise<TableId[]> {
  return withPostgres({ ...source, ...source.check }, async (client) => {
    const { rows } = await client.query<{ namespace: string; name: string }>(
      `SELECT n.nspname AS namespace, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
       ORDER BY 1, 2`,
    );
    return rows;
  });
}

function mysqlTables(source: BinlogSource): Promise<TableId[]> {
  return withMysql({ ...source, ...source.check }, async (connection) => {
    const [rows] = await connection.query<(RowDataPacket & TableId)[]>(
      `SELECT table_schema AS namespace, table_name AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema IN (?) ORDER BY 1, 2`,
      [source.databases],
    );
    return rows.map(({ namespace, name }) => ({ namespace, name }));
  });
}
