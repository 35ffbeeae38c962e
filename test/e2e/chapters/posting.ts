import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { MetricsView } from '../../../app/demo/metrics-view.ts';
import { POSTING_POINTS } from '../../../app/runtime/failpoint.ts';
import { counterfoil, Pipeline } from '../../support/pipeline.ts';
import { linesOf, PATIENCE_MS } from '../../support/story.ts';
import type { Story } from '../../support/story.ts';

/** Of a run: the office goes on from the one before. */
const RUN = Date.now();
const CLAIM = BigInt(RUN) * 1_000_000n;
const DEPARTMENT = `DE${RUN}`;

/** Claims become vouchers, and what became of them is seen in the OA. */
export function describePosting(story: () => Story): void {
  const finance = async <R extends object>(sql: string, values: unknown[] = []): Promise<R[]> =>
    (await story().finance.query<R>(sql, values)).rows;
  const office = async <R>(sql: string): Promise<R[]> => (await story().oa.query(sql))[0] as R[];

  /** What the office holds of claims, by the books' own rule written anew: approved and not deleted are due. */
  const dueClaims = () =>
    office<{ id: string; total: string; department: string }>(
      `SELECT id, total_amount AS total, department_code AS department FROM expense_claim WHERE status = 'approved' AND NOT is_deleted`,
    );
  const liveTotals = () =>
    finance<{ id: string; total: string }>(
      `SELECT document_id AS id, sum(amount)::text AS total FROM ledger.live_voucher JOIN ledger.voucher_entry
         USING (voucher_no) WHERE document_kind = 'expense-claim' AND side = 'debit' GROUP BY 1`,
    );

  /** Waits until each due claim is posted, or waits for somebody. */
  const untilPosted = () =>
    story().untilPosted(async () => {
      const known = await finance<{ id: string }>(
        `SELECT document_id AS id FROM ledger.document WHERE state IN ('posted', 'parked', 'refused')`,
      );
      const ids = new Set(known.map(({ id }) => id));
      return (await dueClaims()).every(({ id }) => ids.has(id));
    });

  async function expectBooksRight(): Promise<void> {
    await untilPosted();
    const parked = await finance<{ id: string }>(
      `SELECT document_id AS id FROM ledger.document WHERE state = 'parked' AND document_kind = 'expense-claim'`,
    );
    const waiting = new Set(parked.map(({ id }) => id));
    const due = (await dueClaims()).filter(({ id }) => !waiting.has(id));
    const expected = due.map(({ id, total }) => [id, total] as const);
    const live = await liveTotals();
    expect(new Map(live.map(({ id, total }) => [id, total]))).toEqual(new Map(expected));
    const unbalanced = await finance(
      `SELECT voucher_no FROM ledger.voucher_entry GROUP BY voucher_no
       HAVING sum(CASE side WHEN 'debit' THEN amount ELSE -amount END) <> 0`,
    );
    const doubled = await finance(
      `SELECT document_id FROM ledger.voucher GROUP BY document_kind, document_id, revision, kind HAVING count(*) > 1`,
    );
    const gaps = await finance(
      `SELECT period FROM ledger.voucher GROUP BY period HAVING count(*) <> max(right(voucher_no, 6)::bigint)`,
    );
    expect({ unbalanced, doubled, gaps }).toEqual({ unbalanced: [], doubled: [], gaps: [] });
  }

  const inOffice = (id: bigint) =>
    office<{ state: string; voucher_no: string | null; reason: string | null }>(
      `SELECT state, voucher_no, reason FROM finance_posting WHERE document_kind = 'expense-claim' AND document_id = '${id}'`,
    );
  async function untilInOffice(id: bigint, state: string) {
    for (;;) {
      const [row] = await inOffice(id).catch(() => []);
      if (row?.state === state) return row;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  const postedRows = () =>
    finance('SELECT * FROM ledger.voucher JOIN ledger.voucher_entry USING (voucher_no)');

  async function submit(department: string): Promise<void> {
    const { oa } = story();
    await oa.beginTransaction();
    await oa.query(
      `INSERT INTO expense_claim (id, claim_no, applicant_id, applicant_no, department_id, department_code, title, category,
         total_amount, status, approved_at, created_at)
       VALUES (${CLAIM}, 'BX-${RUN}', 1, 'E00001', 1, '${department}', '测试', 'travel', 636.00, 'approved', NOW(3), NOW())`,
    );
    await saveLines([600, 36]);
    await oa.commit();
  }

  /** As the office does: all lines are deleted and written anew. */
  async function saveLines(amounts: readonly number[]): Promise<void> {
    const { oa } = story();
    await oa.query(`DELETE FROM expense_claim_line WHERE claim_id = ${CLAIM}`);
    for (const [at, amount] of amounts.entries())
      await oa.query(
        `INSERT INTO expense_claim_line (id, claim_id, line_no, expense_type, occurred_on, amount, created_at)
         VALUES (UUID_SHORT(), ${CLAIM}, ${at + 1}, 'hotel', CURRENT_DATE, ${amount}, NOW())`,
      );
  }

  test(
    'each approved claim is one balanced voucher of its total, also when killed at every point, and the OA shows it',
    async () => {
      const stop = new AbortController();
      const activity = story().office.activity({ rate: 40, seed: 21 });
      const work = activity.run({ signal: stop.signal });
      for (const [index, point] of POSTING_POINTS.entries()) {
        const pipeline = new Pipeline(story().office.configFile, `${point}:${1 + index * 2}`);
        expect([point, await pipeline.ended]).toEqual([point, 'SIGKILL']);
      }
      stop.abort();
      await work;
      const pipeline = new Pipeline(story().office.configFile);
      await story().settle(activity);
      await expectBooksRight();
      expect((await liveTotals()).length).toBeGreaterThan(5);
      await story().settle(activity);
      const books = await finance<{ id: string; state: string; voucher_no: string | null }>(
        `SELECT document_id AS id, state, voucher_no FROM ledger.document
         WHERE state <> 'none' AND document_kind = 'expense-claim'`,
      );
      const shown = await office<{ id: string; state: string; voucher_no: string | null }>(
        `SELECT document_id AS id, state, voucher_no FROM finance_posting WHERE document_kind = 'expense-claim'`,
      );
      expect(linesOf(shown)).toEqual(linesOf(books));
      const entries = 'voucher_no, kind, document_id, line_no, side, account, CAST(amount AS DECIMAL(22, 4))';
      const booked = await finance(
        `SELECT concat_ws('|', ${entries}) AS entry FROM ledger.voucher JOIN ledger.voucher_entry USING (voucher_no)`,
      );
      const seen = await office(
        `SELECT concat_ws('|', ${entries}) AS entry FROM finance_voucher JOIN finance_voucher_entry USING (voucher_no)`,
      );
      expect(linesOf(seen)).toEqual(linesOf(booked));
      // What was paid is cleared: debit what was owed, credit the account that the money left.
      const paid = await finance<{ id: string; total: string }>(
        `SELECT id::text, amount::text AS total FROM finance.payment
         WHERE status = 'paid' AND document_kind = 'expense-claim'`,
      );
      const cleared = await finance<{ id: string; total: string }>(
        `SELECT document_id AS id, amount::text AS total FROM ledger.live_voucher JOIN ledger.voucher_entry USING (voucher_no)
         WHERE document_kind = 'payment' AND side = 'debit' AND account = '2241'`,
      );
      expect(paid.length).toBeGreaterThan(0);
      expect(linesOf(cleared)).toEqual(linesOf(paid));
      const view = new MetricsView(await pipeline.metrics());
      expect(view.sum('counterfoil_documents_waiting', { posting: 'vouchers', state: 'refused' })).toBe(0);
      await pipeline.kill('SIGTERM');
    },
    PATIENCE_MS,
  );

  test(
    'a code that is not mapped parks the claim and says so in the OA; it is posted when finance adds the code',
    async () => {
      const pipeline = new Pipeline(story().office.configFile);
      await submit(DEPARTMENT);
      const parked = await untilInOffice(CLAIM, 'parked');
      expect(parked.reason).toMatch(
        new RegExp(`department ${DEPARTMENT} means nothing on .*; add it to the dictionary`),
      );
      const { exitCode, stdout } = await counterfoil(
        ...['posting', 'status', '--limit', '100000', '--config', story().office.configFile],
      );
      expect([exitCode, stdout]).toEqual([1, expect.stringContaining(`BX-${RUN}`)]);
      appendFileSync(
        join(story().office.dictionary, 'department.yaml'),
        `  - { code: ${DEPARTMENT}, version: 1, from: 2025-01-01, zh: 测试部, en: Test, cost_center: CC-0510 }\n`,
      );
      const posted = await untilInOffice(CLAIM, 'posted');
      expect(posted).toMatchObject({
        reason: null,
        voucher_no: expect.stringMatching(/^\d{4}-\d\d-\d{6}$/) as string,
      });
      await pipeline.kill('SIGTERM');
    },
    PATIENCE_MS,
  );

  test(
    'a claim that is changed, withdrawn and approved again: reversals and revisions, and never a voucher altered',
    async () => {
      const {
        oa,
        office: { configFile },
      } = story();
      const pipeline = new Pipeline(configFile);
      const before = await postedRows();
      await oa.beginTransaction();
      await saveLines([100]);
      await oa.query(`UPDATE expense_claim SET total_amount = 100 WHERE id = ${CLAIM}`);
      await oa.commit();
      const revision = async (state: string, wanted: number) => {
        for (;;) {
          await untilInOffice(CLAIM, state);
          const [row] = await finance<{ revision: number; state: string }>(
            'SELECT revision, state FROM ledger.document WHERE document_id = $1',
            [CLAIM.toString()],
          );
          if (row?.revision === wanted && row.state === state) return;
        }
      };
      await revision('posted', 2);
      await oa.query(`UPDATE expense_claim SET status = 'withdrawn' WHERE id = ${CLAIM}`);
      await revision('reversed', 2);
      await oa.query(
        `UPDATE expense_claim SET status = 'approved', approved_at = NOW(3) WHERE id = ${CLAIM}`,
      );
      await revision('posted', 3);
      const kinds = await finance<{ voucher: string }>(
        `SELECT revision || ' ' || kind AS voucher FROM ledger.voucher WHERE document_id = $1 ORDER BY voucher_no`,
        [CLAIM.toString()],
      );
      expect(kinds.map(({ voucher }) => voucher)).toEqual([
        ...['1 posting', '1 reversal', '2 posting', '2 reversal', '3 posting'],
      ]);
      const after = new Set((await postedRows()).map((row) => JSON.stringify(row)));
      expect(before.filter((row) => !after.has(JSON.stringify(row)))).toEqual([]);
      await expectBooksRight();
      await pipeline.kill('SIGTERM');
    },
    PATIENCE_MS,
  );
}
