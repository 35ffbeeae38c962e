import type { RowDataPacket } from 'mysql2/promise';
import { createMysqlReader } from '../../monitoring/consistency/readers/mysql.ts';
import { createPostgresReader } from '../../monitoring/consistency/readers/postgres.ts';
import { groupBy } from '../../schemas/contract/grouping.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { withMysql, withPostgres } from '../runtime/databases.ts';
import { oddTables, partitions, unloggedTables } from '../runtime/left-alone.ts';
import type { NamedDatabase } from './database-url.ts';

export interface FoundTable {
  readonly id: TableId;
  readonly key: readonly string[];
  readonly columns: readonly string[];
  /** PostgreSQL: updates and deletes would fail once the table is published. */
  readonly unidentified: boolean;
  /** Columns whose types may not be carried, as `column: type`. */
  readonly doubtful: readonly string[];
}

/** Types that the connector cannot deliver, or that no column of another database can hold as they are. */
const DOUBTFUL = {
  mysql: /^(geometry|point|linestring|polygon|multi|geomcollection|geometrycollection|inet6|vector)/i,
  postgresql:
    /(\[\]$|^(point|line|lseg|box|path|polygon|circle|geometry|geography|bit varying|time with time zone|pg_|tid|xid))/i,
} as const;

/** The tables of a database, in alphabetical order. Throws what the driver throws. */
export async function findTables(from: NamedDatabase): Promise<readonly FoundTable[]> {
  const columns = from.kind === 'postgresql' ? await postgresColumns(from) : await mysqlColumns(from);
  const doubtful = from.kind === 'postgresql' ? DOUBTFUL.postgresql : DOUBTFUL.mysql;
  const tables = [...groupBy(columns, tableLabel).values()].map((group) => {
    const [first] = group;
    const id = { namespace: first?.namespace ?? '', name: first?.name ?? '' };
    const named = group.filter(({ type }) => doubtful.test(type));
    const names = group.map(({ column }) => column);
    const unidentified = group.some((column) => column.unidentified === true);
    return {
      id,
      columns: names,
      unidentified,
      doubtful: named.map(({ column, type }) => `${column}: ${type}`),
    };
  });
  const { host, port, user, password, database } = from;
  const reader =
    from.kind === 'postgresql'
      ? createPostgresReader({ connection: { host, port, user, password, database } })
      : createMysqlReader({ connection: { host, port, user, password } });
  const shapes = await reader.describeTables(tables.map(({ id }) => id));
  return tables.map((table, at) => ({ ...table, key: shapes[at]?.key ?? [] }));
}

/** What the connector must leave alone. */
export function findUncapturable(from: NamedDatabase): Promise<readonly TableId[]> {
  if (from.kind === 'postgresql')
    return withPostgres(from, async (client) => [
      ...(await partitions(client)),
      ...(await unloggedTables(client)),
    ]);
  return withMysql(from, (connection) => oddTables(connection, [from.database]));
}

interface FoundColumn extends TableId {
  readonly column: string;
  readonly type: string;
  readonly unidentified?: boolean;
}

async function mysqlColumns(from: NamedDatabase): Promise<readonly FoundColumn[]> {
  return withMysql(from, async (connection) => {
    const [rows] = await connection.query<(RowDataPacket & FoundColumn)[]>(
      `SELECT c.table_schema AS namespace, c.table_name AS name, c.column_name AS \`column\`, c.data_type AS type
       FROM information_schema.columns c JOIN information_schema.tables t
         ON t.table_schema = c.table_schema AND t.table_name = c.table_name
       WHERE t.table_type = 'BASE TABLE' AND c.table_schema = ? ORDER BY 1, 2, c.ordinal_position`,
      [from.database],
    );
    return rows;
  });
}

async function postgresColumns(from: NamedDatabase): Promise<readonly FoundColumn[]> {
  return withPostgres(from, async (client) => {
    const { rows } = await client.query<FoundColumn>(
      `SELECT n.nspname AS namespace, c.relname AS name, a.attname AS column, format_type(a.atttypid, NULL) AS type,
         c.relreplident = 'n' OR c.relreplident = 'd' AND NOT EXISTS (
           SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND i.indimmediate) AS unidentified
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p' AND a.attnum > 0 AND NOT a.attisdropped
         AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1, 2, a.attnum`,
    );
    return rows;
  });
}
