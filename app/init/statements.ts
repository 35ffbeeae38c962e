import { grantStatement } from '../doctor/mysql-grants.ts';
import type { Need } from '../doctor/mysql-grants.ts';
import { captureNeeds, readingNeeds, sinkNeeds, sourceCheckNeeds } from '../doctor/mysql-needs.ts';
import { quotedName, quotedTable } from '../doctor/names.ts';
import { ownTables } from '../doctor/own-tables.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { passwordVariable, targetNamespaces } from './plan.ts';
import type { InitPlan } from './plan.ts';

/** Statements that an administrator runs on one database. */
export interface Script {
  readonly where: string;
  readonly statements: readonly string[];
}

const OWN_NAMESPACE = 'counterfoil';

/** The users, grants and tables that the configuration counts on. Passwords are named, for whoever runs it to fill in. */
export function initScripts(plan: InitPlan): readonly Script[] {
  return [sourceScript(plan), targetScript(plan)];
}

function sourceScript(plan: InitPlan): Script {
  const { source, sourceName } = plan;
  const place = `${source.host}:${source.port.toString()}`;
  if (source.kind === 'postgresql') return postgresSource(plan, place);
  const from = {
    kind: source.kind,
    ...ownSettings(plan),
    databases: [source.database],
  };
  return {
    where: `the source: ${source.kind} at ${place}, as administrator`,
    statements: [
      ...ownTables(from).flatMap(({ statements }) => statements),
      ...mysqlUser('capture', sourceName, captureNeeds(from)),
      ...mysqlUser('check', sourceName, sourceCheckNeeds(from.databases)),
    ],
  };
}

function ownSettings({ heartbeat, signals }: InitPlan) {
  return { heartbeat: { table: heartbeat, intervalMs: 1_000 }, signals: { table: signals } };
}

function targetScript(plan: InitPlan): Script {
  const { target, targetName } = plan;
  const place = `${target.host}:${target.port.toString()}`;
  const namespaces = targetNamespaces(plan);
  if (target.kind === 'postgresql') return postgresTarget(plan, place, namespaces);
  const databases = [OWN_NAMESPACE, ...namespaces];
  return {
    where: `the target: ${target.kind} at ${place}, as administrator`,
    statements: [
      ...databases.map(
        (name) => `CREATE DATABASE IF NOT EXISTS ${quotedName('mysql', name)} CHARACTER SET utf8mb4;`,
      ),
      ...mysqlUser('sink', targetName, sinkNeeds(OWN_NAMESPACE, namespaces, [])),
      ...mysqlUser('check', targetName, readingNeeds(databases)),
    ],
  };
}

function mysqlUser(
  role: 'capture' | 'check' | 'sink',
  name: string,
  needs: readonly Need[],
): readonly string[] {
  const user = `counterfoil_${role}`;
  return [
    `CREATE USER IF NOT EXISTS '${user}'@'%' IDENTIFIED BY '<${passwordVariable(name, role)}>';`,
    ...needs.map((need) => grantStatement(need.privileges, need, `${user}@%`)),
  ];
}

function postgresSource(plan: InitPlan, place: string): Script {
  const { source, sourceName, tables, unidentified, include } = plan;
  const own = ownTables({ kind: source.kind, ...ownSettings(plan) });
  const list = [...tables, ...own.map(({ id }) => id)].map((id) => quoted(id)).join(', ');
  const schemas = include.map((pattern) => quotedName('postgresql', pattern.slice(0, -2))).join(', ');
  const all = tables.map((id) => quoted(id)).join(', ');
  const reading = (user: string) => (tables.length === 0 ? [] : [`GRANT SELECT ON ${all} TO ${user};`]);
  return {
    where: `the source: database ${source.database} of postgresql at ${place}, as superuser`,
    statements: [
      ...new Set(own.flatMap(({ statements }) => statements)),
      // Without it, UPDATE and DELETE of the applications fail once the table is published.
      ...unidentified.map((id) => `ALTER TABLE ${quoted(id)} REPLICA IDENTITY FULL;`),
      // Partitioned tables are published as they are named, not as their partitions.
      `CREATE PUBLICATION counterfoil FOR TABLE ${list} WITH (publish_via_partition_root = true);`,
      `CREATE ROLE counterfoil_capture LOGIN REPLICATION PASSWORD '<${passwordVariable(sourceName, 'capture')}>';`,
      `GRANT CONNECT ON DATABASE ${quotedName('postgresql', source.database)} TO counterfoil_capture;`,
      `GRANT USAGE ON SCHEMA ${schemas}, ${quotedName('postgresql', OWN_NAMESPACE)} TO counterfoil_capture;`,
      ...reading('counterfoil_capture'),
      ...own.map(
        ({ id, privileges }) =>
          `GRANT SELECT, ${privileges.join(', ')} ON ${quoted(id)} TO counterfoil_capture;`,
      ),
      ...postgresChecker(sourceName, source.database),
      `GRANT USAGE ON SCHEMA ${schemas} TO counterfoil_check;`,
      ...reading('counterfoil_check'),
    ],
  };
}

function postgresTarget(
  { target, targetName }: InitPlan,
  place: string,
  namespaces: readonly string[],
): Script {
  const schemas = [OWN_NAMESPACE, ...namespaces].map((name) => quotedName('postgresql', name));
  const database = quotedName('postgresql', target.database);
  return {
    where: `the target: database ${target.database} of postgresql at ${place}, as superuser`,
    statements: [
      ...schemas.map((schema) => `CREATE SCHEMA IF NOT EXISTS ${schema};`),
      `CREATE ROLE counterfoil_sink LOGIN PASSWORD '<${passwordVariable(targetName, 'sink')}>';`,
      `GRANT CONNECT ON DATABASE ${database} TO counterfoil_sink;`,
      `GRANT USAGE, CREATE ON SCHEMA ${schemas.join(', ')} TO counterfoil_sink;`,
      ...postgresChecker(targetName, target.database),
      `GRANT USAGE ON SCHEMA ${schemas.join(', ')} TO counterfoil_check;`,
      ...schemas.map(
        (schema) =>
          `ALTER DEFAULT PRIVILEGES FOR ROLE counterfoil_sink IN SCHEMA ${schema} GRANT SELECT ON TABLES TO counterfoil_check;`,
      ),
    ],
  };
}

function postgresChecker(name: string, database: string): readonly string[] {
  return [
    `CREATE ROLE counterfoil_check LOGIN PASSWORD '<${passwordVariable(name, 'check')}>';`,
    'ALTER ROLE counterfoil_check SET default_transaction_read_only = on;',
    `GRANT CONNECT ON DATABASE ${quotedName('postgresql', database)} TO counterfoil_check;`,
  ];
}

function quoted(id: TableId): string {
  return quotedTable('postgresql', id);
}
