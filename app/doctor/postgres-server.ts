import type { Client } from 'pg';
import type { TableId } from '../../schemas/contract/table.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { Finding, Findings } from './finding.ts';
import { quotedName, quotedTable, someOf } from './names.ts';

/** Rows of texts. */
export async function textRows(
  client: Client,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Readonly<Record<string, string | null>>[]> {
  const { rows } = await client.query<Record<string, string | number | boolean | null>>(sql, [...values]);
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]),
    ),
  );
}

/** The names of a table's columns; none when it is not there. */
export async function columnNames(
  client: Client,
  { namespace, name }: TableId,
): Promise<ReadonlySet<string>> {
  const rows = await textRows(
    client,
    `SELECT a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped`,
    [namespace, name],
  );
  return new Set(rows.flatMap((row) => row['name'] ?? []));
}

/** What a user needs on tables or schemas. */
export interface RightsWanted {
  readonly user: string;
  readonly privileges: readonly string[];
  readonly why: string;
}

/** Whether a user may use these tables, and their schemas. */
export async function lookAtTableRights(
  client: Client,
  tables: readonly TableId[],
  { user, privileges, why }: RightsWanted,
  find: Findings,
): Promise<readonly Finding[]> {
  if (tables.length === 0) return [];
  const namespaces = [...new Set(tables.map(({ namespace }) => namespace))];
  const schemas = await textRows(
    client,
    `SELECT n AS namespace FROM unnest($2::text[]) AS n
     WHERE EXISTS (SELECT FROM pg_namespace WHERE nspname = n) AND NOT has_schema_privilege($1, n, 'USAGE')`,
    [user, namespaces],
  );
  const rows = await textRows(
    client,
    `SELECT n.nspname AS namespace, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE (n.nspname, c.relname) IN (SELECT unnest($2::text[]), unnest($3::text[]))
       AND NOT (SELECT bool_and(has_table_privilege($1, c.oid, p)) FROM unnest($4::text[]) AS p)
     ORDER BY 1, 2`,
    [user, tables.map(({ namespace }) => namespace), tables.map(({ name }) => name), privileges],
  );
  const lacking = rows.map((row) => ({ namespace: row['namespace'] ?? '', name: row['name'] ?? '' }));
  const statements = [
    ...schemas.map(
      (row) =>
        `GRANT USAGE ON SCHEMA ${quotedName('postgresql', row['namespace'] ?? '')} TO ${quotedName('postgresql', user)};`,
    ),
    ...lacking.map(
      (id) =>
        `GRANT ${privileges.join(', ')} ON ${quotedTable('postgresql', id)} TO ${quotedName('postgresql', user)};`,
    ),
  ];
  const names = privileges.join(', ');
  if (statements.length === 0)
    return [find.ok(`${user} has ${names} on ${tables.length.toString()} tables: ${why}`)];
  const where = [...schemas.map((row) => `schema ${row['namespace'] ?? ''}`), ...lacking.map(tableLabel)];
  return [find.error(`${user} lacks rights (${names}) on ${someOf(where)}: ${why}`, statements.join('\n'))];
}

/** The value of a setting of the server. */
export async function settingOf(client: Client, name: string): Promise<string> {
  const [row] = await textRows(client, `SELECT current_setting($1, true) AS value`, [name]);
  return row?.['value'] ?? '';
}
