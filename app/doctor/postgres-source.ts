import type { Client } from 'pg';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import type { PostgresSource } from '../config/source-schema.ts';
import { withPostgres } from '../runtime/databases.ts';
import type { Finding, Findings } from './finding.ts';
import { quotedName, quotedTable, someOf } from './names.ts';
import { ownTableFinding, ownTables } from './own-tables.ts';
import { columnNames, lookAtTableRights, settingOf, textRows } from './postgres-server.ts';
import { lookAtPartitions } from './stopping-tables.ts';
import type { Subject } from './subject.ts';

/** A PostgreSQL database that is captured: its log, slot, publication, users, the product's own tables and replica identities. */
export function postgresSourceSubjects(
  name: string,
  source: PostgresSource,
  tables: readonly TableId[],
): readonly Subject[] {
  const own = ownTables(source);
  const { capture, check } = source;
  return [
    {
      where: `source ${name}: log and capture`,
      look: (find) =>
        withPostgres({ ...source, ...capture }, async (client) => {
          const findings = [
            ...(await lookAtLog(client, find)),
            ...(await lookAtSlot(client, source, find)),
            ...(await lookAtReplicationRight(client, capture.user, find)),
            ...(await lookAtPublication(client, source, [...tables, ...own.map(({ id }) => id)], find)),
            ...(await lookAtTableRights(
              client,
              tables,
              { user: capture.user, privileges: ['SELECT'], why: 'the snapshot reads the rows' },
              find,
            )),
          ];
          for (const table of own) {
            const { id, privileges, why } = table;
            const needed = { user: capture.user, privileges: ['SELECT', ...privileges], why };
            findings.push(ownTableFinding(table, await columnNames(client, id), find));
            findings.push(...(await lookAtTableRights(client, [id], needed, find)));
          }
          return findings;
        }),
    },
    {
      where: `source ${name}: check and tables`,
      look: (find) =>
        withPostgres({ ...source, ...check }, async (client) => [
          ...(await lookAtTableRights(
            client,
            tables,
            { user: check.user, privileges: ['SELECT'], why: 'a check reads the rows' },
            find,
          )),
          ...(await lookAtIdentities(client, tables, find)),
          ...(await lookAtPartitions(client, source, find)),
        ]),
    },
  ];
}

async function lookAtLog(client: Client, find: Findings): Promise<readonly Finding[]> {
  const level = await settingOf(client, 'wal_level');
  const kept = await settingOf(client, 'max_slot_wal_keep_size');
  return [
    level === 'logical'
      ? find.ok('wal_level is logical')
      : find.error(
          `wal_level is ${level}: the log cannot be decoded`,
          `ALTER SYSTEM SET wal_level = 'logical'; then restart the server`,
        ),
    kept === '-1'
      ? find.warning(
          'max_slot_wal_keep_size is unlimited: a connector that stands still fills the disk of the server',
          "ALTER SYSTEM SET max_slot_wal_keep_size = '20GB'; SELECT pg_reload_conf(); (beyond it the slot is lost, and a new snapshot needed)",
        )
      : find.ok(`max_slot_wal_keep_size is ${kept}`),
  ];
}

async function lookAtSlot(
  client: Client,
  { slot, database }: PostgresSource,
  find: Findings,
): Promise<readonly Finding[]> {
  const [state] = await textRows(
    client,
    `SELECT (SELECT count(*) FROM pg_replication_slots) AS slots, current_setting('max_replication_slots') AS most_slots,
       (SELECT count(*) FROM pg_stat_replication) AS senders, current_setting('max_wal_senders') AS most_senders`,
  );
  const [own] = await textRows(
    client,
    'SELECT database, plugin, active, wal_status FROM pg_replication_slots WHERE slot_name = $1',
    [slot],
  );
  if (own !== undefined) return [ownSlot(slot, own, database, find)];
  return [
    room('max_replication_slots', state?.['slots'], state?.['most_slots'], find),
    room('max_wal_senders', state?.['senders'], state?.['most_senders'], find),
  ];
}

function ownSlot(
  slot: string,
  own: Readonly<Record<string, string | null>>,
  database: string,
  find: Findings,
): Finding {
  const drop = `SELECT pg_drop_replication_slot('${slot}');`;
  if (own['database'] !== database || own['plugin'] !== 'pgoutput')
    return find.error(
      `the slot ${slot} belongs to ${own['database'] ?? 'no database'} (${own['plugin'] ?? 'physical'})`,
      'Name another slot in the configuration of this source.',
    );
  if (own['wal_status'] === 'lost')
    return find.error(
      `the slot ${slot} is lost: the server has removed log that was not captured`,
      `Stop the connector, ${drop} delete the connector's offsets, apply it again: it makes a new snapshot. Then check every route.`,
    );
  if (own['wal_status'] === 'unreserved')
    return find.warning(
      `the slot ${slot} will be lost at the next checkpoint`,
      'Let the connector run, and raise max_slot_wal_keep_size.',
    );
  return find.ok(`the slot ${slot} is there (${own['active'] === 'true' ? 'active' : 'not active'})`);
}

function room(
  setting: string,
  used: string | null | undefined,
  most: string | null | undefined,
  find: Findings,
): Finding {
  const what = `${used ?? '?'} of ${most ?? '?'} ${setting} are in use`;
  if (Number(used) < Number(most)) return find.ok(what);
  return find.error(
    `${what}: the connector needs one`,
    `ALTER SYSTEM SET ${setting} = ${(Number(most) + 4).toString()}; then restart the server (or drop a slot that nobody reads)`,
  );
}

async function lookAtReplicationRight(
  client: Client,
  user: string,
  find: Findings,
): Promise<readonly Finding[]> {
  const [role] = await textRows(
    client,
    'SELECT rolreplication OR rolsuper AS may FROM pg_roles WHERE rolname = current_user',
  );
  if (role?.['may'] === 'true') return [find.ok(`${user} may replicate`)];
  return [
    find.error(`${user} may not read the log`, `ALTER ROLE ${quotedName('postgresql', user)} REPLICATION;`),
  ];
}

async function lookAtPublication(
  client: Client,
  { publication }: PostgresSource,
  tables: readonly TableId[],
  find: Findings,
): Promise<readonly Finding[]> {
  const name = quotedName('postgresql', publication);
  const list = tables.map((table) => quotedTable('postgresql', table)).join(', ');
  const [found] = await textRows(
    client,
    'SELECT pubinsert AND pubupdate AND pubdelete AND pubtruncate AS whole FROM pg_publication WHERE pubname = $1',
    [publication],
  );
  if (found === undefined)
    return [
      find.error(
        `the publication ${publication} does not exist`,
        `As owner of the tables: CREATE PUBLICATION ${name} FOR TABLE ${list} WITH (publish_via_partition_root = true);`,
      ),
    ];
  const published = await textRows(
    client,
    'SELECT schemaname AS namespace, tablename AS name FROM pg_publication_tables WHERE pubname = $1',
    [publication],
  );
  const known = new Set(published.map((row) => `${row['namespace'] ?? ''}.${row['name'] ?? ''}`));
  const missing = tables.filter((table) => !known.has(tableLabel(table)));
  return [
    found['whole'] === 'true'
      ? find.ok(`the publication ${publication} publishes all changes`)
      : find.error(
          `the publication ${publication} leaves out some kinds of changes`,
          `ALTER PUBLICATION ${name} SET (publish = 'insert, update, delete, truncate');`,
        ),
    missing.length === 0
      ? find.ok(`the publication ${publication} has all ${tables.length.toString()} tables`)
      : find.error(
          `the publication ${publication} lacks ${someOf(missing.map(tableLabel))}: their changes are not sent`,
          await additionOf(client, name, publication, missing),
        ),
  ];
}

/** A partitioned table that is in a publication is published as its partitions, unless the publication says otherwise. */
async function additionOf(
  client: Client,
  name: string,
  publication: string,
  missing: readonly TableId[],
): Promise<string> {
  const members = await textRows(
    client,
    `SELECT n.nspname AS namespace, c.relname AS name FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
       JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE p.pubname = $1 AND c.relkind = 'p'
     UNION SELECT n.nspname, c.relname FROM pg_publication p, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE p.pubname = $1 AND p.puballtables AND c.relkind = 'p'`,
    [publication],
  );
  const partitioned = new Set(members.map((row) => `${row['namespace'] ?? ''}.${row['name'] ?? ''}`));
  const [asPartitions, absent] = [true, false].map((is) =>
    missing.filter((table) => partitioned.has(tableLabel(table)) === is),
  );
  return [
    ...(asPartitions?.length ? [`ALTER PUBLICATION ${name} SET (publish_via_partition_root = true);`] : []),
    ...(absent?.length
      ? [
          `ALTER PUBLICATION ${name} ADD TABLE ${absent.map((table) => quotedTable('postgresql', table)).join(', ')};`,
        ]
      : []),
  ].join('\n');
}

/** Published tables without an identity refuse every UPDATE and DELETE of the application. */
async function lookAtIdentities(
  client: Client,
  tables: readonly TableId[],
  find: Findings,
): Promise<readonly Finding[]> {
  const rows = await textRows(
    client,
    `SELECT n.nspname AS namespace, c.relname AS name, c.relreplident::text AS identity, c.relpersistence::text AS persistence,
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND i.indimmediate) AS keyed,
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident) AS indexed
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE (n.nspname, c.relname) IN (SELECT unnest($1::text[]), unnest($2::text[])) ORDER BY 1, 2`,
    [tables.map(({ namespace }) => namespace), tables.map(({ name }) => name)],
  );
  const findings: Finding[] = [];
  for (const row of rows) {
    const id = { namespace: row['namespace'] ?? '', name: row['name'] ?? '' };
    const table = quotedTable('postgresql', id);
    if (row['persistence'] !== 'p')
      findings.push(
        find.error(
          `${tableLabel(id)} is unlogged: its changes are in no log`,
          `ALTER TABLE ${table} SET LOGGED; or exclude it`,
        ),
      );
    const { identity } = row;
    const identified =
      identity === 'f' ||
      (identity === 'd' && row['keyed'] === 'true') ||
      (identity === 'i' && row['indexed'] === 'true');
    if (!identified)
      findings.push(
        find.error(
          `${tableLabel(id)} has no replica identity: once it is published, UPDATE and DELETE fail in every application`,
          `ALTER TABLE ${table} REPLICA IDENTITY USING INDEX <a unique index of NOT NULL columns>; or ALTER TABLE ${table} REPLICA IDENTITY FULL;`,
        ),
      );
  }
  return findings.length > 0
    ? findings
    : [find.ok(`all ${tables.length.toString()} captured tables have a replica identity`)];
}
