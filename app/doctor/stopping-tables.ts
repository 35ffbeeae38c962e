import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { Client } from 'pg';
import { tableMatcher } from '../../schemas/contract/table-pattern.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import type { BinlogSource, PostgresSource } from '../config/source-schema.ts';
import { oddTables, partitions } from '../runtime/left-alone.ts';
import type { Finding, Findings } from './finding.ts';
import { someOf } from './names.ts';

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
  const odd = (await oddTables(connection, databases)).filter(captured);
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
  const beside = (await partitions(client)).filter(captured);
  if (beside.length === 0) return [];
  return [
    find.error(
      `partitions are captured beside their tables, and the first snapshot would read them as tables of their own: ${someOf(beside.map(tableLabel))}`,
      `Exclude them from the source: exclude: [${beside.map(tableLabel).join(', ')}], or by a pattern that names those to come as well.`,
    ),
  ];
}
