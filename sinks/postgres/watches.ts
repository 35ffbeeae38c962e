import { groupBy } from '../../schemas/contract/grouping.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import type { UnwrittenState } from '../upsert/database.ts';
import type { Session } from './connection.ts';
import { quote } from './identifiers.ts';
import { toJson } from './types.ts';

/**
 * Who watches which tables. Triggers hear of what is written; a function of the watcher hears of what rows were in between.
 * It stands in the database, and not in the configuration, for triggers do: processes of different configurations write
 * the same tables.
 */
export const WATCH_TABLE = 'feed_watch';

export function watchDefinition(namespace: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(WATCH_TABLE)} (
    feed text NOT NULL,
    document text NOT NULL,
    part text NOT NULL,
    table_namespace text NOT NULL,
    table_name text NOT NULL,
    columns text[] NOT NULL,
    function text NOT NULL,
    since text COLLATE "C" NOT NULL,
    PRIMARY KEY (feed, document, part)
  )`;
}

interface Watch extends TableId {
  /** Those that the watcher wants to know. */
  readonly columns: readonly string[];
  /** Quoted. It takes a list of records as JSON: the columns, and `cf_until`. */
  readonly function: string;
}

/** What {@link UnwrittenState.until} is called in the records. */
export const UNTIL_FIELD = 'cf_until';

/** Tells the watchers of their tables, in this transaction. Whoever begins to watch waits until the writers are done. */
export async function noteUnwritten(
  session: Session,
  namespace: string,
  states: readonly UnwrittenState[],
): Promise<void> {
  if (states.length === 0) return;
  const byTable = groupBy(states, ({ table }) => tableLabel(table));
  // Somebody may have dropped the function, to have done with a feed.
  const watches = await session.run<Watch>(
    `SELECT table_namespace AS namespace, table_name AS name, columns, function
     FROM ${quote(namespace)}.${quote(WATCH_TABLE)} WHERE to_regprocedure(function || '(json)') IS NOT NULL`,
    [],
    'find out who watches',
  );
  for (const { columns, function: call, ...table } of watches) {
    const records = (byTable.get(tableLabel(table)) ?? []).map(({ cells, until }) => ({
      ...Object.fromEntries(columns.map((name) => [name, toJson(cells[name] ?? null)])),
      [UNTIL_FIELD]: until,
    }));
    if (records.length > 0)
      await session.run(`SELECT ${call}($1)`, [JSON.stringify(records)], 'tell what rows were in between');
  }
}
