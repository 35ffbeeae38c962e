import type { Sink } from '../../../schemas/contract/ports.ts';
import type { PlannedRow, RepairOrder, RepairRow } from '../../../schemas/contract/repair.ts';
import type { TableShape } from '../../../schemas/contract/table.ts';
import { historyIn } from '../../support/audited.ts';
import { uniqueName } from '../../support/stack-file.ts';
import { deletes, keyOf, Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

const NO_ROW = { version: null, digest: null };

function orderOf(route: string, id: string): RepairOrder {
  return {
    ...{ route, id, plannedBy: 'li', reason: "it's '报销' \\", fence: '0/1A' },
    mappingVersion: 'claims@1',
  };
}

function rowOf(shape: TableShape, id: bigint, over: Partial<PlannedRow> = {}): PlannedRow {
  return {
    ...{ number: Number(id), table: `${shape.id.namespace}.${shape.id.name}`, key: keyOf(shape, { id }) },
    ...{ place: `1:${id.toString()}`, kind: 'extra', columns: [], action: 'delete' },
    ...{ sourceTable: null, sourcePlace: null, planned: { version: v(5), digest: 'ab'.repeat(16) } },
    ...{ state: 'planned', explanation: null },
    ...over,
  };
}

export function describeRepairs(current: () => Subject): void {
  describe('repairs', () => {
    /** A claim in the target, and a repair of it whose before-image is kept. */
    async function planned(id = 1n) {
      const sink = await current().readySink();
      const route = uniqueName('route');
      const topic = uniqueName('topic');
      const partition = await Partition.claimed(sink, topic, route);
      const shape = current().claims();
      await sink.ensureTable(shape);
      await sink.apply(
        partition.batch({ upserts: [upserts(shape, [{ id, title: 'a', amount: '1' }, v(5)])] }),
      );
      const repair = { route, id: 'r1' };
      await sink.repairs.plan(orderOf(route, 'r1'), [rowOf(shape, id)]);
      const number = Number(id);
      await sink.repairs.note(repair, [{ number, from: 'planned', to: 'kept', image: '[["id",1]]' }]);
      return { sink, route, shape, repair, chain: { route, topic, partition: 0 }, partition };
    }
    const only = async (sink: Sink, repair: { route: string; id: string }): Promise<RepairRow> =>
      (await sink.repairs.rows(repair))[0]!;
    const remove = (shape: TableShape, id: bigint, version: ReturnType<typeof v>) => ({
      ...{ mappingVersion: 'claims@1', clears: [], occurrences: [], upserts: [] },
      deletes: [deletes(shape, [[id], version])],
    });
    const written = { number: 1, from: 'kept', to: 'written', left: NO_ROW } as const;

    test('are kept with all that is known of them and of their rows', async () => {
      const sink = await current().readySink();
      const shape = current().claims();
      const route = uniqueName('route');
      const rows = [
        rowOf(shape, 1n),
        rowOf(shape, 2n, {
          ...{ kind: 'different', columns: ["it's", '金额'], action: 'read-again' },
          ...{ sourceTable: 'oa.报销', sourcePlace: "3:a'\\", explanation: 'why' },
        }),
        rowOf(shape, 3n, { kind: 'missing', planned: NO_ROW, state: 'left' }),
      ];
      await sink.repairs.plan(orderOf(route, 'r1'), rows);
      const repair = { route, id: 'r1' };
      const none = { image: null, left: NO_ROW };
      expect(await sink.repairs.rows(repair)).toEqual(rows.map((row) => ({ ...row, ...none })));
      const [shown] = await sink.repairs.list(route, { limit: 5 });
      expect(shown).toEqual({
        ...orderOf(route, 'r1'),
        ...{ state: 'planned', plannedAt: expect.any(Number) as number, explanation: null },
        ...{ approvedBy: null, approvedAt: null, appliedBy: null, appliedAt: null },
        ...{ undoneBy: null, undoneAt: null },
      });
      expect(Math.abs(Date.now() - shown!.plannedAt)).toBeLessThan(60_000);
      await sink.repairs.plan(orderOf(route, 'r2'), []);
      expect((await sink.repairs.list(route, { limit: 5 })).map(({ id }) => id)).toEqual(['r2', 'r1']);
      expect(await sink.repairs.list(route, { id: 'r1', limit: 5 })).toHaveLength(1);
      await expect(sink.repairs.plan(orderOf(route, 'r1'), rows)).rejects.toThrow();
    });

    test('change only from the states that are named, and say who did it when', async () => {
      const { sink, repair, route } = await planned();
      expect(await sink.repairs.change(repair, ['approved'], { state: 'applying' })).toBe(false);
      const approve = { state: 'approved', approvedBy: 'wang' } as const;
      expect(await sink.repairs.change(repair, ['planned'], approve)).toBe(true);
      // To the very same.
      expect(await sink.repairs.change(repair, ['approved'], approve)).toBe(true);
      expect((await sink.repairs.list(route, { limit: 1 }))[0]).toMatchObject({
        ...{ state: 'approved', approvedBy: 'wang', approvedAt: expect.any(Number) as number },
        appliedAt: null,
      });
    });

    test('rows change only from the state that is said, and keep what is not said', async () => {
      const { sink, repair } = await planned();
      await sink.repairs.note(repair, [{ number: 1, from: 'planned', to: 'left', image: 'x' }]);
      expect(await only(sink, repair)).toMatchObject({ state: 'kept', image: '[["id",1]]' });
      await sink.repairs.note(repair, [{ number: 1, from: 'kept', to: 'left', explanation: 'why' }]);
      expect(await only(sink, repair)).toMatchObject({
        ...{ state: 'left', image: '[["id",1]]', explanation: 'why' },
      });
    });

    test('write rows, what became of them and an entry of the journal together', async () => {
      const { sink, shape, repair, chain, partition } = await planned();
      expect(await sink.repairs.write(repair, chain, remove(shape, 1n, v(9)), () => [written])).toEqual([]);
      expect(await current().rows(shape)).toEqual([]);
      expect(await only(sink, repair)).toMatchObject({ state: 'written', left: NO_ROW });
      const { database, namespace } = current();
      const label = `${shape.id.namespace}.${shape.id.name}`;
      const history = await historyIn(database, namespace, label, ['1']);
      expect(history).toMatchObject([
        { operation: 'put', genuine: true, entry: { kind: 'batch' } },
        { operation: 'delete', version: v(9), genuine: true, entry: { kind: 'repair', chain } },
      ]);
      // An event from before stays out, and one from after comes through.
      const late = (version: number) =>
        sink.apply(
          partition.batch({ upserts: [upserts(shape, [{ id: 1n, title: 'b', amount: '1' }, v(version)])] }),
        );
      expect((await late(8)).withheld).toHaveLength(1);
      expect((await late(10)).withheld).toEqual([]);
      expect(await current().rows(shape)).toHaveLength(1);
    });

    test('write nothing where the guard keeps a row out, and say so', async () => {
      const { sink, shape, repair, chain } = await planned();
      const withheld = await sink.repairs.write(repair, chain, remove(shape, 1n, v(4)), (kept) =>
        kept.length === 0 ? [written] : [{ number: 1, from: 'kept', to: 'left', explanation: 'newer' }],
      );
      expect(withheld).toMatchObject([{ key: keyOf(shape, { id: 1n }), reason: 'superseded' }]);
      expect(await current().rows(shape)).toHaveLength(1);
      expect(await only(sink, repair)).toMatchObject({ state: 'left', explanation: 'newer' });
    });

    test('write nothing at all when somebody else has seen to a row', async () => {
      const { sink, shape, repair, chain } = await planned();
      await sink.repairs.note(repair, [{ number: 1, from: 'kept', to: 'left' }]);
      expect(await sink.repairs.write(repair, chain, remove(shape, 1n, v(9)), () => [written])).toBeNull();
      expect(await current().rows(shape)).toHaveLength(1);
    });

    test('of two that write the same row one does, and the other finds it done', async () => {
      const { sink, shape, repair, chain } = await planned();
      const both = await Promise.all(
        [v(9), v(10)].map((version) =>
          sink.repairs.write(repair, chain, remove(shape, 1n, version), () => [written]),
        ),
      );
      expect(both.filter((one) => one === null)).toHaveLength(1);
    });

    test('write nothing for a route that has no position there', async () => {
      const { sink, shape, repair, chain } = await planned();
      const elsewhere = { ...chain, topic: uniqueName('topic') };
      await expect(
        sink.repairs.write(repair, elsewhere, remove(shape, 1n, v(9)), () => [written]),
      ).rejects.toMatchObject({ code: 'POSITION_LOST' });
      expect(await current().rows(shape)).toHaveLength(1);
    });
  });
}
