import { unreachable } from '../../../schemas/contract/unreachable.ts';
import type { PostgresqlSource, Tls } from '../capture-source.ts';
import { tableIdOf } from '../../../schemas/contract/table-pattern.ts';
import type { SettingGroup } from './setting.ts';

/** Settings of the PostgreSQL connector, which reads a logical replication slot. */
export const POSTGRESQL_SETTINGS: readonly SettingGroup<PostgresqlSource>[] = [
  {
    title: 'PostgreSQL',
    settings: [
      {
        name: 'connector.class',
        value: 'io.debezium.connector.postgresql.PostgresConnector',
        why: 'Reads what the server decodes from its log.',
        fixed: true,
      },
      {
        name: 'database.hostname',
        value: (source) => source.host,
        why: 'The primary, with `wal_level=logical`.',
      },
      { name: 'database.port', value: (source) => source.port.toString(), why: 'Its port.' },
      { name: 'database.user', value: (source) => source.user, why: 'A user of its own; rights: README.md.' },
      {
        name: 'database.password',
        value: (source) => source.password.reveal(),
        why: 'Never shown.',
      },
      {
        name: 'database.dbname',
        value: (source) => source.database,
        why: 'One connector reads one database.',
      },
      {
        name: 'database.sslmode',
        value: (source) => tlsMode(source.tls),
        why: 'Encryption between Connect and the database.',
      },
    ],
  },
  {
    title: 'Slot and publication',
    settings: [
      {
        name: 'plugin.name',
        value: 'pgoutput',
        why: 'Built into PostgreSQL: nothing to install.',
        fixed: true,
      },
      {
        name: 'slot.name',
        value: (source) => source.slot,
        why: 'Holds back the log until it has been read. Each connector needs one of its own.',
      },
      {
        name: 'slot.drop.on.stop',
        value: 'false',
        why: 'A slot that is dropped and made again has a gap that nobody sees.',
        fixed: true,
      },
      {
        name: 'slot.failover',
        value: (source) => (source.failoverSlot ? 'true' : null),
        why: 'PostgreSQL 17 and newer: the slot is kept on standbys, too.',
      },
      {
        name: 'slot.max.retries',
        value: '30',
        why: 'After a crash the server may take a minute to notice that the old connection to the slot is gone.',
      },
      { name: 'slot.retry.delay.ms', value: '2000', why: 'So the slot is taken over soon after it is free.' },
      {
        name: 'publication.name',
        value: (source) => source.publication,
        why: 'The tables that are published.',
      },
      {
        name: 'publication.autocreate.mode',
        value: 'disabled',
        why: 'The owner of the tables makes it. To make or alter one, the capturing user would have to own every table.',
      },
      {
        name: 'offset.mismatch.strategy',
        value: 'trust_offset',
        why: 'Stops when the slot is ahead of what was captured: it was dropped and made again, and changes are missing. By default the connector goes on as if nothing had happened.',
        fixed: true,
      },
      {
        name: 'lsn.flush.mode',
        value: 'connector',
        why: 'The slot moves only past what is safely in Kafka; the heartbeat keeps it moving. With `connector_and_driver` it would run ahead, and the check above would fail.',
        fixed: true,
      },
      {
        name: 'status.update.interval.ms',
        value: '5000',
        why: 'How often the server hears how far we are.',
      },
    ],
  },
  {
    title: 'Exact values (PostgreSQL)',
    settings: [
      {
        name: 'interval.handling.mode',
        value: 'string',
        why: 'ISO 8601 text. By default a month counts as 30.4375 days.',
      },
      { name: 'hstore.handling.mode', value: 'json', why: 'As JSON text, like json and jsonb columns.' },
      {
        name: 'money.fraction.digits',
        value: '2',
        why: 'Digits after the point in columns of type `money`.',
      },
      {
        name: 'include.unknown.datatypes',
        value: 'true',
        why: 'Columns of types that Debezium does not know arrive as bytes. By default they are left out silently.',
      },
    ],
  },
  {
    title: 'Snapshot (PostgreSQL)',
    settings: [
      {
        name: 'snapshot.locking.mode',
        value: 'none',
        why: 'Rows are read from the view that came with the slot; no lock is needed for that.',
      },
      {
        name: 'snapshot.isolation.mode',
        value: 'repeatable_read',
        why: 'The same view for the whole snapshot. The default, serializable, makes the server keep track of all that was read.',
      },
    ],
  },
  {
    title: 'Heartbeat (PostgreSQL)',
    settings: [
      {
        name: 'heartbeat.action.query',
        value: heartbeatStatement,
        why: 'Updates the heartbeat row, an upsert. Without it the slot of a quiet database beside a busy one holds back the log until the disk is full.',
      },
    ],
  },
];

function tlsMode(tls: Tls): string {
  switch (tls) {
    case 'off':
      return 'disable';
    case 'encrypt':
      return 'require';
    case 'verify-ca':
    case 'verify-full':
      return tls;
    default:
      return unreachable(tls);
  }
}

function heartbeatStatement(source: PostgresqlSource): string {
  const { namespace, name } = tableIdOf(source.heartbeat.table);
  return (
    `INSERT INTO ${quoted(namespace)}.${quoted(name)} (id, beat) VALUES (1, clock_timestamp()) ` +
    'ON CONFLICT (id) DO UPDATE SET beat = excluded.beat'
  );
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
