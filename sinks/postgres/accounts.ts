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
import { quote } from './identifiers.ts';
import type { OffsetRange } from '../../schemas/contract/position.ts';

/** The last table that is made: where it is, all are. */
export const ACCOUNT_COUNT_TABLE = 'account_count';

/** Accounts of batches, transactions that are open or unbalanced, where accounting began, and counts of windows. */
export function accountDefinitions(namespace: string): readonly string[] {
  const own = quote(namespace);
  return [
    `CREATE TABLE IF NOT EXISTS ${own}.account_start (
      route text PRIMARY KEY,
      since bigint,
      revision bigint NOT NULL DEFAULT 0
    )`,
    `CREATE TABLE IF NOT EXISTS ${own}.account_batch (
      route text NOT NULL,
      topic text NOT NULL,
      partition integer NOT NULL,
      first_offset bigint NOT NULL,
      next_offset bigint NOT NULL,
      kept_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      body text NOT NULL,
      PRIMARY KEY (route, topic, partition, first_offset)
    )`,
    `CREATE TABLE IF NOT EXISTS ${own}.account_transaction (
      route text NOT NULL,
      state text NOT NULL,
      transaction_id text NOT NULL,
      found_at bigint NOT NULL,
      body text NOT NULL,
      settled_at bigint,
      settled_by text,
      settled_reason text,
      PRIMARY KEY (route, state, transaction_id)
    )`,
    `CREATE TABLE IF NOT EXISTS ${own}.${ACCOUNT_COUNT_TABLE} (
      route text NOT NULL,
      starts_at bigint NOT NULL,
      counted text NOT NULL,
      events bigint NOT NULL,
      PRIMARY KEY (route, starts_at, counted)
    )`,
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
    const [row] = await this.#session.run<{ since: string | null }>(
      `WITH begun AS (
         INSERT INTO ${this.#own}.account_start (route, since) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING since
       )
       SELECT since::text FROM begun UNION ALL SELECT since::text FROM ${this.#own}.account_start WHERE route = $1`,
      [route, since],
      'begin accounts',
    );
    // Another process may have begun them a moment ago, which this statement does not see yet.
    if (row === undefined) return since;
    return row.since === null ? null : Number(row.since);
  }

  async end(route: string): Promise<void> {
    for (const [table, condition] of [
      ['account_start', ''],
      ['account_batch', ''],
      ['account_transaction', ` AND state = 'open'`],
    ] as const)
      await this.#session.run(
        `DELETE FROM ${this.#own}.${table} WHERE route = $1${condition}`,
        [route],
        'end accounts',
      );
  }

  async keep(route: string, { topic, partition, first, next }: OffsetRange, text: string): Promise<void> {
    await this.#session.run(
      `INSERT INTO ${this.#own}.account_batch (route, topic, partition, first_offset, next_offset, body)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [route, topic, partition, first.toString(), next.toString(), text],
      'keep the account of a batch',
    );
  }

  async kept(route: string, limit: number): Promise<(OffsetRange & { readonly text: string })[]> {
    const rows = await this.#session.run<BatchFields>(
      `SELECT topic, partition AS partition_number, first_offset::text, next_offset::text, body FROM ${this.#own}.account_batch
       WHERE route = $1 ORDER BY kept_at LIMIT $2`,
      [route, limit],
      'read accounts',
    );
    return rows.map(keptOf);
  }

  async revise(route: string, revision: number): Promise<boolean> {
    const rows = await this.#session.run(
      `UPDATE ${this.#own}.account_start SET revision = revision + 1 WHERE route = $1 AND revision = $2 RETURNING 1`,
      [route, revision],
      'revise accounts',
    );
    return rows.length === 1;
  }

  async revision(route: string): Promise<number | null> {
    const [row] = await this.#session.run<{ revision: string }>(
      `SELECT revision::text FROM ${this.#own}.account_start WHERE route = $1`,
      [route],
      'read the revision of accounts',
    );
    return row === undefined ? null : Number(row.revision);
  }

  async take(route: string, ranges: readonly OffsetRange[]): Promise<void> {
    await this.#session.run(
      `DELETE FROM ${this.#own}.account_batch AS b
       USING unnest($2::text[], $3::integer[], $4::bigint[]) AS t(topic, partition, first_offset)
       WHERE b.route = $1 AND b.topic = t.topic AND b.partition = t.partition AND b.first_offset = t.first_offset`,
      [
        route,
        ranges.map(({ topic }) => topic),
        ranges.map(({ partition }) => partition),
        ranges.map(({ first }) => first.toString()),
      ],
      'take accounts',
    );
  }

  async transactions(route: string, state: TransactionState, limit: number): Promise<TransactionRow[]> {
    const rows = await this.#session.run<TransactionFields>(
      `SELECT transaction_id, found_at::text, body, settled_at::text, settled_by, settled_reason
       FROM ${this.#own}.account_transaction AS t WHERE route = $1 AND state = $2 ORDER BY t.found_at DESC, transaction_id LIMIT $3`,
      [route, state, limit],
      'read transactions',
    );
    return rows.map(transactionRowOf);
  }

  async put(route: string, state: TransactionState, rows: readonly NewTransactionRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.#session.run(
      `INSERT INTO ${this.#own}.account_transaction (route, state, transaction_id, found_at, body)
       SELECT $1, $2, t.transaction_id, t.found_at, t.body
       FROM unnest($3::text[], $4::bigint[], $5::text[]) AS t(transaction_id, found_at, body) ORDER BY t.transaction_id
       ON CONFLICT (route, state, transaction_id) DO UPDATE SET found_at = EXCLUDED.found_at, body = EXCLUDED.body`,
      [
        ...[route, state, rows.map(({ transaction }) => transaction)],
        ...[rows.map(({ at }) => at), rows.map(({ text }) => text)],
      ],
      'write transactions',
    );
  }

  async close(route: string, transactions: readonly string[]): Promise<void> {
    if (transactions.length === 0) return;
    await this.#session.run(
      `DELETE FROM ${this.#own}.account_transaction WHERE route = $1 AND state = 'open' AND transaction_id = ANY ($2)`,
      [route, transactions],
      'close transactions',
    );
  }

  async settle(route: string, transaction: string, by: string, reason: string): Promise<boolean> {
    const rows = await this.#session.run(
      `WITH found AS (
         DELETE FROM ${this.#own}.account_transaction
         WHERE route = $1 AND state = 'unbalanced' AND transaction_id = $2 RETURNING route, transaction_id, found_at, body
       )
       INSERT INTO ${this.#own}.account_transaction
         (route, state, transaction_id, found_at, body, settled_at, settled_by, settled_reason)
       SELECT route, 'settled', transaction_id, found_at, body, round(extract(epoch FROM now()) * 1000), $3, $4 FROM found
       ON CONFLICT (route, state, transaction_id) DO UPDATE SET found_at = EXCLUDED.found_at, body = EXCLUDED.body,
         settled_at = EXCLUDED.settled_at, settled_by = EXCLUDED.settled_by, settled_reason = EXCLUDED.settled_reason
       RETURNING 1`,
      [route, transaction, by, reason],
      'settle a transaction',
    );
    return rows.length === 1;
  }

  async count(route: string, counts: readonly WindowCount[]): Promise<void> {
    if (counts.length === 0) return;
    await this.#session.run(
      `INSERT INTO ${this.#own}.${ACCOUNT_COUNT_TABLE} AS c (route, starts_at, counted, events)
       SELECT $1, t.starts_at, t.counted, t.events
       FROM unnest($2::bigint[], $3::text[], $4::bigint[]) AS t(starts_at, counted, events) ORDER BY 2, 3
       ON CONFLICT (route, starts_at, counted) DO UPDATE SET events = c.events + EXCLUDED.events`,
      [
        ...[route, counts.map(({ startsAt }) => startsAt)],
        ...[counts.map(({ counted }) => counted), counts.map(({ count }) => count)],
      ],
      'count transactions',
    );
  }

  async counts(route: string, from: number): Promise<WindowCount[]> {
    const rows = await this.#session.run<CountFields>(
      `SELECT starts_at::text, counted, events::text FROM ${this.#own}.${ACCOUNT_COUNT_TABLE} AS c
       WHERE route = $1 AND c.starts_at >= $2 ORDER BY c.starts_at DESC, counted`,
      [route, from],
      'read counts of transactions',
    );
    return rows.map(countOf);
  }
}
