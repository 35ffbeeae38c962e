import mysql from 'mysql2/promise';
import pg from 'pg';
import { DEMO_DATABASES } from '../../app/demo/local-stack.ts';
import type { Office } from '../support/office.ts';
import { MISSING_CODE } from './codes.ts';
import type { Booked, Due } from './judge.ts';

/** What has come due at its source, by the books' own rule written anew. */
const DUE_IN_OA = `
  SELECT concat('expense-claim/', id) AS document, CAST(total_amount * 100 AS SIGNED) AS cents, EXISTS (
      SELECT 1 FROM expense_claim_line l WHERE l.claim_id = c.id AND l.expense_type = '${MISSING_CODE}') AS missing
    FROM expense_claim c WHERE status = 'approved' AND NOT is_deleted
  UNION ALL
  SELECT concat('contract-payment/', id), CAST(total_amount * 100 AS SIGNED), 0
    FROM contract_payment WHERE status = 'approved' AND NOT is_deleted
  UNION ALL
  SELECT concat('purchase-receipt/', id), CAST(total_amount * 100 AS SIGNED), 0
    FROM goods_receipt WHERE status = 'received'`;
const DUE_IN_FINANCE = `
  SELECT 'payment/' || id AS document, (amount * 100)::bigint::text AS cents FROM finance.payment WHERE status = 'paid'`;

/** All vouchers of a document together, whatever the books say of which of them stands. */
const BOOKED = `
  SELECT document_kind || '/' || document_id AS document, state, reason, coalesce(cents, '0') AS cents
    FROM ledger.document FULL JOIN (
      SELECT document_kind, document_id, (sum(amount) * 100)::bigint::text AS cents
        FROM ledger.voucher JOIN ledger.voucher_entry USING (voucher_no) WHERE side = 'debit' GROUP BY 1, 2
    ) AS booked USING (document_kind, document_id)`;

const UNBALANCED = `
  SELECT count(*) FROM (SELECT FROM ledger.voucher_entry GROUP BY voucher_no
    HAVING sum(CASE side WHEN 'debit' THEN amount ELSE -amount END) <> 0
      OR sum(CASE side WHEN 'debit' THEN base_amount ELSE -base_amount END) <> 0) AS off`;
const DOUBLED = `
  SELECT count(*) FROM (SELECT FROM ledger.voucher v WHERE kind = 'posting' AND NOT EXISTS (
      SELECT FROM ledger.voucher r WHERE r.reverses = v.voucher_no)
    GROUP BY document_kind, document_id HAVING count(*) > 1) AS twice`;
const GAPS = `
  SELECT count(*) FROM (SELECT FROM ledger.voucher GROUP BY period
    HAVING count(*) <> max(right(voucher_no, 6)::bigint)) AS gaps`;

/** Looks at both databases, on connections of its own. */
export class Witness {
  private constructor(
    private readonly finance: pg.Client,
    private readonly oa: mysql.Connection,
  ) {}

  static async open({ local }: Office): Promise<Witness> {
    const { postgres, mariadb } = local.stack.addresses;
    const finance = new pg.Client({ ...postgres, database: DEMO_DATABASES.finance });
    await finance.connect();
    const { host, port, user, password } = mariadb;
    const oa = await mysql.createConnection({
      ...{ host, port, user, password, database: DEMO_DATABASES.oa },
      ...{ supportBigNumbers: true, bigNumberStrings: true },
    });
    return new Witness(finance, oa);
  }

  async close(): Promise<void> {
    await Promise.all([this.finance.end(), this.oa.end()]);
  }

  async versions(): Promise<readonly string[]> {
    const { rows } = await this.finance.query<{ version: string }>(
      `SELECT split_part(version(), ' on ', 1) AS version`,
    );
    const [row] = await this.rows<{ version: string }>('SELECT version() AS version');
    return [rows[0]?.version ?? 'PostgreSQL ?', `MariaDB ${row?.version ?? '?'}`, `Node ${process.version}`];
  }

  /** Those of these documents that have a voucher, that wait for somebody, and that were no longer due when looked at. */
  async decided(
    documents: readonly string[],
  ): Promise<{ posted: string[]; parked: string[]; gone: string[] }> {
    const keys = documents.map((document) => document.split('/'));
    const { rows } = await this.finance.query<{ document: string; state: string }>(
      `SELECT given.kind || '/' || given.id AS document,
         CASE WHEN v.document_id IS NULL THEN d.state ELSE 'posted' END AS state
       FROM unnest($1::text[], $2::text[]) AS given (kind, id)
         LEFT JOIN ledger.voucher v ON v.document_kind = given.kind AND v.document_id = given.id AND v.revision = 1
           AND v.kind = 'posting'
         LEFT JOIN ledger.document d ON d.document_kind = given.kind AND d.document_id = given.id
       WHERE v.document_id IS NOT NULL OR d.state IN ('parked', 'refused')
         OR d.state = 'none' AND given.kind = 'purchase-receipt'`,
      [keys.map(([kind]) => kind), keys.map(([, id]) => id)],
    );
    const ids = (...states: string[]) =>
      rows.filter(({ state }) => states.includes(state)).map(({ document }) => document);
    return { posted: ids('posted'), parked: ids('parked', 'refused'), gone: ids('none') };
  }

  /** Those of these payments that the OA shows as paid. */
  async shown(payments: readonly string[]): Promise<string[]> {
    if (payments.length === 0) return [];
    const paid = await this.rows<{ id: string }>(
      `SELECT CAST(payment_id AS CHAR) AS id FROM finance_payment WHERE status = 'paid' AND payment_id IN (?)`,
      [payments],
    ).catch((error: unknown) => {
      // The product makes the table with the first row.
      if ((error as { code?: unknown }).code === 'ER_NO_SUCH_TABLE') return [];
      throw error;
    });
    return paid.map(({ id }) => id);
  }

  async departments(): Promise<readonly string[]> {
    return (await this.rows<{ code: string }>('SELECT code FROM department')).map(({ code }) => code);
  }

  async due(): Promise<readonly Due[]> {
    const oa = await this.rows<{ document: string; cents: string | number; missing: number }>(DUE_IN_OA);
    const { rows } = await this.finance.query<{ document: string; cents: string }>(DUE_IN_FINANCE);
    return [
      ...oa.map(({ document, cents, missing }) => ({
        document,
        cents: BigInt(cents),
        missingCode: missing === 1,
      })),
      ...rows.map(({ document, cents }) => ({ document, cents: BigInt(cents), missingCode: false })),
    ];
  }

  async booked(): Promise<readonly Booked[]> {
    const { rows } = await this.finance.query<{
      document: string;
      state: string | null;
      reason: string | null;
      cents: string;
    }>(BOOKED);
    return rows.map(({ cents, ...row }) => ({ ...row, cents: BigInt(cents) }));
  }

  pending(): Promise<number> {
    return this.#count('SELECT count(*) FROM counterfoil.pending_document');
  }

  parked(): Promise<number> {
    return this.#count(`SELECT count(*) FROM ledger.document WHERE state = 'parked'`);
  }

  async vouchers() {
    return {
      vouchers: await this.#count('SELECT count(*) FROM ledger.voucher'),
      unbalanced: await this.#count(UNBALANCED),
      doubled: await this.#count(DOUBLED),
      periodsWithGaps: await this.#count(GAPS),
    };
  }

  /** Ends the sessions with which the product writes, in both databases. */
  async cutSessions(user: string): Promise<void> {
    await this.finance.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [
      user,
    ]);
    const sessions = await this.rows<{ id: string }>(
      'SELECT id FROM information_schema.processlist WHERE user = ?',
      [user],
    );
    // One may be gone by now.
    for (const { id } of sessions) await this.oa.query(`KILL ${id}`).catch(() => undefined);
  }

  async rows<R>(sql: string, values: unknown[] = []): Promise<R[]> {
    const [rows] = await this.oa.query(sql, values);
    return rows as R[];
  }

  async #count(sql: string): Promise<number> {
    const { rows } = await this.finance.query<{ count: string }>(sql);
    return Number(rows[0]?.count);
  }
}
