import { unreachable } from '../../../schemas/contract/unreachable.ts';
import { tableIdOf } from '../../../schemas/contract/table-pattern.ts';
import { escapeJava } from '../table-patterns.ts';
import type { BinlogSource, Tls } from '../capture-source.ts';
import { schemaHistoryTopic } from '../topic-names.ts';
import type { Setting, SettingGroup } from './setting.ts';

/** Settings of the MariaDB and the MySQL connector, which read a binlog. */
export const BINLOG_SETTINGS: readonly SettingGroup<BinlogSource>[] = [
  {
    title: 'Connection',
    settings: [
      { name: 'database.hostname', value: (source) => source.host, why: 'A server with row-based binlog.' },
      { name: 'database.port', value: (source) => source.port.toString(), why: 'Its port.' },
      { name: 'database.user', value: (source) => source.user, why: 'A user of its own; rights: README.md.' },
      {
        name: 'database.password',
        value: (source) => source.password.reveal(),
        why: 'Never shown.',
      },
      {
        name: 'database.server.id',
        value: (source) => source.serverId.toString(),
        why: 'The connector joins as a replica. Two with the same id throw each other out, again and again.',
      },
      {
        name: 'database.include.list',
        value: (source) => source.databases.map(escapeJava).join(','),
        why: 'Databases whose tables may be captured, and whose definitions are remembered.',
      },
    ],
  },
  {
    title: 'Exact values (binlog)',
    settings: [
      {
        name: 'bigint.unsigned.handling.mode',
        value: 'precise',
        why: 'By default values above 2^63 - 1 arrive as negative numbers.',
        fixed: true,
      },
      {
        name: 'enable.time.adjuster',
        value: 'false',
        why: 'By default years below 100 are taken for short ones: 0001-01-01 arrives as 2001-01-01.',
        fixed: true,
      },
      {
        name: 'inconsistent.schema.handling.mode',
        value: 'fail',
        why: 'A row whose table definition is not known stops the connector. `warn` and `skip` lose it.',
        fixed: true,
      },
    ],
  },
  {
    title: 'Snapshot (binlog)',
    settings: [
      {
        name: 'snapshot.locking.mode',
        value: 'minimal',
        why: 'A global read lock for the moment in which position and definitions are read (without the right to it, table locks); rows are then read from one consistent view. `none` could miss a definition that changes meanwhile.',
      },
    ],
  },
  {
    title: 'Heartbeat (binlog)',
    settings: [
      {
        name: 'heartbeat.action.query',
        value: heartbeatStatement,
        why: 'Updates the heartbeat row. It is an upsert, so that a lost row comes back by itself.',
      },
      {
        name: 'connect.keep.alive.interval.ms',
        value: (source) => keepAliveInterval(source.heartbeat.intervalMs),
        why: 'While nothing happens the connector beats only when the server says so, which it does every 0.8 of this interval (48 s by default). So it is set to twice in each heartbeat interval.',
      },
      {
        name: 'connect.keep.alive',
        value: 'false',
        why: 'Would reconnect by itself, in mid-transaction (events twice) and for ever (RUNNING while the database is gone), also whenever Kafka is slow for that interval. Without it most lost connections fail the task, which goes on from its committed position; the rest (a killed session) the watcher notices by the missing heartbeat.',
      },
    ],
  },
  {
    title: 'Table definitions',
    settings: [
      {
        name: 'include.schema.changes',
        value: 'true',
        why: 'Statements that changed tables, in the topic named as the prefix: the answer to "since when is this column here?".',
      },
      {
        name: 'schema.history.internal.kafka.topic',
        value: (source) => schemaHistoryTopic(source.name),
        why: 'The binlog has no column names, so the connector keeps each definition here. Never delete it, never let it expire.',
        fixed: true,
      },
      {
        name: 'schema.history.internal.kafka.bootstrap.servers',
        value: (source) => source.schemaHistory.bootstrapServers,
        why: 'The same Kafka; this client of its own is not configured by the worker.',
      },
      {
        name: 'schema.history.internal.store.only.captured.databases.ddl',
        value: 'true',
        why: 'Other databases on the same server are none of our business.',
      },
      {
        name: 'schema.history.internal.store.only.captured.tables.ddl',
        value: 'false',
        why: 'Tables not captured yet are remembered, too: they can be added to the list later.',
      },
      {
        name: 'schema.history.internal.skip.unparseable.ddl',
        value: 'false',
        why: 'A statement that the connector cannot parse stops it: skipped, later rows of that table could be read with the wrong columns. For a statement about a table that is not captured, set it to `true` until it has been passed, then remove it.',
      },
    ],
  },
];

/** Security settings of the Kafka clients that read and write the schema history. */
export function schemaHistoryClientSettings(source: BinlogSource): readonly Setting<BinlogSource>[] {
  return (['producer', 'consumer'] as const).flatMap((client) =>
    Object.entries(source.schemaHistory.clientSettings).map(([name, value]) => ({
      name: `schema.history.internal.${client}.${name}`,
      value,
      why: 'How the schema history reaches Kafka.',
    })),
  );
}

export const MARIADB_SETTINGS: readonly SettingGroup<BinlogSource>[] = [
  {
    title: 'MariaDB',
    settings: [
      {
        name: 'connector.class',
        value: 'io.debezium.connector.mariadb.MariaDbConnector',
        why: 'Knows the GTIDs and the binlog events of MariaDB.',
        fixed: true,
      },
      {
        name: 'database.ssl.mode',
        value: (source) => mariadbTls(source.tls),
        why: 'Encryption between Connect and the database.',
      },
    ],
  },
];

export const MYSQL_SETTINGS: readonly SettingGroup<BinlogSource>[] = [
  {
    title: 'MySQL',
    settings: [
      {
        name: 'connector.class',
        value: 'io.debezium.connector.mysql.MySqlConnector',
        why: 'Knows the GTID sets and the compressed transactions of MySQL.',
        fixed: true,
      },
      {
        name: 'database.ssl.mode',
        value: (source) => mysqlTls(source.tls),
        why: 'Encryption between Connect and the database.',
      },
      {
        name: 'driver.allowPublicKeyRetrieval',
        value: (source) => (source.tls === 'off' ? 'true' : null),
        why: "Without encryption the server's default authentication (caching_sha2_password) is not possible otherwise.",
      },
    ],
  },
];

/** The server's own heartbeat comes after 0.8 of the keep-alive interval: that factor is fixed in the connector. */
function keepAliveInterval(heartbeatMs: number): string {
  return Math.ceil(heartbeatMs / 2 / 0.8).toString();
}

function mariadbTls(tls: Tls): string {
  switch (tls) {
    case 'off':
      return 'disable';
    case 'encrypt':
      return 'trust';
    case 'verify-ca':
    case 'verify-full':
      return tls;
    default:
      return unreachable(tls);
  }
}

function mysqlTls(tls: Tls): string {
  switch (tls) {
    case 'off':
      return 'disabled';
    case 'encrypt':
      return 'required';
    case 'verify-ca':
      return 'verify_ca';
    case 'verify-full':
      return 'verify_identity';
    default:
      return unreachable(tls);
  }
}

function heartbeatStatement(source: BinlogSource): string {
  const { namespace, name } = tableIdOf(source.heartbeat.table);
  return (
    `INSERT INTO ${quoted(namespace)}.${quoted(name)} (id, beat) VALUES (1, CURRENT_TIMESTAMP(6)) ` +
    'ON DUPLICATE KEY UPDATE beat = CURRENT_TIMESTAMP(6)'
  );
}

function quoted(identifier: string): string {
  return `\`${identifier.replaceAll('`', '``')}\``;
}
