import type mysql from 'mysql2/promise';
import { openMariaDb, type DatabaseAccess } from '../access.ts';
import { persist, type Patience } from './patience.ts';
import type { Plan } from './plan.ts';
import { statementOf, type Write } from './writes.ts';

export interface RowCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/**
 * - `committed`: in the database, or found there after a connection was lost during COMMIT;
 * - `rolled-back`: done and undone, as planned;
 * - `overtaken`: somebody else had changed the document, so nothing was done.
 */
export type OaOutcome = 'committed' | 'rolled-back' | 'overtaken';

export interface OaExecution {
  readonly outcome: OaOutcome;
  readonly rows: RowCounts;
  readonly retries: number;
}

const NO_ROWS: RowCounts = { inserted: 0, updated: 0, deleted: 0 };

/** One connection of the office to its database; runs one planned transaction at a time. */
export class OaLane {
  readonly #access: DatabaseAccess;
  readonly #patience: Patience;
  #connection: mysql.Connection | null = null;

  constructor(access: DatabaseAccess, patience: Patience) {
    this.#access = access;
    this.#patience = patience;
  }

  /** Throws CounterfoilError when the database refuses the transaction or stays away. */
  async execute(plan: Plan): Promise<OaExecution> {
    const { result, retries } = await persist(
      (uncertain) => this.#attempt(plan, uncertain),
      () => {
        this.#connection?.destroy();
        this.#connection = null;
      },
      this.#patience,
      `action ${plan.index} (${plan.action})`,
    );
    return { ...result, retries };
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    await connection?.end().catch(() => {
      connection.destroy();
    });
  }

  async #attempt(plan: Plan, uncertain: boolean): Promise<Omit<OaExecution, 'retries'>> {
    this.#connection ??= await openMariaDb(this.#access);
    const connection = this.#connection;
    if (uncertain && (await isLogged(connection, plan.logId))) return { outcome: 'committed', rows: NO_ROWS };
    try {
      await connection.beginTransaction();
      const rows = await applyWrites(connection, plan.writes);
      if (rows === null || plan.rolledBack) {
        await connection.rollback();
        return { outcome: rows === null ? 'overtaken' : 'rolled-back', rows: NO_ROWS };
      }
      await connection.commit();
      return { outcome: 'committed', rows };
    } catch (error) {
      // A broken connection cannot roll back, and need not: its transaction ended with it.
      await connection.rollback().catch(() => undefined);
      throw error;
    }
  }
}

async function isLogged(connection: mysql.Connection, logId: bigint): Promise<boolean> {
  const [rows] = await connection.query<mysql.RowDataPacket[]>('SELECT 1 FROM operation_log WHERE id = ?', [
    logId,
  ]);
  return rows.length > 0;
}

/** Null when an update did not meet exactly its one row. */
async function applyWrites(
  connection: mysql.Connection,
  writes: readonly Write[],
): Promise<RowCounts | null> {
  const counts = { inserted: 0, updated: 0, deleted: 0 };
  for (const write of writes) {
    const { text, values } = statementOf(write);
    const [{ affectedRows }] = await connection.query<mysql.ResultSetHeader>(text, [...values]);
    switch (write.kind) {
      case 'insert':
        counts.inserted += affectedRows;
        break;
      case 'update':
        if (affectedRows !== 1) return null;
        counts.updated += 1;
        break;
      case 'delete':
        counts.deleted += affectedRows;
        break;
      case 'add-to-budget':
        // 1 for an insert, 2 for an update: how ON DUPLICATE KEY UPDATE reports.
        if (affectedRows === 1) counts.inserted += 1;
        else counts.updated += 1;
        break;
    }
  }
  return counts;
}
