import mysql from 'mysql2/promise';
import pg from 'pg';
import type { Cell, Row } from '../../schemas/contract/cell.ts';
import type { Column, TableId, TableShape } from '../../schemas/contract/table.ts';
import { testStack, uniqueName } from './stack-file.ts';

export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database?: string;
}

export interface TestSession {
  query(sql: string): Promise<unknown>;
  /** What makes the server choose the other side when this session's transaction is in a deadlock. */
  readonly becomeTheSurvivor: readonly string[];
  close(): Promise<void>;
}

/** An administrator's view of a real database, apart from the code under test. */
export interface TestDatabase {
  readonly dialect: 'postgres' | 'mysql';
  readonly address: DatabaseAddress;
  quote: (name: string) => string;
  /** Rows by column name. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** A schema (PostgreSQL) or database (MariaDB) that `close` drops. */
  reserveNamespace(prefix: string): string;
  /** All rows as cells, without the version column, in key order. Decimals without trailing zeros. */
  readRows(shape: TableShape): Promise<Row[]>;
  /** Ends all sessions of this user; returns how many. */
  killSessions(user: string): Promise<number>;
  /** How many sessions of this user wait for a lock. */
  sessionsWaiting(user: string): Promise<number>;
  /** A session of the administrator's own, for transactions of several statements. */
  openSession(): Promise<TestSession>;
  /** A user that `close` drops, with all rights or with none. */
  createUser(rights: 'all' | 'none'): Promise<{ user: string; password: string }>;
  close(): Promise<void>;
}

export function openPostgres(): TestDatabase {
  const { host, port, user, password, database } = testStack().postgres;
  const address = { host, port, user, password, database };
  const pool = new pg.Pool({ ...address, max: 4, options: '-c TimeZone=UTC' });
  pool.on('error', () => undefined);
  const query = async (sql: string) => (await pool.query<Record<string, unknown>>(sql)).rows;
  const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const namespaces: string[] = [];
  const users: string[] = [];
  return {
    dialect: 'postgres',
    address,
    quote,
    query,
    reserveNamespace: (prefix) => reserve(namespaces, prefix),
    readRows: async (shape) => {
      const rows = await query(
        selectAll(shape, quote, ({ name, type }) =>
          type.kind === 'array'
            ? `array_to_json(${quote(name)})::text`
            : `${quote(name)}${type.kind === 'float' ? '::float8' : ''}::text`,
        ),
      );
      return rows.map((row) => rowOf(shape, row));
    },
    killSessions: async (user) =>
      (await query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${user}'`))
        .length,
    sessionsWaiting: async (user) => {
      const [row] = await query(
        `SELECT count(*)::integer AS waiting FROM pg_stat_activity
         WHERE wait_event_type = 'Lock' AND usename = '${user}'`,
      );
      return Number(row?.['waiting']);
    },
    openSession: async () => {
      const client = new pg.Client(address);
      await client.connect();
      return {
        query: (sql) => client.query(sql),
        // Whoever looks for deadlocks first is the one that gives up.
        becomeTheSurvivor: ["SET LOCAL deadlock_timeout = '1min'"],
        close: () => client.end(),
      };
    },
    createUser: async (rights) => {
      const user = uniqueName('cf_user');
      users.push(user);
      await query(`CREATE ROLE ${user} LOGIN ${rights === 'all' ? 'SUPERUSER' : ''} PASSWORD 'secret'`);
      return { user, password: 'secret' };
    },
    close: async () => {
      for (const namespace of namespaces) await query(`DROP SCHEMA IF EXISTS ${quote(namespace)} CASCADE`);
      for (const name of users) await query(`DROP OWNED BY ${name}; DROP ROLE ${name}`);
      await pool.end();
    },
  };
}

export function openMariadb(): TestDatabase {
  const { host, port, user, password } = testStack().mariadb;
  const address = { host, port, user, password };
  const pool = mysql.createPool({
    ...address,
    connectionLimit: 4,
    charset: 'utf8mb4',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    timezone: 'Z',
  });
  const query = async (sql: string) => {
    const [rows] = await pool.query<mysql.RowDataPacket[]>(sql);
    return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
  };
  const quote = (name: string) => `\`${name.replaceAll('`', '``')}\``;
  const namespaces: string[] = [];
  const users: string[] = [];
  const readable = ({ name, type }: Column) => {
    if (type.kind === 'bytes') return `CONCAT('\\\\x', LOWER(HEX(${quote(name)})))`;
    if (type.kind === 'geometry') return extendedBinary(quote(name));
    if (type.kind === 'bits') return `LPAD(BIN(${quote(name)} + 0), ${type.length}, '0')`;
    return `CAST(${quote(name)} AS ${type.kind === 'float' ? 'DOUBLE' : 'CHAR'})`;
  };
  return {
    dialect: 'mysql',
    address,
    quote,
    query,
    reserveNamespace: (prefix) => reserve(namespaces, prefix),
    readRows: async (shape) =>
      (await query(selectAll(shape, quote, readable))).map((row) => rowOf(shape, row)),
    killSessions: async (name) => {
      const sessions = await query(`SELECT id FROM information_schema.processlist WHERE user = '${name}'`);
      for (const { id } of sessions) await query(`KILL CONNECTION ${String(id)}`);
      return sessions.length;
    },
    sessionsWaiting: async (name) => {
      const [row] = await query(
        `SELECT COUNT(*) AS waiting FROM information_schema.innodb_trx t
         JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
         WHERE t.trx_state = 'LOCK WAIT' AND p.user = '${name}'`,
      );
      return Number(row?.['waiting']);
    },
    openSession: async () => {
      const connection = await mysql.createConnection(address);
      const ballast = quote(reserve(namespaces, 'ballast'));
      await connection.query(`CREATE DATABASE ${ballast}`);
      await connection.query(`CREATE TABLE ${ballast}.rows_of (id INT PRIMARY KEY)`);
      return {
        query: (sql) => connection.query(sql),
        // Whoever has changed less is the one that gives up.
        becomeTheSurvivor: [`INSERT INTO ${ballast}.rows_of SELECT seq FROM ${ballast}.seq_1_to_2000`],
        close: () => connection.end(),
      };
    },
    createUser: async (rights) => {
      const name = uniqueName('cf_user');
      users.push(name);
      await query(`CREATE USER '${name}'@'%' IDENTIFIED BY 'secret'`);
      if (rights === 'all') await query(`GRANT ALL ON *.* TO '${name}'@'%'`);
      return { user: name, password: 'secret' };
    },
    close: async () => {
      for (const namespace of namespaces) await query(`DROP DATABASE IF EXISTS ${quote(namespace)}`);
      for (const name of users) await query(`DROP USER IF EXISTS '${name}'@'%'`);
      await pool.end();
    },
  };
}

/** Hex digits of extended well-known binary, put together from what the server says of a shape. */
function extendedBinary(name: string): string {
  const wkb = `HEX(ST_AsWKB(${name}))`;
  const srid = `HEX(REVERSE(UNHEX(LPAD(HEX(ST_SRID(${name})), 8, '0'))))`;
  const type = `CONCAT(SUBSTR(${wkb}, 3, 6), HEX(CONV(SUBSTR(${wkb}, 9, 2), 16, 10) | 32))`;
  const extended = `CONCAT('01', ${type}, ${srid}, SUBSTR(${wkb}, 11))`;
  return `CONCAT('\\\\x', LOWER(IF(ST_SRID(${name}) = 0, ${wkb}, ${extended})))`;
}

function reserve(namespaces: string[], prefix: string): string {
  const name = uniqueName(prefix);
  namespaces.push(name);
  return name;
}

function selectAll(
  { id, columns, key }: TableShape,
  quote: (name: string) => string,
  readable: (column: Column) => string,
): string {
  const selected = columns.map((column, at) => `${readable(column)} AS c${at}`).join(', ');
  return `SELECT ${selected} FROM ${tableName(id, quote)} ORDER BY ${key.map(quote).join(', ')}`;
}

function tableName(id: TableId, quote: (name: string) => string): string {
  return `${quote(id.namespace)}.${quote(id.name)}`;
}

function rowOf({ columns }: TableShape, row: Record<string, unknown>): Row {
  return Object.fromEntries(
    columns.map((column, at) => [column.name, cellOf(column, row[`c${at}`] ?? null)]),
  );
}

/** Reads the database's text of a value back into the canonical cell. */
function cellOf({ type }: Column, value: unknown): Cell {
  if (value === null) return null;
  const text = value as string;
  switch (type.kind) {
    case 'boolean':
      return text === '1' || text === 'true';
    case 'int':
      return type.bits === 64 ? BigInt(text) : Number(text);
    case 'float':
      return Number(text);
    case 'decimal':
      return withoutZeros(text);
    case 'bytes':
    case 'geometry':
      return new Uint8Array(Buffer.from(text.slice(2), 'hex'));
    case 'time':
    case 'timestamp':
      return withoutZeros(text);
    case 'instant':
      return `${withoutZeros(text.replace(/\+00$/, '')).replace(' ', 'T')}Z`;
    case 'text':
    case 'enum':
    case 'json':
    case 'uuid':
    case 'bits':
    case 'array':
    case 'date':
      return text;
  }
}

function withoutZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
