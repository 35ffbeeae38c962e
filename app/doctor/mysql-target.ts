import type { Connection, RowDataPacket } from 'mysql2/promise';
import { groupBy } from '../../schemas/contract/grouping.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { MysqlTarget } from '../config/target-schema.ts';
import { withMysql } from '../runtime/databases.ts';
import type { Finding, Findings } from './finding.ts';
import { readingNeeds, sinkNeeds } from './mysql-needs.ts';
import { lookAtGrants, lookAtVariables, TARGET_RULES } from './mysql-server.ts';
import { quotedName } from './names.ts';
import type { Subject } from './subject.ts';
import { keyFindings } from './wanted-tables.ts';
import type { FoundIndex, WantedTables } from './wanted-tables.ts';

/** A MariaDB or MySQL server that is written to: who may make and write what, and tables that are there already. */
export function mysqlTargetSubjects(
  name: string,
  target: MysqlTarget,
  wanted: WantedTables,
): readonly Subject[] {
  const ids = wanted.tables.map(({ id }) => id);
  const mirrored = ids.filter((id) => wanted.mirrored.has(tableLabel(id)));
  const others = ids.filter((id) => !wanted.mirrored.has(tableLabel(id)));
  const mirrors = [...new Set(mirrored.map(({ namespace }) => namespace))];
  return [
    {
      where: `target ${name}: sink`,
      look: (find) =>
        withMysql({ ...target, ...target.sink }, async (connection) => [
          ...(await lookAtVariables(connection, TARGET_RULES, find)),
          ...(await lookAtGrants(connection, sinkNeeds(target.namespace, mirrors, others), find)),
          ...(await lookAtDatabases(connection, target, [target.namespace, ...mirrors], find)),
          ...(await lookAtKeys(connection, target, wanted, find)),
        ]),
    },
    {
      where: `target ${name}: check`,
      look: (find) =>
        withMysql({ ...target, ...target.check }, (connection) =>
          lookAtGrants(
            connection,
            [
              ...readingNeeds([target.namespace, ...mirrors]),
              ...others.map(({ namespace, name: table }) => ({
                ...{ privileges: ['SELECT'], database: namespace, table },
                why: 'a check reads the rows',
              })),
            ],
            find,
          ),
        ),
    },
  ];
}

async function lookAtDatabases(
  connection: Connection,
  { kind }: MysqlTarget,
  names: readonly string[],
  find: Findings,
): Promise<readonly Finding[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT schema_name AS name, default_character_set_name AS charset FROM information_schema.schemata WHERE schema_name IN (?)',
    [names],
  );
  const charsets = new Map(rows.map((row) => [String(row['name']), String(row['charset'])]));
  return names.map((name) => {
    const charset = charsets.get(name);
    const quoted = quotedName(kind, name);
    // The sink makes it with its right to CREATE, which is looked at among the grants.
    if (charset === undefined) return find.ok(`the database ${name} is not there yet`);
    if (charset === 'utf8mb4') return find.ok(`the database ${name} is utf8mb4`);
    return find.warning(
      `the database ${name} is ${charset}; tables that the product makes are utf8mb4 all the same`,
      `ALTER DATABASE ${quoted} CHARACTER SET utf8mb4;`,
    );
  });
}

async function lookAtKeys(
  connection: Connection,
  { kind }: MysqlTarget,
  wanted: WantedTables,
  find: Findings,
): Promise<readonly Finding[]> {
  const namespaces = [...new Set(wanted.tables.map(({ id }) => id.namespace))];
  if (namespaces.length === 0) return [];
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT s.table_schema AS namespace, s.table_name AS name, s.index_name AS index_name, s.column_name AS column_name,
       s.sub_part AS prefix, c.collation_name AS collation
     FROM information_schema.statistics s JOIN information_schema.columns c
       ON c.table_schema = s.table_schema AND c.table_name = s.table_name AND c.column_name = s.column_name
       AND BINARY c.table_schema = s.table_schema AND BINARY c.table_name = s.table_name
     WHERE s.non_unique = 0 AND s.table_schema IN (?)`,
    [namespaces],
  );
  const [tables] = await connection.query<RowDataPacket[]>(
    'SELECT table_schema AS namespace, table_name AS name FROM information_schema.tables WHERE table_schema IN (?)',
    [namespaces],
  );
  const label = (row: RowDataPacket) =>
    tableLabel({ namespace: String(row['namespace']), name: String(row['name']) });
  const parts = groupBy(rows, (row) => `${label(row)}\0${String(row['index_name'])}`).values();
  return keyFindings(kind, wanted, new Set(tables.map(label)), [...parts].flatMap(indexOf), find);

  function indexOf(columns: readonly RowDataPacket[]): readonly FoundIndex[] {
    const [first] = columns;
    if (first === undefined || columns.some((row) => row['prefix'] !== null)) return [];
    return [
      {
        table: label(first),
        columns: columns.map((row) => String(row['column_name'])),
        inexact: columns.some(
          (row) => row['collation'] !== null && !String(row['collation']).endsWith('_bin'),
        ),
      },
    ];
  }
}
