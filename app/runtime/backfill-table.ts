import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { tableMatcher } from '../../schemas/contract/table-pattern.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { SourceConfig } from '../config/source-schema.ts';
import { withSource } from './source-session.ts';
import type { SourceSession } from './source-session.ts';

const SEARCH_SECONDS = 10;
/** As many as the connector reads at a time. */
const CHUNK_ROWS = 4_096;
const TIME_LIMIT: Readonly<Record<SourceConfig['kind'], string>> = {
  postgresql: `SET statement_timeout = '${SEARCH_SECONDS.toString()}s'`,
  mariadb: `SET max_statement_time = ${SEARCH_SECONDS.toString()}`,
  mysql: `SET max_execution_time = ${(SEARCH_SECONDS * 1_000).toString()}`,
};

/**
 * Throws CONFIGURATION_INVALID, before the connector is told anything, for a table that it cannot read again: one that is
 * not captured, not there, not published or without a primary key, or a condition that the database does not understand or
 * for which it searches too long.
 */
export async function assertReadableAgain(
  name: string,
  source: SourceConfig,
  table: TableId,
  where: string | null,
): Promise<void> {
  const label = tableLabel(table);
  if (!tableMatcher(source.include, source.exclude)(table)) {
    throw refused(
      `${label} is not captured by source ${name}`,
      'Add it to `include` and run `counterfoil connectors apply` first.',
    );
  }
  await withSource(name, source, 'check', async (session) => {
    const key = await keyOf(source, session, table);
    if (key === null)
      throw refused(`${label} does not exist in source ${name}`, 'Names are taken as they are written.');
    if (!key) {
      throw refused(
        `${label} has no primary key, and the connector reads rows in the order of one`,
        'Give it a key; its rows come otherwise only with a new snapshot of the whole source.',
      );
    }
    if (source.kind === 'postgresql' && !(await isPublished(session, source.publication, table))) {
      throw refused(
        `${label} is not in the publication ${source.publication}, so that its changes would not be captured`,
        `As its owner: ALTER PUBLICATION ${source.publication} ADD TABLE …`,
      );
    }
    if (where !== null) await assertCondition(source, session, table, where);
  });
}

/** Whether the table has a primary key; null when there is no such table. */
async function keyOf(
  { kind }: SourceConfig,
  session: SourceSession,
  { namespace, name }: TableId,
): Promise<boolean | null> {
  const [row] = await session.run(
    kind === 'postgresql'
      ? `SELECT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)::int AS keyed
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p')`
      : `SELECT EXISTS (SELECT 1 FROM information_schema.statistics s WHERE s.table_schema = t.table_schema
           AND s.table_name = t.table_name AND s.index_name = 'PRIMARY') AS keyed
         FROM information_schema.tables t WHERE t.table_schema = ? AND t.table_name = ? AND t.table_type = 'BASE TABLE'`,
    [namespace, name],
  );
  return row === undefined ? null : Number(row['keyed']) === 1;
}

async function isPublished(
  session: SourceSession,
  publication: string,
  { namespace, name }: TableId,
): Promise<boolean> {
  const rows = await session.run(
    'SELECT 1 FROM pg_publication_tables WHERE pubname = ? AND schemaname = ? AND tablename = ?',
    [publication, namespace, name],
  );
  return rows.length > 0;
}

/**
 * What is wrong is said here and not by a connector that has stopped. It reads by the thread that captures, so that a
 * condition for which the database searches long would hold up everything.
 */
async function assertCondition(
  { kind }: SourceConfig,
  session: SourceSession,
  { namespace, name }: TableId,
  where: string,
): Promise<void> {
  const from = `${session.quote(namespace)}.${session.quote(name)}`;
  try {
    await session.run(TIME_LIMIT[kind]);
    await session.run(
      `SELECT count(*) FROM (SELECT 1 FROM ${from} WHERE (${where}) LIMIT ${CHUNK_ROWS}) AS chunk`,
    );
  } catch (error) {
    if (isTimeout(error))
      throw refused(
        `the database has searched for ${SEARCH_SECONDS.toString()} s without finding a chunk of rows; the connector would capture nothing for as long`,
        'Write a condition that an index serves, or read the table again as a whole.',
      );
    throw refused(
      `the condition is refused by the database: ${(error as Error).message}`,
      'Write what would stand behind WHERE in the SQL of the source.',
    );
  }
}

function isTimeout(error: unknown): boolean {
  const { errno, code } = error as { readonly errno?: unknown; readonly code?: unknown };
  return errno === 1969 || errno === 3024 || code === '57014';
}

function refused(message: string, remedy: string): CounterfoilError {
  return new CounterfoilError('CONFIGURATION_INVALID', message, { remedy });
}
