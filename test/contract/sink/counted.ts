import fc from 'fast-check';
import type { Row } from '../../../schemas/contract/cell.ts';
import type { OccurrenceGroup } from '../../../schemas/contract/ports.ts';
import { offsetOf } from '../../../schemas/contract/position.ts';
import { rowHashOf } from '../../../schemas/contract/row-hash.ts';
import type { TableShape } from '../../../schemas/contract/table.ts';
import { uniqueName } from '../../support/stack-file.ts';
import { clearOf } from './clears.ts';
import { Partition, v } from './subject.ts';
import type { Subject } from './subject.ts';

/** Changes of a table without a key: how many times more (or less) each row is there. */
export function occurrences(
  shape: TableShape,
  version: number,
  ...rows: readonly [Row, number][]
): OccurrenceGroup {
  const columns = shape.columns.map(({ name }) => name);
  return {
    table: shape,
    columns,
    rows: rows.map(([cells]) => columns.map((name) => cells[name] ?? null)),
    keys: rows.map(([cells]) => rowHashOf(shape, cells)),
    counts: rows.map(([, count]) => count),
    versions: rows.map(() => v(version)),
  };
}

export function describeCounted(current: () => Subject): void {
  describe('a table without a key', () => {
    const row = (title: string | null) => ({ title, amount: '1' });

    async function log(prefix: string) {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.table(
        uniqueName(prefix),
        { title: { kind: 'text' }, amount: { kind: 'decimal', precision: 18, scale: 2 } },
        [],
      );
      const partition = await Partition.claimed(sink);
      const apply = (version: number, ...rows: readonly [Row, number][]) =>
        sink.apply(partition.batch({ occurrences: [occurrences(shape, version, ...rows)] }));
      const titles = async () =>
        (await subject.database.query(`SELECT title FROM ${subject.sql(shape)}`))
          .map((each) => each['title'])
          .sort();
      return { subject, sink, shape, partition, apply, titles };
    }

    test('has each row as often as the source', async () => {
      const { apply, titles } = await log('log');
      await apply(1, [row('a'), 3], [row('b'), 1], [row(null), 2]);
      expect(await titles()).toEqual(['a', 'a', 'a', 'b', null, null]);
      await apply(2, [row('a'), -2], [row('b'), -1], [row('c'), 1]);
      expect(await titles()).toEqual(['a', 'c', null, null]);
      await apply(3, [row('a'), -1], [row(null), -2]);
      expect(await titles()).toEqual(['c']);
    });

    test('that has too few of a row refuses to remove more, names it, and is left as it was', async () => {
      const { apply, titles, shape } = await log('log_short');
      await apply(1, [row('a'), 1], [row('b'), 1]);
      await expect(apply(2, [row('a'), -2], [row('b'), -1])).rejects.toMatchObject({
        rejections: [{ key: rowHashOf(shape, row('a')), error: { code: 'MISSING_BASE_ROW' } }],
      });
      expect(await titles()).toEqual(['a', 'b']);
    });

    test('finds the row that does not fit among many', async () => {
      const { apply, titles, shape } = await log('log_unfit');
      const bad = { title: 'x', amount: '1.234' };
      await expect(apply(1, [row('a'), 2], [bad, 1])).rejects.toMatchObject({
        rejections: [{ key: rowHashOf(shape, bad), error: { code: 'ROW_REJECTED' } }],
      });
      await apply(2, [row('a'), 2]);
      expect(await titles()).toEqual(['a', 'a']);
    });

    test('is cleared when it is read anew, also at the same place of the log', async () => {
      const { apply, titles, sink, partition, shape } = await log('log_anew');
      await apply(1, [row('old'), 2]);
      const anew = (...rows: readonly [Row, number][]) =>
        sink.apply(
          partition.batch({
            clears: [clearOf(shape, 5, { cause: 'read-anew' })],
            occurrences: [occurrences(shape, 5, ...rows)],
          }),
        );
      await anew([row('a'), 1]);
      await apply(5, [row('b'), 1]);
      expect(await titles()).toEqual(['a', 'b']);
      await anew([row('c'), 2]);
      expect(await titles()).toEqual(['c', 'c']);
      expect((await apply(4, [row('late'), 1])).withheld).toMatchObject([{ reason: 'superseded' }]);
      expect(await titles()).toEqual(['c', 'c']);
    });

    test('of equal rows removes the newest: a truncate that is redriven later takes those of before', async () => {
      const { apply, titles, sink, partition, shape } = await log('log_redriven');
      await apply(1, [row('a'), 1]);
      await apply(6, [row('a'), 2]);
      await apply(7, [row('a'), -1]);
      await sink.apply(partition.batch({ clears: [clearOf(shape, 5)] }));
      expect(await titles()).toEqual(['a']);
    });

    test('takes columns that came later, and finds the rows of before', async () => {
      const { apply, titles, sink, partition, shape } = await log('log_wider');
      await apply(1, [row('a'), 2]);
      const wider: TableShape = {
        ...shape,
        columns: [...shape.columns, { name: 'note', type: { kind: 'text' }, nullable: true }],
      };
      const change = occurrences(
        wider,
        2,
        [{ ...row('a'), note: null }, -1],
        [{ ...row('b'), note: 'n' }, 1],
      );
      await sink.apply(partition.batch({ occurrences: [change] }));
      expect(await titles()).toEqual(['a', 'b']);
    });

    test('is refused where the target table has no column for the hashes', async () => {
      const { subject, apply, shape } = await log('log_own');
      await subject.database.query(
        `CREATE TABLE ${subject.sql(shape)} (title varchar(100), amount numeric(18,2))`,
      );
      await expect(apply(1, [row('a'), 1])).rejects.toMatchObject({ code: 'TARGET_INCOMPATIBLE' });
    });

    test('keeps how far it is applied, also when the position is set back', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const [topic, route] = [uniqueName('topic'), uniqueName('route')];
      const partition = await Partition.claimed(sink, topic, route);
      const watermark = { offset: offsetOf(4), version: v(9), count: 2, again: 1, reading: true };
      await sink.apply(partition.batch({ watermark }));
      await sink.apply(partition.batch({}));
      await sink.rewind(route, [{ topic, partition: 0, next: offsetOf(0) }]);
      expect(await sink.positions(route)).toMatchObject([{ sourceVersion: null, watermark }]);
    });

    test('any counts in any batches come to their sum', async () => {
      const { apply, titles } = await log('log_any');
      const held = new Map<string, number>();
      let version = 1;
      const batch = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: -3, max: 3 }));
      await fc.assert(
        fc.asyncProperty(batch, async (changes) => {
          const rows = Object.entries(changes)
            .map(([title, count]) => [title, Math.max(count, -(held.get(title) ?? 0))] as const)
            .filter(([, count]) => count !== 0);
          await apply(version++, ...rows.map(([title, count]): [Row, number] => [row(title), count]));
          for (const [title, count] of rows) held.set(title, (held.get(title) ?? 0) + count);
          const expected = [...held].flatMap(([title, count]) => new Array<string>(count).fill(title)).sort();
          expect(await titles()).toEqual(expected);
        }),
        { numRuns: 40 },
      );
    });
  });
}
