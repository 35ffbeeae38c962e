import mysql from 'mysql2/promise';
import pg from 'pg';
import type { BinlogSource, PostgresqlSource } from '../../connectors/debezium/capture-source.ts';
import { Secret } from '../../connectors/debezium/secret.ts';
import { testStack, uniqueName } from '../support/stack-file.ts';

const PASSWORD = 'c4pture-pw';

const common = {
  host: '127.0.0.1',
  password: new Secret(PASSWORD),
  tls: 'off',
  keyColumns: {},
  topics: { partitions: 3, replicationFactor: 1, retentionMs: 86_400_000, maxMessageBytes: 4_194_304 },
  converter: { kind: 'worker' },
  plugin: false,
  naming: 'underscore',
} as const;

/** Fails at the first fault instead of trying for half a minute, so that the watcher has something to do. */
const IMPATIENT = { 'errors.max.retries': '0', 'slot.retry.delay.ms': '500' };

/** A database of its own with one table, a heartbeat table and a capturing user that has no right too many. */
export interface CapturedDatabase<Source> {
  readonly source: Source;
  query(sql: string): Promise<unknown>;
  /** Ends the sessions in which the log is read, as a DBA or a failover would. Returns how many there were. */
  endCapture(): Promise<number>;
  close(): Promise<void>;
}

export async function mariadbToCapture(): Promise<CapturedDatabase<BinlogSource>> {
  const { host, port, user, password } = testStack().mariadb;
  const name = uniqueName('cap');
  const connection = await mysql.createConnection({ host, port, user, password, multipleStatements: true });
  await connection.query(`
    CREATE DATABASE ${name};
    CREATE TABLE ${name}.claim (id BIGINT PRIMARY KEY, amount DECIMAL(18,2) NULL DEFAULT 7.50);
    CREATE TABLE ${name}.private (id INT PRIMARY KEY);
    CREATE TABLE ${name}.beat (id INT PRIMARY KEY, beat TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6));
    INSERT INTO ${name}.claim VALUES (1, 1.00);
    CREATE USER ${name}@'%' IDENTIFIED BY '${PASSWORD}';
    GRANT RELOAD, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO ${name}@'%';
    GRANT SELECT ON ${name}.* TO ${name}@'%';
    GRANT INSERT, UPDATE ON ${name}.beat TO ${name}@'%';`);
  return {
    source: {
      ...common,
      kind: 'mariadb',
      name,
      port,
      user: name,
      databases: [name],
      serverId: 10_000 + Math.floor(Math.random() * 1e9),
      schemaHistory: { bootstrapServers: testStack().kafka.bootstrap, clientSettings: {} },
      tables: { include: [`${name}.*`], exclude: [`${name}.private`] },
      heartbeat: { table: `${name}.beat`, intervalMs: 500 },
      signals: null,
      // Other tests on this server create tables that Debezium cannot parse.
      overrides: { ...IMPATIENT, 'schema.history.internal.skip.unparseable.ddl': 'true' },
    },
    query: (sql) => connection.query(sql),
    async endCapture() {
      const [sessions] = await connection.query<mysql.RowDataPacket[]>(
        `SELECT id FROM information_schema.processlist WHERE user = '${name}' AND command LIKE 'Binlog Dump%'`,
      );
      for (const { id } of sessions as { id: number }[]) await connection.query(`KILL ${id}`);
      return sessions.length;
    },
    async close() {
      await connection.query(`DROP DATABASE ${name}; DROP USER ${name}@'%'`);
      await connection.end();
    },
  };
}

export async function postgresqlToCapture(): Promise<CapturedDatabase<PostgresqlSource>> {
  const { host, port, user, password, database } = testStack().postgres;
  const name = uniqueName('cap');
  const server = new pg.Client({ host, port, user, password, database });
  await server.connect();
  await server.query(`CREATE DATABASE ${name}`);
  const client = new pg.Client({ host, port, user, password, database: name });
  await client.connect();
  await client.query(`
    CREATE SCHEMA books; CREATE SCHEMA cf;
    CREATE TABLE books.voucher (id bigint PRIMARY KEY, amount numeric(18,2) DEFAULT 7.50);
    CREATE TABLE cf.beat (id integer PRIMARY KEY, beat timestamptz NOT NULL);
    INSERT INTO books.voucher VALUES (1, 1.00);
    CREATE PUBLICATION pub FOR TABLE books.voucher, cf.beat;
    CREATE ROLE ${name} LOGIN REPLICATION PASSWORD '${PASSWORD}';
    GRANT USAGE ON SCHEMA books, cf TO ${name};
    GRANT SELECT ON books.voucher TO ${name};
    GRANT SELECT, INSERT, UPDATE ON cf.beat TO ${name};`);
  return {
    source: {
      ...common,
      kind: 'postgresql',
      name,
      port,
      user: name,
      database: name,
      slot: name,
      publication: 'pub',
      failoverSlot: false,
      tables: { include: ['books.*'], exclude: [] },
      heartbeat: { table: 'cf.beat', intervalMs: 500 },
      signals: null,
      overrides: IMPATIENT,
    },
    query: (sql) => client.query(sql),
    async endCapture() {
      const ended = await client.query(
        `SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active`,
        [name],
      );
      return ended.rowCount ?? 0;
    },
    async close() {
      await client.end();
      await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await server.query(`DROP ROLE ${name}`);
      await server.end();
    },
  };
}

/** Frees the slot once the connector is gone. */
export async function dropSlot(source: PostgresqlSource): Promise<void> {
  const { host, port, user, password, database } = testStack().postgres;
  const client = new pg.Client({ host, port, user, password, database });
  await client.connect();
  try {
    await client.query(
      `SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active`,
      [source.slot],
    );
    await client.query(
      `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1`,
      [source.slot],
    );
  } finally {
    await client.end();
  }
}
