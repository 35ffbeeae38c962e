import type { Client } from 'pg';
import type { TableId } from '../../schemas/contract/table.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { PostgresTarget } from '../config/target-schema.ts';
import { withPostgres } from '../runtime/databases.ts';
import type { Finding, Findings } from './finding.ts';
import { quotedName } from './names.ts';
import { lookAtTableRights, settingOf, textRows } from './postgres-server.ts';
import type { Subject } from './subject.ts';
import type { WantedTables } from './wanted-tables.ts';
import { keyFindings } from './wanted-tables.ts';

/** A PostgreSQL database that is written to: who may make and write what, and tables that are there already. */
export function postgresTargetSubjects(
  name: string,
  target: PostgresTarget,
  wanted: WantedTables,
): readonly Subject[] {
  return [
    {
      where: `target ${name}: sink`,
      look: (find) =>
        withPostgres({ ...target, ...target.sink }, async (client) => {
          const existing = await existingTables(
            client,
            wanted.tables.map(({ id }) => id),
          );
          return [
            ...(await lookAtServer(client, find)),
            ...(await lookAtSchemas(client, target, wanted, find)),
            ...(await lookAtTableRights(
              client,
              existing,
              {
                user: target.sink.user,
                privileges: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
                why: 'to write the rows',
              },
              find,
            )),
            ...(await lookAtKeys(client, wanted, existing, find)),
          ];
        }),
    },
    {
      where: `target ${name}: check`,
      look: (find) =>
        withPostgres({ ...target, ...target.check }, async (client) => {
          const own = ['position', 'tombstone'].map((table) => ({
            namespace: target.namespace,
            name: table,
          }));
          const tables = await existingTables(client, [...own, ...wanted.tables.map(({ id }) => id)]);
          const rights = await lookAtTableRights(
            client,
            tables,
            { user: target.check.user, privileges: ['SELECT'], why: 'a check reads rows and positions' },
            find,
          );
          return [find.ok(`${target.check.user} can log in`), ...rights];
        }),
    },
  ];
}

async function lookAtServer(client: Client, find: Findings): Promise<readonly Finding[]> {
  const encoding = await settingOf(client, 'server_encoding');
  const readOnly = await settingOf(client, 'transaction_read_only');
  return [
    encoding === 'UTF8'
      ? find.ok('the database is UTF8')
      : find.warning(
          `the database is ${encoding}: texts with other characters are refused`,
          'Make the database anew with ENCODING UTF8, if the source can hold others.',
        ),
    readOnly === 'off'
      ? find.ok('the database can be written')
      : find.error(
          'the database is read-only (a standby, or default_transaction_read_only)',
          'Name the primary server in the configuration, or ALTER ROLE … RESET default_transaction_read_only;',
        ),
  ];
}

async function lookAtSchemas(
  client: Client,
  { sink, database, namespace }: PostgresTarget,
  wanted: WantedTables,
  find: Findings,
): Promise<readonly Finding[]> {
  const schemas = [...new Set([namespace, ...wanted.tables.map(({ id }) => id.namespace)])];
  const rows = await textRows(
    client,
    `SELECT s AS name, EXISTS (SELECT FROM pg_namespace WHERE nspname = s) AS there,
       CASE WHEN EXISTS (SELECT FROM pg_namespace WHERE nspname = s)
         THEN has_schema_privilege(current_user, s, 'CREATE') AND has_schema_privilege(current_user, s, 'USAGE')
         ELSE has_database_privilege(current_user, current_database(), 'CREATE') END AS may
     FROM unnest($1::text[]) AS s`,
    [schemas],
  );
  const user = quotedName('postgresql', sink.user);
  return rows.map((row) => {
    const schema = row['name'] ?? '';
    if (row['may'] === 'true')
      return find.ok(
        `${sink.user} may make tables in ${schema}${row['there'] === 'true' ? '' : ', and the schema'}`,
      );
    const quoted = quotedName('postgresql', schema);
    const grant = `GRANT USAGE, CREATE ON SCHEMA ${quoted} TO ${user};`;
    if (row['there'] === 'true') return find.error(`${sink.user} may not make tables in ${schema}`, grant);
    return find.error(
      `the schema ${schema} does not exist, and ${sink.user} may not make it`,
      `In the database ${database}: CREATE SCHEMA ${quoted};\n${grant}`,
    );
  });
}

async function existingTables(client: Client, ids: readonly TableId[]): Promise<readonly TableId[]> {
  const rows = await textRows(
    client,
    `SELECT n.nspname AS namespace, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE (n.nspname, c.relname) IN (SELECT unnest($1::text[]), unnest($2::text[])) AND c.relkind IN ('r', 'p')`,
    [ids.map(({ namespace }) => namespace), ids.map(({ name }) => name)],
  );
  return rows.map((row) => ({ namespace: row['namespace'] ?? '', name: row['name'] ?? '' }));
}

interface UniqueIndex extends TableId {
  readonly columns: readonly string[];
  readonly inexact: boolean;
}

async function lookAtKeys(
  client: Client,
  wanted: WantedTables,
  existing: readonly TableId[],
  find: Findings,
): Promise<readonly Finding[]> {
  const { rows } = await client.query<UniqueIndex>(
    `SELECT n.nspname AS namespace, t.relname AS name, array_agg(a.attname::text) AS columns,
       bool_or(NOT coalesce(l.collisdeterministic, true) OR ty.typname = 'citext') AS inexact
     FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
       JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey::int2[])
       JOIN pg_type ty ON ty.oid = a.atttypid LEFT JOIN pg_collation l ON l.oid = a.attcollation
     WHERE (n.nspname, t.relname) IN (SELECT unnest($1::text[]), unnest($2::text[]))
       AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
     GROUP BY i.indexrelid, n.nspname, t.relname`,
    [existing.map(({ namespace }) => namespace), existing.map(({ name }) => name)],
  );
  const indexes = rows.map(({ columns, inexact, ...id }) => ({ table: tableLabel(id), columns, inexact }));
  return keyFindings('postgresql', wanted, new Set(existing.map(tableLabel)), indexes, find);
}
