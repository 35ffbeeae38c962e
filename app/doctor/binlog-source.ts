import type { Connection, RowDataPacket } from 'mysql2/promise';
import { tableMatcher } from '../../schemas/contract/table-pattern.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import type { BinlogSource } from '../config/source-schema.ts';
import { withMysql } from '../runtime/databases.ts';
import type { Finding, Findings } from './finding.ts';
import { captureNeeds, sourceCheckNeeds } from './mysql-needs.ts';
import { LOG_RULES, lookAtGrants, lookAtVariables } from './mysql-server.ts';
import { quotedTable, someOf } from './names.ts';
import { ownTableFinding, ownTables } from './own-tables.ts';
import { lookAtSilentActions } from './silent-actions.ts';
import { lookAtStoppingTables } from './stopping-tables.ts';
import type { Subject } from './subject.ts';

/** A MariaDB or MySQL database that is captured: its log, its users, the product's own tables, its tables. */
export function binlogSourceSubjects(
  name: string,
  source: BinlogSource,
  tables: readonly TableId[],
): readonly Subject[] {
  return [
    {
      where: `source ${name}: log and capture`,
      look: (find) =>
        withMysql({ ...source, ...source.capture }, async (connection) => [
          ...(await lookAtVariables(connection, LOG_RULES, find)),
          ...(await lookAtGrants(connection, captureNeeds(source, tables), find)),
          ...(await lookAtOwnTables(connection, source, find)),
        ]),
    },
    {
      where: `source ${name}: check and tables`,
      look: (find) =>
        withMysql({ ...source, ...source.check }, async (connection) => [
          ...(await lookAtGrants(connection, sourceCheckNeeds(source.databases, tables), find)),
          ...(await lookAtTables(connection, source, find)),
          ...(await lookAtStoppingTables(connection, source, find)),
        ]),
    },
  ];
}

async function lookAtOwnTables(
  connection: Connection,
  source: BinlogSource,
  find: Findings,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const table of ownTables(source)) {
    const [columns] = await connection.query<RowDataPacket[]>(
      'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = ? AND table_name = ?',
      [table.id.namespace, table.id.name],
    );
    const names = new Set(columns.map((column) => String(column['name']).toLowerCase()));
    findings.push(ownTableFinding(table, names, find));
  }
  return findings;
}

async function lookAtTables(
  connection: Connection,
  source: BinlogSource,
  find: Findings,
): Promise<readonly Finding[]> {
  const tables = await capturedTables(connection, source);
  const innodb = tables.filter(({ engine }) => engine === 'InnoDB').map(({ id }) => id);
  return [
    engineFinding(tables, source, find),
    ...(await lookAtSilentActions(connection, source.kind, innodb, find)),
  ];
}

interface CapturedTable {
  readonly id: TableId;
  readonly engine: string;
}

async function capturedTables(
  connection: Connection,
  source: BinlogSource,
): Promise<readonly CapturedTable[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT table_schema AS namespace, table_name AS name, engine AS engine_name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema IN (?)`,
    [source.databases],
  );
  const captured = tableMatcher(source.include, source.exclude);
  return rows
    .map((row) => ({
      id: { namespace: String(row['namespace']), name: String(row['name']) },
      engine: String(row['engine_name']),
    }))
    .filter(({ id }) => captured(id));
}

/** Other engines than InnoDB have no consistent view for the snapshot and the check. */
function engineFinding(tables: readonly CapturedTable[], { kind }: BinlogSource, find: Findings): Finding {
  const others = tables.filter(({ engine }) => engine !== 'InnoDB');
  if (others.length === 0) return find.ok('all captured tables are InnoDB');
  const labels = others.map(({ id, engine }) => `${tableLabel(id)} (${engine})`);
  return find.warning(
    `tables without a consistent view, for snapshot and check: ${someOf(labels)}`,
    others.map(({ id }) => `ALTER TABLE ${quotedTable(kind, id)} ENGINE = InnoDB;`).join('\n'),
  );
}
