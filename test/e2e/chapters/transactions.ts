import { MetricsView } from '../../../app/demo/metrics-view.ts';
import { Pipeline } from '../../support/pipeline.ts';
import { ALL_MATCH, PATIENCE_MS, verdictsOf } from '../../support/story.ts';
import type { Story } from '../../support/story.ts';

export function describeTransactions(story: () => Story): void {
  test(
    'rows that change twice in one large transaction end as the transaction left them',
    async () => {
      const { oa, finance, office } = story();
      const pipeline = new Pipeline(office.configFile);
      const line = (no: number, amount: number) => `(777, ${no}, 'item', 'piece', 1, ${amount}, ${amount})`;
      const insert =
        'INSERT INTO purchase_request_line (request_id, line_no, item_name, unit, quantity, unit_price, amount) VALUES';
      await oa.query('DELETE FROM purchase_request_line WHERE request_id IN (777, 778)');
      await oa.query(`${insert} ${line(1, 1)}, ${line(2, 2)}`);
      await oa.beginTransaction();
      await oa.query('DELETE FROM purchase_request_line WHERE request_id = 777 AND line_no = 1');
      await oa.query('UPDATE purchase_request_line SET amount = 100 WHERE request_id = 777 AND line_no = 2');
      // so many in between that the two changes of a row cannot be in one batch
      for (let from = 1; from <= 20_000; from += 5_000) {
        const many = Array.from({ length: 5_000 }, (_, at) => line(from + at, 1).replace('(777', '(778'));
        await oa.query(`${insert} ${many.join(', ')}`);
      }
      await oa.query(`${insert} ${line(1, 11)}`);
      await oa.query('UPDATE purchase_request_line SET amount = 200 WHERE request_id = 777 AND line_no = 2');
      await oa.commit();

      const { reports } = await story().check();
      expect(verdictsOf(reports)).toEqual(ALL_MATCH);
      const { rows } = await finance.query<{ line_no: number; amount: string }>(
        'SELECT line_no, amount::text FROM oa_mirror.purchase_request_line WHERE request_id = 777 ORDER BY line_no',
      );
      expect(rows).toEqual([
        { line_no: 1, amount: '11.00' },
        { line_no: 2, amount: '200.00' },
      ]);
      const view = new MetricsView(await pipeline.metrics());
      expect(view.sum('counterfoil_events_total', { outcome: 'superseded', route: 'oa-mirror' })).toBe(0);
      await oa.query('DELETE FROM purchase_request_line WHERE request_id IN (777, 778)');
      expect(verdictsOf((await story().check()).reports)).toEqual(ALL_MATCH);
      await pipeline.drain();
    },
    PATIENCE_MS,
  );

  test(
    'foreign keys of the target hold rows back until what they refer to has come, and lose none',
    async () => {
      const { finance, office } = story();
      const pipeline = new Pipeline(office.configFile);
      await finance.query(
        `ALTER TABLE oa_mirror.purchase_request_line ADD CONSTRAINT of_request
         FOREIGN KEY (request_id) REFERENCES oa_mirror.purchase_request (id)`,
      );
      const activity = office.activity({ rate: 100, seed: 15 });
      await activity.run({ actions: 150 });
      await story().lettersUntil('oa-mirror', (letters) => letters.length === 0);
      await story().settle(activity);
      expect(await story().openLetters('oa-mirror')).toEqual([]);
      await finance.query('ALTER TABLE oa_mirror.purchase_request_line DROP CONSTRAINT of_request');
      await pipeline.drain();
    },
    PATIENCE_MS,
  );
}
