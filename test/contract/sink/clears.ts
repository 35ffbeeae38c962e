import type { VersionedClear } from '../../../schemas/contract/ports.ts';
import type { TableShape } from '../../../schemas/contract/table.ts';
import { blockedOrDone, deletes, Gate, Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

export function clearOf(
  { id }: TableShape,
  version: number,
  over: Partial<VersionedClear> = {},
): VersionedClear {
  return { kind: 'clear', table: id, cause: 'truncated', deletedAt: null, version: v(version), ...over };
}

export function describeClears(current: () => Subject): void {
  describe('a table that was truncated', () => {
    const row = (id: number, title = 'a') => ({ id: BigInt(id), title, amount: '1' });

    async function claims(prefix: string) {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims(prefix);
      const partition = await Partition.claimed(sink);
      const write = (id: number, version: number) =>
        sink.apply(partition.batch({ upserts: [upserts(shape, [row(id), v(version)])] }));
      const clear = (version: number) => sink.apply(partition.batch({ clears: [clearOf(shape, version)] }));
      return { subject, sink, shape, partition, write, clear };
    }

    test('loses the rows that are older, and keeps the others', async () => {
      const { subject, shape, write, clear } = await claims('cleared');
      await write(1, 1);
      await write(2, 9);
      expect(await clear(5)).toEqual({ withheld: [] });
      expect(await subject.rows(shape)).toEqual([row(2)]);
    });

    test('keeps out what was before it and comes later: rows, incomplete rows and deletes', async () => {
      const { subject, sink, shape, partition, write, clear } = await claims('cleared_late');
      await write(1, 1);
      await clear(5);
      expect((await write(1, 4)).withheld).toMatchObject([{ reason: 'superseded' }]);
      expect((await write(3, 5)).withheld).toMatchObject([{ reason: 'duplicate' }]);
      const partial = partition.batch({ upserts: [upserts(shape, [{ id: 7n, title: 'b' }, v(4)])] });
      expect((await sink.apply(partial)).withheld).toMatchObject([{ reason: 'superseded' }]);
      const late = partition.batch({ deletes: [deletes(shape, [[8n], v(4)])] });
      expect((await sink.apply(late)).withheld).toMatchObject([{ reason: 'superseded' }]);
      expect(await subject.rows(shape)).toEqual([]);
      expect(await write(1, 6)).toEqual({ withheld: [] });
      expect(await subject.rows(shape)).toEqual([row(1)]);
    });

    test('is truncated once: again, or by an older truncate, changes nothing', async () => {
      const { subject, shape, write, clear } = await claims('cleared_again');
      await clear(5);
      await write(1, 6);
      expect((await clear(5)).withheld).toMatchObject([{ key: '*', reason: 'duplicate' }]);
      expect((await clear(4)).withheld).toMatchObject([{ key: '*', reason: 'superseded' }]);
      expect(await subject.rows(shape)).toEqual([row(1)]);
      expect(await clear(7)).toEqual({ withheld: [] });
      expect(await subject.rows(shape)).toEqual([]);
    });

    test('and written to in one batch: what comes after it stays', async () => {
      const { subject, sink, shape, partition } = await claims('cleared_beside');
      const batch = partition.batch({
        upserts: [upserts(shape, [row(1), v(1)], [row(2), v(9)])],
        clears: [clearOf(shape, 5)],
      });
      expect((await sink.apply(batch)).withheld).toMatchObject([{ key: '["1"]', reason: 'superseded' }]);
      expect(await subject.rows(shape)).toEqual([row(2)]);
    });

    test('with rows that outlive their source: they are marked, once', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.table(
        'cleared_marked',
        { id: { kind: 'int', bits: 64 }, cf_deleted_at: { kind: 'instant', fraction: 3 } },
        ['id'],
      );
      const partition = await Partition.claimed(sink);
      const [first, second] = ['2024-02-29T08:00:00.12Z', '2024-02-29T09:00:00Z'];
      const marked = [{ id: 1n, cf_deleted_at: null }, v(1)] as const;
      await sink.apply(partition.batch({ upserts: [upserts(shape, marked)] }));
      await sink.apply(partition.batch({ clears: [clearOf(shape, 5, { deletedAt: first })] }));
      await sink.apply(
        partition.batch({ upserts: [upserts(shape, [{ id: 2n, cf_deleted_at: null }, v(6)])] }),
      );
      await sink.apply(partition.batch({ clears: [clearOf(shape, 7, { deletedAt: second })] }));
      expect(await subject.rows(shape)).toEqual([
        { id: 1n, cf_deleted_at: first },
        { id: 2n, cf_deleted_at: second },
      ]);
    });

    test('while another partition writes an older row: it does not stay', async () => {
      const { subject, shape, partition, sink, write } = await claims('cleared_meanwhile');
      await write(9, 1);
      const gate = new Gate('sink:rows-written');
      const slow = await subject.readySink({ reach: gate.reach });
      const other = await Partition.claimed(slow);
      const writing = slow.apply(other.batch({ upserts: [upserts(shape, [row(1), v(2)])] }));
      await gate.reached;
      const clearing = sink.apply(partition.batch({ clears: [clearOf(shape, 5)] }));
      await blockedOrDone(subject, clearing);
      gate.open();
      await Promise.all([writing, clearing]);
      expect(await subject.rows(shape)).toEqual([]);
    });

    test('before it exists: what is older does not come in later', async () => {
      const { subject, shape, write, clear } = await claims('cleared_unborn');
      expect(await clear(5)).toEqual({ withheld: [] });
      expect((await write(1, 4)).withheld).toMatchObject([{ reason: 'superseded' }]);
      await write(2, 6);
      expect(await subject.rows(shape)).toEqual([row(2)]);
    });
  });
}
