import { counterfoil, Pipeline } from '../../support/pipeline.ts';
import type { TargetRuleReport } from '../../../app/invariants/invariants.ts';
import { PATIENCE_MS } from '../../support/story.ts';
import type { Story } from '../../support/story.ts';

/** The rules of the business hold after all the chapters before; and each way of breaking one is found by it. */
export function describeInvariants(story: () => Story): void {
  const verify = async (...rules: string[]) => {
    const { exitCode, stdout, stderr } = await counterfoil(
      ...['invariants', ...rules, '--json', '--config', story().office.configFile],
    );
    if (stdout === '') throw new Error(stderr);
    return { exitCode, reports: JSON.parse(stdout) as TargetRuleReport[] };
  };

  /** As somebody who rules the database, past its triggers. */
  async function tamper(...statements: string[]): Promise<void> {
    const { finance } = story();
    await finance.query("SET session_replication_role = 'replica'");
    for (const statement of statements) await finance.query(statement);
    await finance.query("SET session_replication_role = 'origin'");
  }

  test(
    'they hold, and each voucher, period, document and budget was looked at',
    async () => {
      const pipeline = new Pipeline(story().office.configFile);
      await story().settle(story().office.activity({ rate: 50, seed: 42 }));
      const { exitCode, reports } = await verify();
      expect(reports.filter(({ verdict }) => verdict !== 'match')).toEqual([]);
      expect(exitCode).toBe(0);
      for (const { rule, groups } of reports) expect([rule, groups]).not.toEqual([rule, 0]);
      expect(reports.length).toBeGreaterThan(10);
      await pipeline.drain();
    },
    PATIENCE_MS,
  );

  test(
    'an entry that is a cent off, a side that is swapped, a period that is wrong and a voucher too many are named',
    async () => {
      const { finance } = story();
      const { rows } = await finance.query<{ voucher_no: string; document_id: string; amount: string }>(
        `SELECT e.voucher_no, l.document_id, e.amount::text FROM ledger.voucher_entry e JOIN ledger.live_voucher l USING (voucher_no)
         WHERE e.side = 'debit' AND l.document_kind = 'expense-claim' AND e.line_no = 1 ORDER BY 1 LIMIT 1`,
      );
      const { voucher_no: voucher, document_id: claim, amount } = rows[0]!;
      const isIt = `voucher_no = '${voucher}' AND line_no = 1`;
      const broken = async (): Promise<string[]> => {
        const { reports } = await verify();
        expect(JSON.stringify(reports)).not.toContain(amount);
        return reports
          .filter(({ verdict }) => verdict === 'mismatch')
          .flatMap(({ rule, keys }) => keys.map((key) => `${rule} ${key}`));
      };
      const ofVoucher = `ledger/voucher-balanced voucher=${voucher}`;
      const ofClaim = `ledger/expense-claim-as-voucher document=${claim}`;

      await tamper(`UPDATE ledger.voucher_entry SET amount = amount + 0.01 WHERE ${isIt}`);
      const restored = [
        `UPDATE ledger.voucher_entry SET amount = '${amount}', side = 'debit' WHERE ${isIt}`,
        `INSERT INTO ledger.live_voucher SELECT document_kind, document_id, revision, voucher_no FROM ledger.voucher
         WHERE voucher_no = '${voucher}' ON CONFLICT DO NOTHING`,
      ];
      try {
        expect(await broken()).toEqual(expect.arrayContaining([ofVoucher, ofClaim]));
        await tamper(`UPDATE ledger.voucher_entry SET amount = amount - 0.01, side = 'credit' WHERE ${isIt}`);
        expect(await broken()).toEqual(expect.arrayContaining([ofVoucher, ofClaim]));
        await tamper(
          `UPDATE ledger.voucher_entry SET side = 'debit' WHERE ${isIt}`,
          `DELETE FROM ledger.live_voucher WHERE voucher_no = '${voucher}'`,
        );
        expect(await broken()).toContain(`ledger/standing-as-posted kind=expense-claim document=${claim}`);
      } finally {
        // The audit that follows finds what is left.
        await tamper(...restored);
      }
      expect(await broken()).toEqual([]);
    },
    PATIENCE_MS,
  );
}
