import { Pipeline } from '../../support/pipeline.ts';
import { linesOf, PATIENCE_MS } from '../../support/story.ts';
import type { Story } from '../../support/story.ts';

/** The least that the office must have done of each. */
const LEAST = 2;

/** Receipts and contract payments become vouchers, budgets are released, suppliers are paid, and the OA shows it. */
export function describePurchasing(story: () => Story): void {
  const finance = async <R extends object>(sql: string): Promise<R[]> =>
    (await story().finance.query<R>(sql)).rows;
  const office = async <R>(sql: string): Promise<R[]> => (await story().oa.query(sql))[0] as R[];

  const RECEIVED =
    "SELECT CAST(id AS CHAR) AS id, total_amount AS total FROM goods_receipt WHERE status = 'received'";
  const APPROVED =
    "SELECT CAST(id AS CHAR) AS id, total_amount AS total FROM contract_payment WHERE status = 'approved' AND NOT is_deleted";

  interface Amount {
    readonly id: string;
    readonly total: string;
  }

  const waiting = async () =>
    new Set(
      (
        await finance<{ id: string }>(`SELECT document_id AS id FROM ledger.document WHERE state = 'parked'`)
      ).map(({ id }) => id),
    );

  /** The credits of the vouchers that stand, by document. */
  const credits = (kind: string, account: string) =>
    finance<Amount>(
      `SELECT document_id AS id, sum(amount)::text AS total FROM ledger.live_voucher JOIN ledger.voucher_entry
         USING (voucher_no) WHERE document_kind = '${kind}' AND side = 'credit' AND account = '${account}' GROUP BY 1`,
    );

  test(
    'receipts and contract payments are posted, paid and shown; budgets are released as they were reserved',
    async () => {
      const pipeline = new Pipeline(story().office.configFile);
      const activity = story().office.activity({ rate: 60, seed: 31 });
      const done = async () =>
        (await office<Amount>(RECEIVED)).length >= LEAST && (await office<Amount>(APPROVED)).length >= LEAST;
      do await activity.run({ actions: 100 });
      while (!(await done()));
      await story().settle(activity);
      await story().untilPosted();
      await story().settle(activity);

      const parked = await waiting();
      const due = async (sql: string) =>
        new Map(
          (await office<Amount>(sql)).filter(({ id }) => !parked.has(id)).map(({ id, total }) => [id, total]),
        );
      const live = async (kind: string) =>
        new Map(
          (await credits(kind, '2202'))
            .filter(({ id }) => !parked.has(id))
            .map(({ id, total }) => [id, total]),
        );
      expect(await live('purchase-receipt')).toEqual(await due(RECEIVED));
      const payments = await due(APPROVED);
      expect(payments.size).toBeGreaterThan(0);
      expect(await live('contract-payment')).toEqual(payments);

      // By contract payment: what the books released, and what its instalment had reserved in the OA.
      const released = await finance<Amount>(
        `SELECT document_id AS id, sum(base_amount)::text AS total FROM ledger.live_voucher JOIN ledger.budget_release
           USING (voucher_no) WHERE document_kind = 'contract-payment' GROUP BY 1`,
      );
      const reserved = await office<Amount>(
        `SELECT CAST(d.id AS CHAR) AS id, r.amount AS total FROM contract_payment d
           JOIN budget_entry r ON r.doc_type = 'contract_payment_plan' AND r.doc_id = d.plan_id AND r.movement = 'reserve'
         WHERE d.status = 'approved'`,
      );
      expect(new Map(released.map(({ id, total }) => [id, total]))).toEqual(
        new Map(reserved.filter(({ id }) => !parked.has(id)).map(({ id, total }) => [id, total])),
      );

      // Each payment to a supplier clears what was owed to it.
      const paid = await finance<Amount>(
        `SELECT id::text, amount::text AS total FROM finance.payment
         WHERE status = 'paid' AND document_kind = 'contract-payment'`,
      );
      const cleared = await finance<Amount>(
        `SELECT document_id AS id, amount::text AS total FROM ledger.live_voucher JOIN ledger.voucher_entry
           USING (voucher_no) WHERE document_kind = 'payment' AND side = 'debit' AND account = '2202'`,
      );
      expect(paid.length).toBeGreaterThan(0);
      expect(linesOf(cleared)).toEqual(linesOf(paid));

      // All of it is in the OA again.
      const books = await finance(
        `SELECT document_kind, document_id, state, voucher_no FROM ledger.document WHERE state <> 'none'`,
      );
      const shown = await office('SELECT document_kind, document_id, state, voucher_no FROM finance_posting');
      expect(linesOf(shown)).toEqual(linesOf(books));
      const inOffice = await office<Amount>(
        `SELECT CAST(payment_id AS CHAR) AS id, amount AS total FROM finance_payment
         WHERE document_kind = 'contract-payment' AND status = 'paid'`,
      );
      expect(linesOf(inOffice)).toEqual(linesOf(paid));
      await pipeline.kill('SIGTERM');
    },
    PATIENCE_MS,
  );
}
