import { versionOf } from '../../schemas/contract/position.ts';
import type { Version } from '../../schemas/contract/position.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import type { RowSet } from '../upsert/database.ts';
import { TargetError } from '../upsert/target-error.ts';
import { storedKeyOf, TOMBSTONE_TABLE, WHOLE_TABLE } from '../../schemas/contract/stored-key.ts';
import { elementAt } from '../upsert/row-sets.ts';
import type { Session } from './connection.ts';
import { quote } from './identifiers.ts';

export function tombstoneDefinition(namespace: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(TOMBSTONE_TABLE)} (
    table_namespace text NOT NULL,
    table_name text NOT NULL,
    row_key text NOT NULL,
    version bytea NOT NULL,
    deleted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (table_namespace, table_name, row_key)
  )`;
}

/**
 * Tombstones of rows, and one of each table that was ever cleared: it stands for all rows that were older.
 * A key is never in its table and here at once, but for rows that others wrote (they have no version).
 */
export class Tombstones {
  /** Quoted, for use in other statements. */
  readonly table: string;

  constructor(namespace: string) {
    this.table = `${quote(namespace)}.${quote(TOMBSTONE_TABLE)}`;
  }

  /** Records the deletes of these rows, unless a newer one is recorded already. */
  async bury(session: Session, set: RowSet): Promise<void> {
    await session.run(
      `INSERT INTO ${this.table} AS d (table_namespace, table_name, row_key, version)
       SELECT $2, $3, s.k, s.v FROM json_to_recordset($1::json) AS s(k text, v bytea)
       ON CONFLICT (table_namespace, table_name, row_key)
       DO UPDATE SET version = EXCLUDED.version, deleted_at = now() WHERE d.version < EXCLUDED.version`,
      [keysAndVersions(set), ...idOf(set)],
      'record the deletes',
    );
  }

  /**
   * Removes the tombstones that rows just written have won over. A statement of its own, after them, so that it sees
   * what was committed while they waited for locks: a newer tombstone then means that a row was brought back to life.
   */
  async settle(session: Session, set: RowSet): Promise<void> {
    if (set.rows.length === 0 || !(await this.#exist(session, set.target.shape.id))) return;
    const rows = await session.run<{ i: number }>(
      `WITH s AS (
         SELECT s.i, s.k, s.v, (
           SELECT d.version FROM ${this.table} AS d
           WHERE d.table_namespace = $2 AND d.table_name = $3 AND d.row_key = s.k
         ) AS buried
         FROM json_to_recordset($1::json) AS s(i integer, k text, v bytea)
       ),
       gone AS (
         DELETE FROM ${this.table} AS d
         WHERE d.table_namespace = $2 AND d.table_name = $3
           AND d.row_key = ANY (ARRAY(SELECT s.k FROM s WHERE s.buried < s.v))
           AND d.version = ANY (ARRAY(SELECT s.buried FROM s WHERE s.buried < s.v))
       )
       SELECT s.i FROM s WHERE s.buried >= s.v`,
      [keysAndVersions(set), ...idOf(set)],
      'remove outdated tombstones',
    );
    if (rows.length > 0)
      throw new TargetError(
        'TARGET_CONFLICT',
        'a row was deleted by another transaction while it was written',
      );
  }

  /** The version at which the table was cleared last. */
  async ofTable(session: Session, { namespace, name }: TableId): Promise<Version | null> {
    const [row] = await session.run<{ version: string }>(
      `SELECT encode(version, 'hex') AS version FROM ${this.table}
       WHERE table_namespace = $1 AND table_name = $2 AND row_key = $3`,
      [namespace, name, WHOLE_TABLE],
      'look whether the table was cleared',
    );
    return row === undefined ? null : versionOf(row.version);
  }

  /** Records that all rows older than this are gone, and forgets the tombstones of single ones. */
  async buryAll(session: Session, { namespace, name }: TableId, version: Version): Promise<void> {
    const doing = 'record that the table was cleared';
    await session.run(
      `DELETE FROM ${this.table} WHERE table_namespace = $1 AND table_name = $2 AND version < decode($3, 'hex')`,
      [namespace, name, version],
      doing,
    );
    await session.run(
      `INSERT INTO ${this.table} (table_namespace, table_name, row_key, version)
       VALUES ($1, $2, $3, decode($4, 'hex')) ON CONFLICT DO NOTHING`,
      [namespace, name, WHOLE_TABLE, version],
      doing,
    );
  }

  async #exist(session: Session, { namespace, name }: TableId): Promise<boolean> {
    const rows = await session.run(
      `SELECT 1 FROM ${this.table} WHERE table_namespace = $1 AND table_name = $2 LIMIT 1`,
      [namespace, name],
      'look for tombstones',
    );
    return rows.length > 0;
  }
}

function idOf(set: RowSet): [string, string] {
  const { namespace, name } = set.target.shape.id;
  return [namespace, name];
}

function keysAndVersions({ keys, versions }: RowSet): string {
  return JSON.stringify(
    keys.map((key, i) => ({ i, k: storedKeyOf(key), v: `\\x${elementAt(versions, i)}` })),
  );
}
