import type { AccountReport } from '../../../app/accounting/account-report.ts';
import { counterfoil, Pipeline } from '../../support/pipeline.ts';
import { PATIENCE_MS } from '../../support/story.ts';
import type { Story } from '../../support/story.ts';

/** Whatever was killed, refused, replayed or redriven in the chapters before: the books of every transaction close. */
export function describeAccounting(story: () => Story): void {
  test(
    'every event of every source transaction has come and has its outcome',
    async () => {
      const { office } = story();
      const pipeline = new Pipeline(office.configFile);
      await story().settle(office.activity({ rate: 50, seed: 40 }));
      const show = async () => {
        const { stdout, stderr } = await counterfoil('accounting', '--json', '--config', office.configFile);
        if (stdout === '') throw new Error(stderr);
        return JSON.parse(stdout) as AccountReport[];
      };
      let reports = await show();
      while (reports.some(({ open }) => open.length > 0)) reports = await show();
      expect(
        reports.flatMap(({ route, unbalanced }) => unbalanced.map((each) => ({ route, ...each }))),
      ).toEqual([]);
      expect(reports.map(({ route }) => route)).toEqual(
        expect.arrayContaining(['expense-claims', 'master-data', 'oa-mirror', 'back-to-oa']),
      );
      for (const { verdict, total } of reports) {
        expect(verdict).toBe('match');
        expect(total.balanced).toBeGreaterThan(50);
        expect(Object.values(total.outcomes).reduce((sum, count) => sum + count, 0)).toBe(total.events);
      }
      await pipeline.drain();
    },
    PATIENCE_MS,
  );
}
