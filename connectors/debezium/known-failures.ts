/** A cause that can be recognised in a stack trace, with what to do about it. */
export interface KnownFailure {
  /** Stable name, for alerts and documentation. */
  readonly id: string;
  readonly pattern: RegExp;
  readonly title: string;
  readonly remedy: string;
  /** A restart alone may help: the cause passes by itself. */
  readonly passing: boolean;
}

const RESNAPSHOT =
  'changes are missing: counterfoil connectors resnapshot makes a new snapshot, then check every route of the source; see docs/operations.md';

/** The first that matches wins: special causes before general ones. Patterns match the whole trace, in any line. */
export const KNOWN_FAILURES: readonly KnownFailure[] = [
  {
    id: 'slot-recreated',
    pattern: /Cannot seek to the last known offset|cannot advance replication slot to/,
    title:
      'the replication slot is ahead of what was captured: it was dropped and made again, or moved by someone',
    remedy: `${RESNAPSHOT}. Find out who dropped the slot`,
    passing: false,
  },
  {
    id: 'slot-lost',
    pattern:
      /can no longer (?:get changes from|access) replication slot|slot has been invalidated|requested WAL segment \S+ has already been removed/,
    title: 'the replication slot was invalidated: the server removed log that had not been captured',
    remedy: `${RESNAPSHOT}. Raise max_slot_wal_keep_size, and alert on pg_replication_slots.wal_status`,
    passing: false,
  },
  {
    id: 'slot-active',
    pattern: /replication slot \S+ is active/,
    title: 'another connection reads the replication slot',
    remedy:
      'after a crash the server frees it within wal_sender_timeout; otherwise another connector uses the same slot: give each its own',
    passing: true,
  },
  {
    id: 'slots-exhausted',
    pattern:
      /all replication slots are in use|number of requested standby connections exceeds max_wal_senders/,
    title: 'the server has no replication slot or WAL sender left',
    remedy:
      'drop slots that nobody reads, or raise max_replication_slots and max_wal_senders (needs a restart)',
    passing: false,
  },
  {
    id: 'slot-missing',
    pattern: /replication slot \S+ does not exist|read change stream starting at PostgresOffsetContext/,
    title: 'the replication slot is gone',
    remedy: RESNAPSHOT,
    passing: false,
  },
  {
    id: 'publication-missing',
    pattern: /Publication autocreation is disabled|publication \S+ does not exist/,
    title: 'the publication does not exist',
    remedy:
      'as owner of the tables: CREATE PUBLICATION <name> FOR TABLE … (the heartbeat table among them), see connectors/debezium/README.md',
    passing: false,
  },
  {
    id: 'wal-level',
    pattern: /wal_level property must be|logical decoding requires wal_level/,
    title: 'PostgreSQL does not write a log that can be decoded',
    remedy: 'set wal_level=logical and restart the server',
    passing: false,
  },
  {
    id: 'binlog-purged',
    pattern:
      /Could not find first log file name|Could not find GTID state|read change stream starting at BinlogOffsetContext|is no longer available on the server|purged (?:required )?binary logs|has purged binary logs/,
    title: 'the server purged binlog files that had not been captured',
    remedy: `${RESNAPSHOT}. Raise binlog_expire_logs_seconds above the longest outage`,
    passing: false,
  },
  {
    id: 'binlog-format',
    pattern: /not configured to use a (?:ROW|FULL) binlog|binlog_row_image|not configured to write to/i,
    title: 'the server does not write whole rows to its binlog',
    remedy: 'set log_bin, binlog_format=ROW and binlog_row_image=FULL, and let running sessions reconnect',
    passing: false,
  },
  {
    id: 'server-id-taken',
    pattern:
      /same server_?(?:uuid|id)(?:\/server_?id)? (?:is already connected|as this (?:slave|replica) has connected)/i,
    title: 'another replica or connector has the same server id',
    remedy: 'give each source a serverId of its own',
    passing: false,
  },
  {
    id: 'schema-history-lost',
    pattern:
      /db history topic (?:is missing|or its content)|schema history topic .*missing|schema isn't known to this connector/,
    title: 'the history of table definitions is lost or incomplete',
    remedy:
      'apply the connector once with snapshot.mode=recovery (only when no table changed since the position), else make a new snapshot; see that the topic never expires',
    passing: false,
  },
  {
    id: 'unparseable-ddl',
    pattern: /DDL statement couldn't be parsed|no viable alternative at input|mismatched input/,
    title: 'a statement in the binlog cannot be parsed',
    remedy:
      'see the log of Connect for the statement. If it is about a table that is not captured, set schema.history.internal.skip.unparseable.ddl=true for this source until it has been passed',
    passing: false,
  },
  {
    id: 'schema-inconsistent',
    pattern:
      /schema representation is probably out of sync|Encountered change event for table .* whose schema/,
    title: "the connector's idea of a table differs from the table",
    remedy: 'a table definition was missed: make a new snapshot of this source and check its routes',
    passing: false,
  },
  {
    id: 'names-collide',
    pattern: /field name duplication/,
    title: 'two columns of a table become one name in Avro',
    remedy:
      'set field.name.adjustment.mode=avro_unicode for this source (connector: in the configuration), which keeps all names apart',
    passing: false,
  },
  {
    id: 'year-zero',
    pattern: /YearColumn/,
    title: 'a snapshot cannot read the year 0000',
    remedy:
      'mend the value, leave the column out (column.exclude.list), or set driver.yearIsDateType=false: 0000 then arrives as 2000, and the check says so',
    passing: false,
  },
  {
    id: 'compressed-column',
    pattern: /ColumnType\.byCode\(int\)" is null/,
    title:
      'the binlog has rows of a table with a COMPRESSED column, captured or not, which the connector cannot read',
    remedy: 'declare the column without COMPRESSED, and let the connector make a new snapshot',
    passing: false,
  },
  {
    id: 'domain-over-enum',
    pattern: /TypeRegistry\.createTypeBuilderFromResultSet/,
    title:
      'the database has a domain over an enum, at which the connector fails, whether or not a table uses it',
    remedy: 'give the columns the enum itself as their type, and drop the domain',
    passing: false,
  },
  {
    id: 'value-not-convertible',
    pattern: /Failed to properly convert (?:data|default|key) value/,
    title: 'a value cannot be represented exactly',
    remedy:
      'see the log of Connect for table and column; leave the column out (column.exclude.list) or mend the row at the source',
    passing: false,
  },
  {
    id: 'heartbeat-denied',
    pattern: /Could not execute heartbeat action(?:[\s\S]*)(?:command denied|permission denied)/,
    title: 'the capturing user may not write the heartbeat table',
    remedy:
      'grant INSERT and UPDATE (PostgreSQL: SELECT, too) on the heartbeat table, see connectors/debezium/README.md',
    passing: false,
  },
  {
    id: 'heartbeat-missing',
    pattern: /Could not execute heartbeat action(?:[\s\S]*)(?:doesn't exist|does not exist|42P01|42S02)/,
    title: 'the heartbeat table does not exist',
    remedy: 'create it, see connectors/debezium/README.md',
    passing: false,
  },
  {
    id: 'credentials',
    pattern:
      /Access denied for user|password authentication failed|no pg_hba\.conf entry|role \S+ does not exist/,
    title: 'the database does not let the capturing user in',
    remedy: 'see user, password and the host it may come from (pg_hba.conf on PostgreSQL)',
    passing: false,
  },
  {
    id: 'privilege',
    pattern:
      /command denied to user|Access denied; you need|User does not have the .{1,40} privilege|permission denied (?:for|to)|must be (?:superuser|owner)|insufficient privilege/,
    title: 'the capturing user lacks a right',
    remedy: 'grant what connectors/debezium/README.md lists for this database',
    passing: false,
  },
  {
    id: 'mysql-public-key',
    pattern: /Public Key Retrieval is not allowed/,
    title: 'MySQL wants an encrypted connection for this log-in',
    remedy: 'give the source tls with mode encrypt or stricter',
    passing: false,
  },
  {
    id: 'mysql-time-zone',
    pattern: /server time zone value .* is unrecognized or represents more than one time zone/,
    title: "the server's time zone has an ambiguous name (CST)",
    remedy:
      'set driver.connectionTimeZone (for example Asia/Shanghai) in the connector settings of this source',
    passing: false,
  },
  {
    id: 'record-too-large',
    pattern: /RecordTooLargeException/,
    title: 'a record is larger than Kafka was told to take',
    remedy:
      'leave the column with the large values out (column.exclude.list in the connector settings of this source), or raise producer.override.max.request.size there and max.message.bytes of the topics that exist',
    passing: false,
  },
  {
    id: 'schema-incompatible',
    pattern:
      /RuleViolationException|Incompatible artifact|is incompatible with an earlier schema|; error code: 409/,
    title: 'the registry refuses the schema of a changed table',
    remedy:
      "see the registry's compatibility rule: capture needs NONE (or the table change has to be a compatible one)",
    passing: false,
  },
  {
    id: 'registry-unavailable',
    pattern:
      /registry\.rest\.client\.exception\.RestClientException|schemaregistry[\s\S]*(?:Connection refused|timed out|UnknownHost)/,
    title: 'the schema registry does not answer',
    remedy: 'start it; the connector goes on by itself',
    passing: true,
  },
  {
    id: 'producer-fenced',
    pattern: /ProducerFenced|InvalidProducerEpoch/,
    title: 'another instance of this connector took over',
    remedy: 'see that no second Connect cluster with the same group.id or connector runs',
    passing: true,
  },
  {
    id: 'kafka-denied',
    pattern: /(?:Topic|TransactionalId|Group|Cluster)AuthorizationException/,
    title: 'Kafka does not let the connector write',
    remedy: "grant the worker's user write on the topics and on its transactional ids",
    passing: false,
  },
  {
    id: 'kafka-unavailable',
    pattern: /org\.apache\.kafka\.common\.errors\.TimeoutException|NotEnoughReplicas/,
    title: 'Kafka did not answer in time',
    remedy: 'see the brokers; the connector goes on by itself',
    passing: true,
  },
  {
    id: 'database-unavailable',
    pattern:
      /Communications link failure|Connection (?:refused|reset)|Socket (?:fail|closed)|terminating connection|database system is (?:starting up|shutting down)|Unable to (?:connect|obtain a JDBC)|Failed to (?:connect|read next byte)|Database connection failed|Broken pipe|EOFException|unexpected end of stream/i,
    title: 'the connection to the database was lost',
    remedy: 'see the database and the network; the connector goes on by itself',
    passing: true,
  },
];
