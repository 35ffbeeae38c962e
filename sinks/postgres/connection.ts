import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { clientDeadline } from '../upsert/options.ts';
import type { ConnectionSettings } from '../upsert/options.ts';
import { TargetError } from '../upsert/target-error.ts';
import { translate } from './errors.ts';

const SESSION_SETTINGS = [
  // texts of dates and instants must not depend on the role's or the database's settings
  'TimeZone=UTC',
  'DateStyle=ISO,YMD',
  'tcp_keepalives_idle=60',
  // Each statement looks up thousands of keys in an index. Statistics that are behind (a table that was empty when it
  // was analyzed) would otherwise make the planner read the whole table once for each key.
  'enable_seqscan=off',
  'enable_material=off',
  'jit=off',
];

export function openPool(settings: ConnectionSettings): pg.Pool {
  const pool = new pg.Pool({
    host: settings.host,
    port: settings.port,
    user: settings.user,
    password: settings.password,
    database: settings.database,
    max: settings.poolSize,
    application_name: settings.applicationName,
    connectionTimeoutMillis: settings.connectTimeout,
    statement_timeout: settings.statementTimeout,
    query_timeout: clientDeadline(settings.statementTimeout),
    lock_timeout: settings.lockTimeout,
    idle_in_transaction_session_timeout: settings.idleTransactionTimeout,
    keepAlive: true,
    options: SESSION_SETTINGS.map((setting) => `-c ${setting}`).join(' '),
    ssl: settings.tls,
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
}

/** One connection with an open transaction. */
export class Session {
  readonly #client: pg.PoolClient;
  #open = true;
  #broken = false;

  private constructor(client: pg.PoolClient) {
    this.#client = client;
    client.on('error', this.#onError);
  }

  // Between two statements a broken connection says so by an event; the next statement then fails by itself.
  readonly #onError = (): void => {
    this.#broken = true;
  };

  /**
   * READ COMMITTED whatever the server's default: the version guard reads what others have just committed. REPEATABLE READ
   * for who must see one moment.
   */
  static async begin(
    pool: pg.Pool,
    isolation: 'READ COMMITTED' | 'REPEATABLE READ' = 'READ COMMITTED',
  ): Promise<Session> {
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      throw translate(error, 'connect to the target database');
    }
    const session = new Session(client);
    try {
      await session.run(`BEGIN ISOLATION LEVEL ${isolation} READ WRITE`, [], 'begin a transaction');
      return session;
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /**
   * Runs one statement; `R` says what its rows look like (the driver gives 64-bit integers and decimals as text).
   * `doing` completes «could not …» in the error.
   */
  async run<R extends object>(sql: string, values: readonly unknown[], doing: string): Promise<readonly R[]> {
    return (await this.#query<R>(sql, values, doing)).rows;
  }

  /** Runs a COPY … FROM STDIN with these lines; errors as {@link run} has them. */
  async copy(sql: string, lines: string, doing: string): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#client.query(copyFrom(sql)).once('finish', resolve).once('error', reject).end(lines);
      });
    } catch (error) {
      throw this.#failed(error, doing);
    }
  }

  async #query<R extends object>(
    sql: string,
    values: readonly unknown[],
    doing: string,
  ): Promise<pg.QueryResult<R>> {
    try {
      return await this.#client.query<R>(sql, [...values]);
    } catch (error) {
      throw this.#failed(error, doing);
    }
  }

  #failed(error: unknown, doing: string): TargetError {
    const translated = translate(error, doing);
    if (translated.connectionLost) this.#broken = true;
    return translated;
  }

  async commit(): Promise<void> {
    const { command } = await this.#query('COMMIT', [], 'commit');
    this.#open = false;
    // A transaction in which a statement has failed answers COMMIT with ROLLBACK, and no error.
    if (command !== 'COMMIT')
      throw new TargetError('INTERNAL', 'the transaction was rolled back instead of committed');
  }

  async rollback(): Promise<void> {
    this.#open = false;
    await this.#query('ROLLBACK', [], 'roll back');
  }

  async release(): Promise<void> {
    if (this.#open && !this.#broken) await this.rollback().catch(() => (this.#broken = true));
    this.#client.removeListener('error', this.#onError);
    this.#client.release(this.#broken);
  }
}
