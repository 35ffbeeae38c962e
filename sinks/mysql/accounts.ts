import { escape } from 'mysql2';
import { countOf, keptOf, transactionRowOf } from '../upsert/account-rows.ts';
import type { BatchFields, CountFields, TransactionFields } from '../upsert/account-rows.ts';
import type {
  AccountTable,
  NewTransactionRow,
  TransactionRow,
  TransactionState,
  WindowCount,
} from '../upsert/database.ts';
import type { Session } from './connection.ts';
import { OWN_TABLE } from './define.ts';
import { quote } from './identifiers.ts';
import type { OffsetRange } from '../../schemas/contract/position.ts';

/** The last table that is made: where it is, all are. */
export const ACCOUNT_COUNT_TABLE = 'account_count';

/** Accounts of batches, transactions that are open or unbalanced, where accounting began, and counts of windows. */
export function accountDefinitions(namespace: string): readonly string[] {
  const own = quote(namespace);
  return [
    `CREATE TABLE IF NOT EXISTS ${own}.account_start (
      route varchar(200) NOT NULL PRIMARY KEY,
      since bigint NULL,
      revision bigint NOT NULL DEFAULT 0
    ) ${OWN_TABLE}`,
    `CREATE TABLE IF NOT EXISTS ${own}.account_batch (
      route varchar(200) NOT NULL,
      topic varchar(249) NOT NULL,
      \`partition\` int NOT NULL,
      first_offset bigint NOT NULL,
      next_offset bigint NOT NULL,
      kept_at datetime(6) NOT NULL,
      body longtext NOT NULL,
      PRIMARY KEY (route, topic, \`partition\`, first_offset)
    ) ${OWN_TABLE}`,
    `CREATE TABLE IF NOT EXISTS ${own}.account_transaction (
      route varchar(200) NOT NULL,
      state varchar(20) NOT NULL,
      transaction_id varchar(200) NOT NULL,
      found_at bigint NOT NULL,
      body longtext NOT NULL,
      settled_at bigint NULL,
      settled_by varchar(200) NULL,
      settled_reason text NULL,
      PRIMARY KEY (route, state, transaction_id)
    ) ${OWN_TABLE}`,
    `CREATE TABLE IF NOT EXISTS ${own}.${ACCOUNT_COUNT_TABLE} (
      route varchar(200) NOT NULL,
      starts_at bigint NOT NULL,
      counted varchar(100) NOT NULL,
      events bigint NOT NULL,
      PRIMARY KEY (route, starts_at, counted)
    ) ${OWN_TABLE}`,
  ];
}

export class Accounts implements AccountTable {
  readonly #session: Session;
  readonly #own: string;

  constructor(session: Session, namespace: string) {
    this.#session = session;
    this.#own = quote(namespace);
  }

  async begin(route: string, since: number | null): Promise<number | null> {
    await this.#session.run(
      `INSERT INTO ${this.#own}.account_start (route, since) VALUES (${escape(route)}, ${escape(since)})
       ON DUPLICATE KEY UPDATE route = route`,
      'begin accounts',
    );
    const [row] = await this.#session.rows<{ since: string | null }>(
      `SELECT since FROM ${this.#own}.account_start WHERE route = ${escape(route)}`,
      'begin accounts',
    );
    return row?.since == null ? null : Number(row.since);
  }

  async end(route: string): Promise<void> {
    for (const [table, condition] of [
      ['account_start', ''],
      ['account_batch', ''],
      ['account_transaction', ` AND state = 'open'`],
    ] as const)
      await this.#session.run(
        `DELETE FROM ${this.#own}.${table} WHERE route = ${escape(route)}${condition}`,
        'end accounts',
      );
  }

  async keep(route: string, { topic, partition, first, next }: OffsetRange, text: string): Promise<void> {
    await this.#session.run(
      `INSERT INTO ${this.#own}.account_batch (route, topic, \`partition\`, first_offset, next_offset, kept_at, body)
       VALUES (${escape(route)}, ${escape(topic)}, ${partition}, ${first.toString()}, ${next.toString()},
         UTC_TIMESTAMP(6), ${escape(text)})`,
      'keep the account of a batch',
    );
  }

  async kept(route: string, limit: number): Promise<(OffsetRange & { readonly text: string })[]> {
    const rows = await this.#session.rows<BatchFields>(
      `SELECT topic, \`partition\` AS partition_number, first_offset, next_offset, body FROM ${this.#own}.account_batch
       WHERE route = ${escape(route)} ORDER BY kept_at LIMIT ${limit}`,
      'read accounts',
    );
    return rows.map(keptOf);
  }

  async revise(route: string, revision: number): Promise<boolean> {
    const affected = await this.#session.run(
      `UPDATE ${this.#own}.account_start SET revision = revision + 1
       WHERE route = ${escape(route)} AND revision = ${revision}`,
      'revise accounts',
    );
    return affected === 1;
  }

  async revision(route: string): Promise<number | null> {
    const [row] = await this.#session.rows<{ revision: string }>(
      `SELECT revision FROM ${this.#own}.account_start WHERE route = ${escape(route)}`,
      'read the revision of accounts',
    );
    return row === undefined ? null : Number(row.revision);
  }

  async take(route: string, ranges: readonly OffsetRange[]): Promise<void> {
    if (ranges.length === 0) return;
    const taken = ranges.map(
      ({ topic, partition, first }) => `(${escape(topic)}, ${partition}, ${first.toString()})`,
    );
    await this.#session.run(
      `DELETE FROM ${this.#own}.account_batch
       WHERE route = ${escape(route)} AND (topic, \`partition\`, first_offset) IN (${taken.join(', ')})`,
      'take accounts',
    );
  }

  async transactions(route: string, state: TransactionState, limit: number): Promise<TransactionRow[]> {
    const rows = await this.#session.rows<TransactionFields>(
      `SELECT transaction_id, found_at, body, settled_at, settled_by, settled_reason
       FROM ${this.#own}.account_transaction WHERE ${isIn(route, state)}
       ORDER BY found_at DESC, transaction_id LIMIT ${limit}`,
      'read transactions',
    );
    return rows.map(transactionRowOf);
  }

  async put(route: string, state: TransactionState, rows: readonly NewTransactionRow[]): Promise<void> {
    if (rows.length === 0) return;
    const values = rows.map(
      ({ transaction, at, text }) =>
        `(${escape(route)}, ${escape(state)}, ${escape(transaction)}, ${at}, ${escape(text)})`,
    );
    await this.#session.run(
      `INSERT INTO ${this.#own}.account_transaction (route, state, transaction_id, found_at, body)
       VALUES ${values.join(', ')} ON DUPLICATE KEY UPDATE found_at = VALUES(found_at), body = VALUES(body)`,
      'write transactions',
    );
  }

  async close(route: string, transactions: readonly string[]): Promise<void> {
    if (transactions.length === 0) return;
    await this.#session.run(
      `DELETE FROM ${this.#own}.account_transaction
       WHERE ${isIn(route, 'open')} AND transaction_id IN (${escape([...transactions])})`,
      'close transactions',
    );
  }

  async settle(route: string, transaction: string, by: string, reason: string): Promise<boolean> {
    const doing = 'settle a transaction';
    const isThis = `AND transaction_id = ${escape(transaction)}`;
    const settled = await this.#session.run(
      `INSERT INTO ${this.#own}.account_transaction
         (route, state, transaction_id, found_at, body, settled_at, settled_by, settled_reason)
       SELECT route, 'settled', transaction_id, found_at, body,
         TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000, ${escape(by)}, ${escape(reason)}
       FROM ${this.#own}.account_transaction WHERE ${isIn(route, 'unbalanced')} ${isThis}
       ON DUPLICATE KEY UPDATE found_at = VALUES(found_at), body = VALUES(body), settled_at = VALUES(settled_at),
         settled_by = VALUES(settled_by), settled_reason = VALUES(settled_reason)`,
      doing,
    );
    if (settled === 0) return false;
    await this.#session.run(
      `DELETE FROM ${this.#own}.account_transaction WHERE ${isIn(route, 'unbalanced')} ${isThis}`,
      doing,
    );
    return true;
  }

  async count(route: string, counts: readonly WindowCount[]): Promise<void> {
    if (counts.length === 0) return;
    const values = counts.map(
      ({ startsAt, counted, count }) => `(${escape(route)}, ${startsAt}, ${escape(counted)}, ${count})`,
    );
    await this.#session.run(
      `INSERT INTO ${this.#own}.${ACCOUNT_COUNT_TABLE} (route, starts_at, counted, events) VALUES ${values.join(', ')}
       ON DUPLICATE KEY UPDATE events = events + VALUES(events)`,
      'count transactions',
    );
  }

  async counts(route: string, from: number): Promise<WindowCount[]> {
    const rows = await this.#session.rows<CountFields>(
      `SELECT starts_at, counted, events FROM ${this.#own}.${ACCOUNT_COUNT_TABLE}
       WHERE route = ${escape(route)} AND starts_at >= ${from} ORDER BY starts_at DESC, counted`,
      'read counts of transactions',
    );
    return rows.map(countOf);
  }
}

function isIn(route: string, state: TransactionState): string {
  return `route = ${escape(route)} AND state = ${escape(state)}`;
}
