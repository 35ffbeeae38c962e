import { deletes, Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

export function describeMarks(current: () => Subject): void {
  describe('rows that are marked as deleted', () => {
    const DELETED = '2024-02-29T08:00:00.12Z';
    const alive = (id: number) => ({ id: BigInt(id), title: 'a', cf_deleted_at: null });
    const mark = (id: number) => ({ id: BigInt(id), cf_deleted_at: DELETED });

    async function table(name: string) {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.table(
        name,
        {
          id: { kind: 'int', bits: 64 },
          title: { kind: 'text', maxLength: 100 },
          cf_deleted_at: { kind: 'instant', fraction: 3 },
        },
        ['id'],
      );
      const partition = await Partition.claimed(sink);
      const apply = (row: Record<string, bigint | string | null>, version: number) =>
        sink.apply(partition.batch({ upserts: [upserts(shape, [row, v(version)])] }));
      return { subject, sink, shape, partition, apply };
    }

    test('stay, and are alive again when they come back', async () => {
      const { subject, shape, apply } = await table('marked');
      await apply(alive(1), 1);
      await apply(mark(1), 2);
      expect(await subject.rows(shape)).toEqual([{ ...alive(1), cf_deleted_at: DELETED }]);
      await apply({ ...alive(1), title: 'b' }, 3);
      expect(await subject.rows(shape)).toEqual([{ ...alive(1), title: 'b' }]);
    });

    test('that are not there leave a tombstone: the older change that comes later is kept out', async () => {
      const { subject, shape, apply } = await table('marked_first');
      expect(await apply(mark(1), 5)).toEqual({ withheld: [] });
      expect((await apply(alive(1), 4)).withheld).toMatchObject([{ reason: 'superseded' }]);
      expect(await subject.rows(shape)).toEqual([]);
      expect((await apply(mark(1), 5)).withheld).toMatchObject([{ reason: 'duplicate' }]);
      await apply(alive(1), 6);
      expect(await subject.rows(shape)).toEqual([alive(1)]);
    });

    test('beside an incomplete row that lacks its base: that one alone is refused', async () => {
      const { sink, shape, partition } = await table('marked_beside');
      const batch = partition.batch({
        upserts: [upserts(shape, [mark(1), v(2)], [{ id: 2n, cf_deleted_at: null }, v(2)])],
      });
      await expect(sink.apply(batch)).rejects.toMatchObject({
        rejections: [{ key: '["2"]', error: { code: 'MISSING_BASE_ROW' } }],
      });
    });

    test('an older mark does not touch a newer row', async () => {
      const { subject, shape, partition, sink, apply } = await table('marked_late');
      await apply(alive(1), 9);
      expect((await apply(mark(1), 8)).withheld).toMatchObject([{ reason: 'superseded' }]);
      expect(await subject.rows(shape)).toEqual([alive(1)]);
      await sink.apply(partition.batch({ deletes: [deletes(shape, [[1n], v(10)])] }));
      expect(await subject.rows(shape)).toEqual([]);
    });
  });
}
