import mysql from 'mysql2/promise';
import { clientDeadline } from '../upsert/options.ts';
import type { ConnectionSettings } from '../upsert/options.ts';
import { TargetError } from '../upsert/target-error.ts';
import { translate } from './errors.ts';

/**
 * Strict, whatever the server's default, so that a value that does not fit is an error; a 0 in an auto-increment
 * column stays 0; backslash is an escape (literals are written for that).
 */
const SQL_MODE =
  'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO';

/** What the server is and allows. */
export interface ServerTraits {
  readonly mariadb: boolean;
  /** Bytes of one statement. */
  readonly maxPacket: number;
  /** A collation that compares utf8mb4 text by bytes, with trailing spaces if the server has such a one. */
  readonly collation: string;
}

export interface ConnectionPool {
  readonly pool: mysql.Pool;
  readonly settings: ConnectionSettings;
}

export function openPool(settings: ConnectionSettings): ConnectionPool {
  const pool = mysql.createPool({
    host: settings.host,
    port: settings.port,
    user: settings.user,
    password: settings.password,
    connectionLimit: settings.poolSize,
    connectTimeout: settings.connectTimeout,
    enableKeepAlive: true,
    charset: 'utf8mb4',
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    multipleStatements: false,
    // affected rows then tell a written row from one that was left as it was
    flags: ['-FOUND_ROWS'],
    connectAttributes: { program_name: settings.applicationName },
    ...(settings.tls === undefined ? {} : { ssl: { ...settings.tls } }),
  });
  return { pool, settings };
}

const prepared = new WeakMap<object, ServerTraits>();

/** One connection with an open transaction. */
export class Session {
  readonly traits: ServerTraits;
  readonly #connection: mysql.PoolConnection;
  readonly #timeout: number;
  #open = true;
  #broken = false;

  private constructor(connection: mysql.PoolConnection, traits: ServerTraits, timeout: number) {
    this.#connection = connection;
    this.traits = traits;
    this.#timeout = timeout;
  }

  /** READ COMMITTED: the version guard reads what others have just committed, and leaves no locks on gaps. */
  static async begin({ pool, settings }: ConnectionPool): Promise<Session> {
    let connection: mysql.PoolConnection;
    try {
      connection = await pool.getConnection();
    } catch (error) {
      throw translate(error, 'connect to the target database');
    }
    try {
      const raw = connection.connection;
      const deadline = clientDeadline(settings.statementTimeout);
      const traits =
        prepared.get(raw) ?? (await withDeadline(prepareSession(connection, settings), deadline));
      prepared.set(raw, traits);
      const session = new Session(connection, traits, deadline);
      await session.run('START TRANSACTION READ WRITE', 'begin a transaction');
      return session;
    } catch (error) {
      connection.destroy();
      throw translate(error, 'prepare a connection to the target database');
    }
  }

  /** Runs a query; `R` says what its rows look like. `doing` completes «could not …» in the error. */
  async rows<R extends object>(sql: string, doing: string): Promise<readonly R[]> {
    const [rows] = await this.#query<mysql.RowDataPacket[]>(sql, doing, false);
    return rows as unknown as R[];
  }

  /** Runs a query whose columns have no names worth relying on: each row is an array. */
  async arrays(sql: string, doing: string): Promise<readonly (readonly unknown[])[]> {
    const [rows] = await this.#query<mysql.RowDataPacket[][]>(sql, doing, true);
    return rows;
  }

  /** Runs a statement and returns how many rows it affected. */
  async run(sql: string, doing: string): Promise<number> {
    const [outcome] = await this.#query<mysql.ResultSetHeader>(sql, doing, false);
    return outcome.affectedRows;
  }

  async #query<T extends mysql.RowDataPacket[] | mysql.RowDataPacket[][] | mysql.ResultSetHeader>(
    sql: string,
    doing: string,
    rowsAsArray: boolean,
  ): Promise<[T, unknown]> {
    // The server would answer a larger one by closing the connection. Only a statement of row values can be that large.
    if (sql.length > this.traits.maxPacket / 4 && Buffer.byteLength(sql) >= this.traits.maxPacket)
      throw new TargetError('ROW_REJECTED', `could not ${doing}: the row is larger than max_allowed_packet`, {
        remedy: 'Raise max_allowed_packet on the target server.',
      });
    try {
      return await withDeadline(this.#connection.query<T>({ sql, rowsAsArray }), this.#timeout);
    } catch (error) {
      const translated = translate(error, doing);
      if (translated.connectionLost) this.#broken = true;
      throw translated;
    }
  }

  async commit(): Promise<void> {
    await this.run('COMMIT', 'commit');
    this.#open = false;
  }

  async rollback(): Promise<void> {
    this.#open = false;
    await this.run('ROLLBACK', 'roll back');
  }

  async release(): Promise<void> {
    if (this.#open && !this.#broken) await this.rollback().catch(() => (this.#broken = true));
    if (this.#broken) this.#connection.destroy();
    else this.#connection.release();
  }
}

/**
 * Gives up on a server that does not answer. Not the driver's own timeout: its timer outlives a connection that is
 * lost, and would hold the process for as long.
 */
async function withDeadline<T>(answer: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new TargetError('TARGET_UNAVAILABLE', 'the target database does not answer', {
          connectionLost: true,
        }),
      );
    }, milliseconds);
  });
  try {
    return await Promise.race([answer, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

async function prepareSession(
  connection: mysql.PoolConnection,
  settings: ConnectionSettings,
): Promise<ServerTraits> {
  // A connection that breaks between two statements says so by an event, which would end the process unheard. The next
  // statement fails by itself.
  connection.connection.on('error', () => undefined);
  const [[server]] = await connection.query<mysql.RowDataPacket[]>(
    'SELECT VERSION() AS version, @@max_allowed_packet AS maxPacket',
  );
  const mariadb = String(server?.['version']).includes('MariaDB');
  const seconds = (milliseconds: number) => Math.max(1, Math.ceil(milliseconds / 1000));
  const variables = [
    `sql_mode = '${SQL_MODE}'`,
    `time_zone = '+00:00'`,
    `autocommit = 1`,
    `innodb_lock_wait_timeout = ${seconds(settings.lockTimeout)}`,
    `lock_wait_timeout = ${seconds(settings.lockTimeout)}`,
    ...(mariadb
      ? [
          `max_statement_time = ${seconds(settings.statementTimeout)}`,
          `idle_transaction_timeout = ${seconds(settings.idleTransactionTimeout)}`,
          // long lists of keys are looked up in the index; a join with a temporary table may read all rows instead
          `in_predicate_conversion_threshold = 0`,
        ]
      : [`max_execution_time = ${settings.statementTimeout}`]),
  ];
  await connection.query(`SET ${variables.map((variable) => `SESSION ${variable}`).join(', ')}`);
  await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  return { mariadb, maxPacket: Number(server?.['maxPacket']), collation: await exactCollation(connection) };
}

/** The best first: with NO PAD 'a' and 'a ' are two keys. */
const COLLATIONS = ['utf8mb4_nopad_bin', 'utf8mb4_0900_bin', 'utf8mb4_bin'];

async function exactCollation(connection: mysql.PoolConnection): Promise<string> {
  const [rows] = await connection.query<mysql.RowDataPacket[]>(
    `SELECT collation_name AS name FROM information_schema.collations
     WHERE collation_name IN (${COLLATIONS.map((name) => `'${name}'`).join(', ')})`,
  );
  const available = new Set(rows.map((row) => String(row['name'])));
  return COLLATIONS.find((name) => available.has(name)) ?? 'utf8mb4_bin';
}
