import { offsetOf } from '../../../schemas/contract/position.ts';
import { uniqueName } from '../../support/stack-file.ts';
import { deletes, keyOf, Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

export function describePositions(current: () => Subject): void {
  describe('positions', () => {
    const row = { id: 1n, title: 'a', amount: '1' };

    test('a claim of something never applied has no offset, and is not listed', async () => {
      const sink = await current().readySink();
      const route = uniqueName('route');
      const claims = await sink.claim(route, [
        { topic: 'b', partition: 1 },
        { topic: 'a', partition: 0 },
      ]);
      expect(claims).toEqual([
        { route, topic: 'a', partition: 0, epoch: 1n, next: null, recordTime: null },
        { route, topic: 'b', partition: 1, epoch: 1n, next: null, recordTime: null },
      ]);
      expect(await sink.positions(route)).toEqual([]);
      expect(await sink.claim(route, [])).toEqual([]);
    });

    test('rows and position come together, with the place and time in the source', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      const route = uniqueName('route');
      const partition = await Partition.claimed(sink, 'topic', route);
      const sourceTime = Date.UTC(2024, 1, 29, 23, 59, 59, 999);
      await sink.apply(
        partition.batch({
          ...{ upserts: [upserts(shape, [row, v(1)])], sourceVersion: v(1), sourceTime },
          recordTime: 1_700_000_000_123,
        }),
      );
      const stored = {
        route,
        topic: 'topic',
        partition: 0,
        epoch: 1n,
        sourceVersion: v(1),
        sourceTime,
        watermark: null,
      };
      expect(await sink.positions(route)).toEqual([{ ...stored, next: 10n, accounted: 10n }]);
      // a batch without changes of the source keeps what is known of it
      await sink.apply(partition.batch({ recordTime: 5 }));
      expect(await sink.positions(route)).toEqual([{ ...stored, next: 20n, accounted: 20n }]);
      const [claim] = await sink.claim(route, [{ topic: 'topic', partition: 0 }]);
      expect(claim).toMatchObject({ epoch: 2n, next: 20n, recordTime: 1_700_000_000_123 });
    });

    test('a failing row leaves rows and position as they were', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      const route = uniqueName('route');
      const partition = await Partition.claimed(sink, 'topic', route);
      await sink.apply(partition.batch({ upserts: [upserts(shape, [row, v(1)])] }));
      await subject.database.query(
        `ALTER TABLE ${subject.sql(shape)} ADD CONSTRAINT positive CHECK (amount > 0)`,
      );
      const failing = partition.batch({
        upserts: [upserts(shape, [{ ...row, title: 'new' }, v(2)], [{ ...row, id: 2n, amount: '-1' }, v(2)])],
        deletes: [deletes(shape, [[7n], v(2)])],
      });
      await expect(sink.apply(failing)).rejects.toMatchObject({ code: 'ROW_REJECTED' });
      expect(await subject.rows(shape)).toEqual([row]);
      expect((await sink.positions(route)).map(({ next }) => next)).toEqual([10n]);
      // not even the tombstone of the delete
      const again = await sink.apply({
        ...failing,
        deletes: [],
        upserts: [upserts(shape, [{ ...row, id: 7n }, v(1)])],
      });
      expect(again.withheld).toEqual([]);
    });

    test('a batch that was applied before changes nothing and is reported as duplicates', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      const partition = await Partition.claimed(sink);
      const batch = partition.batch({
        upserts: [upserts(shape, [row, v(1)])],
        deletes: [deletes(shape, [[2n], v(1)])],
      });
      await sink.apply(batch);
      subject.tampered.add(shape);
      await subject.database.query(`DELETE FROM ${subject.sql(shape)}`);
      const { withheld } = await sink.apply(batch);
      expect(withheld).toEqual([
        { table: shape, key: keyOf(shape, { id: 2n }), version: v(1), reason: 'duplicate' },
        { table: shape, key: keyOf(shape, row), version: v(1), reason: 'duplicate' },
      ]);
      expect(await subject.rows(shape)).toEqual([]);
    });

    test('a batch that overlaps what was applied is refused', async () => {
      const sink = await current().readySink();
      const partition = await Partition.claimed(sink);
      const first = partition.batch({});
      await sink.apply(first);
      const overlapping = { ...first, first: offsetOf(5), next: offsetOf(15) };
      await expect(sink.apply(overlapping)).rejects.toMatchObject({ code: 'INTERNAL' });
    });

    test('a gap in the offsets is none', async () => {
      const sink = await current().readySink();
      const partition = await Partition.claimed(sink);
      await sink.apply(partition.batch({}));
      const later = { ...partition.batch({}), first: offsetOf(100), next: offsetOf(110) };
      await sink.apply(later);
      const positions = await sink.positions('route');
      expect(positions.find(({ topic }) => topic === partition.claim.topic)?.next).toBe(110n);
    });

    test('advance moves the position alone, never back', async () => {
      const sink = await current().readySink();
      const { claim } = await Partition.claimed(sink);
      const stored = async () =>
        (await sink.positions('route')).find(({ topic }) => topic === claim.topic)?.next;
      await sink.advance(claim, offsetOf(7));
      expect(await stored()).toBe(7n);
      await sink.advance(claim, offsetOf(7));
      await sink.advance(claim, offsetOf(5));
      expect(await stored()).toBe(7n);
    });

    test('offsets and epochs beyond 2^53 survive', async () => {
      const sink = await current().readySink();
      const { claim } = await Partition.claimed(sink);
      await sink.advance(claim, offsetOf(9_223_372_036_854_775_807n));
      const positions = await sink.positions('route');
      expect(positions.find(({ topic }) => topic === claim.topic)?.next).toBe(9_223_372_036_854_775_807n);
    });

    test('tables of an earlier version are extended', async () => {
      const subject = current();
      const { claim } = await Partition.claimed(await subject.readySink());
      const table = `${subject.database.quote(subject.namespace)}.position`;
      await subject.database.query(
        `ALTER TABLE ${table} DROP COLUMN record_time, DROP COLUMN watermark, DROP COLUMN journaled_offset`,
      );
      const sinks = [await subject.readySink(), await subject.readySink()];
      await Promise.all(sinks.map((sink) => sink.prepare()));
      const [again] = await sinks[0]!.claim(claim.route, [claim]);
      expect(again).toMatchObject({ epoch: 2n, recordTime: null });
    });

    test('a position that has vanished stops the route', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const partition = await Partition.claimed(sink);
      await subject.database.query(
        `DELETE FROM ${subject.database.quote(subject.namespace)}.position WHERE topic = '${partition.claim.topic}'`,
      );
      await expect(sink.apply(partition.batch({}))).rejects.toMatchObject({ code: 'POSITION_LOST' });
    });
  });
}
