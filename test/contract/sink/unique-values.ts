import { uniqueName } from '../../support/stack-file.ts';
import { Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

export function describeUniqueValues(current: () => Subject): void {
  describe('unique values besides the key', () => {
    async function titled(subject: Subject, rows: readonly (readonly [number, string])[]) {
      const sink = await subject.readySink();
      const shape = subject.table(
        uniqueName('swapped'),
        { id: { kind: 'int', bits: 64 }, title: { kind: 'text', maxLength: 100 } },
        ['id'],
      );
      await sink.ensureTable(shape);
      await subject.database.query(
        `CREATE UNIQUE INDEX ${shape.id.name}_title ON ${subject.sql(shape)} (title)`,
      );
      const partition = await Partition.claimed(sink);
      const write = (version: number, each: typeof rows) =>
        sink.apply(
          partition.batch({
            upserts: [
              upserts(shape, ...each.map(([id, title]) => [{ id: BigInt(id), title }, v(version)] as const)),
            ],
          }),
        );
      await write(1, rows);
      const stored = async () =>
        (await subject.rows(shape)).map((each) => [Number(each['id']), each['title']]);
      return { sink, shape, write, stored };
    }

    test('rows that swap their unique values, two or in a ring, are exchanged; others beside them are judged alone', async () => {
      const { write, stored } = await titled(current(), [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
        [4, 'd'],
        [5, 'e'],
        [9, 'nine'],
      ]);
      await write(2, [
        [1, 'b'],
        [2, 'a'],
        [3, 'd'],
        [4, 'e'],
        [5, 'c'],
      ]);
      const swapped = [
        [1, 'b'],
        [2, 'a'],
        [3, 'd'],
        [4, 'e'],
        [5, 'c'],
        [9, 'nine'],
      ];
      expect(await stored()).toEqual(swapped);
      const error: unknown = await write(3, [
        [1, 'a'],
        [2, 'b'],
        [3, 'nine'],
      ]).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ rejections: [{ key: '["3"]', error: { code: 'ROW_REJECTED' } }] });
      expect(await stored()).toEqual(swapped);
      // a delete of one of them is no revival
      expect((await write(1, [[1, 'z']])).withheld).toMatchObject([{ reason: 'superseded' }]);
    });

    test('rows whose delete would pass on to others are not exchanged', async () => {
      const subject = current();
      const { sink, shape, stored } = await titled(subject, [
        [1, 'a'],
        [2, 'b'],
      ]);
      const child = subject.table(
        uniqueName('child'),
        { id: { kind: 'int', bits: 64 }, of: { kind: 'int', bits: 64 } },
        ['id'],
      );
      await sink.ensureTable(child);
      await subject.database.query(
        `ALTER TABLE ${subject.sql(child)} ADD FOREIGN KEY (${subject.database.quote('of')}) REFERENCES ${subject.sql(shape)} (id) ON DELETE CASCADE`,
      );
      const other = await subject.readySink();
      const partition = await Partition.claimed(other);
      await other.apply(partition.batch({ upserts: [upserts(child, [{ id: 7n, of: 1n }, v(1)])] }));
      const swap = partition.batch({
        upserts: [upserts(shape, [{ id: 1n, title: 'b' }, v(2)], [{ id: 2n, title: 'a' }, v(2)])],
      });
      await expect(other.apply(swap)).rejects.toMatchObject({ rejections: { length: 2 } });
      expect(await stored()).toEqual([
        [1, 'a'],
        [2, 'b'],
      ]);
      expect(await subject.rows(child)).toHaveLength(1);
    });
  });
}
