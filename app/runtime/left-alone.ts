import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { Client } from 'pg';
import type { TableId } from '../../schemas/contract/table.ts';

/** Sequences and tables with system versioning of these databases: MariaDB logs them like tables, and the connector stops at them. */
export async function oddTables(
  connection: Connection,
  databases: readonly string[],
): Promise<readonly TableId[]> {
  const [rows] = await connection.query<(RowDataPacket & TableId)[]>(
    `SELECT table_schema AS namespace, table_name AS name FROM information_schema.tables
     WHERE table_type IN ('SEQUENCE', 'SYSTEM VERSIONED') AND table_schema IN (?) ORDER BY 1, 2`,
    [databases],
  );
  return rows.map(({ namespace, name }) => ({ namespace, name }));
}

/** Partitions: their table brings their rows, and a snapshot would read them as tables of their own. */
export function partitions(client: Client): Promise<readonly TableId[]> {
  return tablesWhere(client, 'c.relispartition');
}

/** Their changes are in no log. */
export function unloggedTables(client: Client): Promise<readonly TableId[]> {
  return tablesWhere(client, "NOT c.relispartition AND c.relpersistence = 'u'");
}

async function tablesWhere(client: Client, condition: string): Promise<readonly TableId[]> {
  const { rows } = await client.query<TableId>(
    `SELECT n.nspname AS namespace, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND ${condition}
       AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1, 2`,
  );
  return rows;
}
