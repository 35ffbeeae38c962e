import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { Client } from 'pg';
import { tableMatcher } from '../../schemas/contract/table-pattern.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import type { BinlogSource, PostgresSource } from '../config/source-schema.ts';
import type { Finding, Findings } from './finding.ts';
import { someOf } from './names.ts';
import { textRows } from './postgres-server.ts';

/**
 * What is found in the captured databases that the connector cannot deal with: it stops, and all tables of its source with
 * it. Sequences and tables with system versioning, which MariaDB logs like tables, and definitions it cannot parse.
 */
export async function lookAtStoppingTables(
  connection: Connection,
  { databases, include, exclude }: BinlogSource,
  find: Findings,
): Promise<readonly Finding[]> {
  const captured = tableMatcher(include, exclude);
  const [kinds] = await connection.query<RowDataPacket[]>(
    `SELECT table_schema AS namespace, table_name AS name FROM information_schema.tables
     WHERE table_type IN ('SEQUENCE', 'SYSTEM VERSIONED') AND table_schema IN (?) ORDER BY 1, 2`,
    [databases],
  );
  const odd = kinds.map(idOf).filter(captured);
  const [columns] = await connection.query<RowDataPacket[]>(
    `SELECT DISTINCT table_schema AS namespace, table_name AS name FROM information_schema.columns
     WHERE data_type IN ('inet4', 'inet6') AND table_schema IN (?) ORDER BY 1, 2`,
    [databases],
  );
  const unparsed = columns.map(idOf);
  return [
    ...(odd.length === 0 ? [] : [oddFinding(odd, find)]),
    ...(unparsed.length === 0
      ? []
      : [
          find.error(
            `the connector cannot parse the definitions of ${someOf(unparsed.map(tableLabel))} (INET4, INET6), and stops at them, captured or not`,
            "Give the columns another type; or, if the tables are excluded, set for this source connector: { schema.history.internal.skip.unparseable.ddl: 'true' } until it has passed them (docs/types.md).",
          ),
        ]),
  ];
}

function oddFinding(tables: readonly TableId[], find: Findings): Finding {
  return find.error(
    `the connector stops at a sequence or a table with system versioning: ${someOf(tables.map(tableLabel))}`,
    `Exclude them from the source: exclude: [${tables.map(tableLabel).join(', ')}].`,
  );
}

function idOf(row: RowDataPacket): TableId {
  return { namespace: String(row['namespace']), name: String(row['name']) };
}

/** Partitions are snapshot as tables of their own, beside the table whose changes they are published as. */
export async function lookAtPartitions(
  client: Client,
  { include, exclude }: PostgresSource,
  find: Findings,
): Promise<readonly Finding[]> {
  const captured = tableMatcher(include, exclude);
  const rows = await textRows(
    client,
    `SELECT n.nspname AS namespace, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relispartition AND c.relkind IN ('r', 'p') ORDER BY 1, 2`,
  );
  const partitions = rows
    .map((row) => ({ namespace: row['namespace'] ?? '', name: row['name'] ?? '' }))
    .filter(captured);
  if (partitions.length === 0) return [];
  return [
    find.error(
      `partitions are captured beside their tables, and the first snapshot would read them as tables of their own: ${someOf(partitions.map(tableLabel))}`,
      `Exclude them from the source: exclude: [${partitions.map(tableLabel).join(', ')}], or by a pattern that names those to come as well.`,
    ),
  ];
}
