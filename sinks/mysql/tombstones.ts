import { escape } from 'mysql2';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { versionOf } from '../../schemas/contract/position.ts';
import type { Version } from '../../schemas/contract/position.ts';
import type { RowSet } from '../upsert/database.ts';
import { elementAt } from '../upsert/row-sets.ts';
import {
  storedKeyOf,
  STORED_KEY_LENGTH,
  TOMBSTONE_TABLE,
  WHOLE_TABLE,
} from '../../schemas/contract/stored-key.ts';
import type { Session } from './connection.ts';
import { OWN_TABLE } from './define.ts';
import { quote } from './identifiers.ts';

export function tombstoneDefinition(namespace: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(TOMBSTONE_TABLE)} (
    table_namespace varchar(64) NOT NULL,
    table_name varchar(64) NOT NULL,
    row_key varchar(${STORED_KEY_LENGTH}) NOT NULL,
    version binary(16) NOT NULL,
    deleted_at datetime(6) NOT NULL,
    PRIMARY KEY (table_namespace, table_name, row_key)
  ) ${OWN_TABLE}`;
}

/**
 * Tombstones of rows, and one of each table that was ever cleared: it stands for all rows that were older.
 * A key is never in its table and here at once, but for rows that others wrote (they have no version).
 */
export class Tombstones {
  readonly #table: string;
  /** Whether a table had any tombstone when this transaction first asked. */
  readonly #found = new Map<string, boolean>();

  constructor(namespace: string) {
    this.#table = `${quote(namespace)}.${quote(TOMBSTONE_TABLE)}`;
  }

  /** A look without locks, which spares tables without deletes the search by key. */
  async mayExist(session: Session, set: RowSet): Promise<boolean> {
    const label = tableLabel(set.target.shape.id);
    const known = this.#found.get(label);
    if (known !== undefined) return known;
    const rows = await session.arrays(
      `SELECT 1 FROM ${this.#table} WHERE ${isTable(set.target.shape.id)} LIMIT 1`,
      'look for tombstones',
    );
    this.#found.set(label, rows.length > 0);
    return rows.length > 0;
  }

  /**
   * The tombstones of the rows of a set by row index, locked. Waits for transactions that are about to write one, so
   * that of two that touch the same key, the second sees what the first did.
   */
  async find(session: Session, set: RowSet): Promise<ReadonlyMap<number, Version>> {
    const found = new Map<number, Version>();
    if (set.keys.length === 0) return found;
    const indexOf = new Map(set.keys.map((key, at) => [storedKeyOf(key), at]));
    const rows = await session.arrays(
      `SELECT row_key, LOWER(HEX(version)) FROM ${this.#table} FORCE INDEX (PRIMARY)
       WHERE ${isTable(set.target.shape.id)} AND row_key IN (${[...indexOf.keys()].map((key) => escape(key)).join(', ')}) FOR UPDATE`,
      'read tombstones',
    );
    for (const [key, version] of rows) {
      const at = indexOf.get(String(key));
      if (at !== undefined) found.set(at, versionOf(String(version)));
    }
    return found;
  }

  /** Records the deletes of these rows, unless a newer one is recorded already. */
  async bury(session: Session, set: RowSet): Promise<void> {
    if (set.keys.length === 0) return;
    const { namespace, name } = set.target.shape.id;
    const table = `${escape(namespace)}, ${escape(name)}`;
    const rows = set.keys.map(
      (key, at) =>
        `(${table}, ${escape(storedKeyOf(key))}, X'${elementAt(set.versions, at)}', UTC_TIMESTAMP(6))`,
    );
    const newer = (column: string) =>
      `${column} = IF(VALUES(version) > version, VALUES(${column}), ${column})`;
    // evaluated from left to right: the version, by which both are decided, comes last
    await session.run(
      `INSERT INTO ${this.#table} (table_namespace, table_name, row_key, version, deleted_at)
       VALUES ${rows.join(', ')} ON DUPLICATE KEY UPDATE ${newer('deleted_at')}, ${newer('version')}`,
      'record the deletes',
    );
    this.#found.set(tableLabel(set.target.shape.id), true);
  }

  /**
   * The version at which the table was cleared last. Locked, so that nobody clears it while its rows are written, but shared
   * with others that write rows.
   */
  async ofTable(session: Session, id: TableId): Promise<Version | null> {
    const [row] = await session.arrays(
      `SELECT LOWER(HEX(version)) FROM ${this.#table} FORCE INDEX (PRIMARY)
       WHERE ${isTable(id)} AND row_key = ${escape(WHOLE_TABLE)} LOCK IN SHARE MODE`,
      'look whether the table was cleared',
    );
    return row === undefined ? null : versionOf(String(row[0]));
  }

  /** Records that all rows older than this are gone, and forgets the tombstones of single ones. */
  async buryAll(session: Session, id: TableId, version: Version): Promise<void> {
    const doing = 'record that the table was cleared';
    await session.run(
      `INSERT INTO ${this.#table} (table_namespace, table_name, row_key, version, deleted_at)
       VALUES (${escape(id.namespace)}, ${escape(id.name)}, ${escape(WHOLE_TABLE)}, X'${version}', UTC_TIMESTAMP(6))
       ON DUPLICATE KEY UPDATE version = VALUES(version), deleted_at = VALUES(deleted_at)`,
      doing,
    );
    await session.run(`DELETE FROM ${this.#table} WHERE ${isTable(id)} AND version < X'${version}'`, doing);
    this.#found.set(tableLabel(id), true);
  }

  async remove(session: Session, set: RowSet): Promise<void> {
    if (set.keys.length === 0) return;
    await session.run(
      `DELETE FROM ${this.#table} WHERE ${isTable(set.target.shape.id)}
       AND row_key IN (${set.keys.map((key) => escape(storedKeyOf(key))).join(', ')})`,
      'remove outdated tombstones',
    );
  }
}

function isTable({ namespace, name }: TableId): string {
  return `table_namespace = ${escape(namespace)} AND table_name = ${escape(name)}`;
}
