import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { lockNumber } from './advisory-lock.ts';
import type { Session } from './connection.ts';

/**
 * One advisory lock per target table, because a DELETE of an absent row does not wait for another transaction that is
 * about to insert it (nor does a look at the tombstones see the one about to be written). Whoever may insert rows
 * shares the gate; whoever must be sure that a row is absent owns it, which waits for the inserts under way. That is
 * rare: only for deletes that found no row, and incomplete rows that found none to complete.
 */
export class Gates {
  readonly #session: Session;
  readonly #shared = new Set<string>();
  readonly #owned = new Set<string>();

  constructor(session: Session) {
    this.#session = session;
  }

  async share(id: TableId): Promise<void> {
    await this.#take(id, 'pg_advisory_xact_lock_shared', this.#shared);
  }

  async own(id: TableId): Promise<void> {
    await this.#take(id, 'pg_advisory_xact_lock', this.#owned);
  }

  /** After a rollback to a savepoint: what was locked since is not locked any more. */
  forget(): void {
    this.#shared.clear();
    this.#owned.clear();
  }

  async #take(id: TableId, lock: string, taken: Set<string>): Promise<void> {
    const label = tableLabel(id);
    if (taken.has(label) || this.#owned.has(label)) return;
    await this.#session.run(
      `SELECT ${lock}($1::bigint)`,
      [lockNumber(['counterfoil', id.namespace, id.name])],
      `lock ${label}`,
    );
    taken.add(label);
  }
}
