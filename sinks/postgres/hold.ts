import type pg from 'pg';
import { lockNumber } from './advisory-lock.ts';
import { translate } from './errors.ts';

/**
 * The right to be the only one of several processes to do something, for as long as a connection lasts. A courtesy, so that
 * they do not fence each other for ever: what must never be done twice is guarded by epochs.
 */
export class Hold {
  #lost = false;

  private constructor(private readonly client: pg.PoolClient) {
    client.on('error', this.#lose);
    client.on('end', this.#lose);
  }

  readonly #lose = (): void => {
    this.#lost = true;
  };

  /** Null while another process has it. Throws TargetError. */
  static async attempt(pool: pg.Pool, what: readonly string[]): Promise<Hold | null> {
    const doing = 'ask for the right to go on';
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      throw translate(error, doing);
    }
    try {
      const { rows } = await client.query<{ held: boolean }>(
        'SELECT pg_try_advisory_lock($1::bigint) AS held',
        [lockNumber(['counterfoil', 'hold', ...what])],
      );
      if (rows[0]?.held === true) return new Hold(client);
      client.release();
      return null;
    } catch (error) {
      client.release(true);
      throw translate(error, doing);
    }
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** With the connection. */
  release(): void {
    this.client.removeListener('error', this.#lose);
    this.client.removeListener('end', this.#lose);
    this.client.release(true);
  }
}
