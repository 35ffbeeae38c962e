import type { Sink, Withheld } from '../../../schemas/contract/ports.ts';
import type { RunOrder, SyncRun } from '../../../schemas/contract/sync-run.ts';
import { uniqueName } from '../../support/stack-file.ts';
import { Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

const DUE = Date.UTC(2026, 10, 30, 16, 0, 0);
const LONG = 600;

function orderOf(route: string, over: Partial<RunOrder> = {}): RunOrder {
  return {
    ...{ route, id: '2026-12-01', mode: 'scheduled', state: 'ordered', dueAt: DUE, missedSince: null },
    ...{ orderedBy: 'schedule', reason: null, rows: null },
    ...over,
  };
}

const NONE = { applied: 0, superseded: 0, duplicate: 0, filtered: 0, 'dead-lettered': 0, parked: 0 };

export function describeRuns(current: () => Subject): void {
  describe('runs', () => {
    async function ordered(...orders: Partial<RunOrder>[]): Promise<{ sink: Sink; route: string }> {
      const sink = await current().readySink();
      const route = uniqueName('route');
      for (const order of orders) expect(await sink.runs.order(orderOf(route, order))).toBe(true);
      return { sink, route };
    }
    const only = async (sink: Sink, route: string): Promise<SyncRun> => {
      const [run] = await sink.runs.list(route, { limit: 1 });
      return run!;
    };

    test('are kept with everything that is known of them', async () => {
      const rows = { table: 'oa.报销', where: "title = 'it''s \\ ? 报销'" };
      const { sink, route } = await ordered({
        ...{ mode: 'manual', orderedBy: 'li', reason: "typo in '报销'", rows, missedSince: DUE - 1 },
      });
      const run = await only(sink, route);
      expect(run).toEqual({
        ...{ route, id: '2026-12-01', mode: 'manual', state: 'ordered', dueAt: DUE, missedSince: DUE - 1 },
        ...{ orderedBy: 'li', reason: "typo in '报销'", rows, orderedAt: expect.any(Number) as number },
        ...{ cutOff: null, startedAt: null, finishedAt: null, outcomes: NONE, rowsRead: null },
        ...{ verdict: null, explanation: null, attended: false, worker: null },
      });
      expect(Math.abs(Date.now() - run.orderedAt)).toBeLessThan(60_000);
      await sink.runs.take(route, 'me', DUE, LONG);
      const cutOff = { version: v(77), time: DUE + 400 };
      await sink.runs.change(run, 'me', { cutOff, rowsRead: 3, dueAt: DUE + 1_000, state: 'checking' });
      await sink.runs.change(run, 'me', { state: 'completed', verdict: 'match', explanation: 'all of it' });
      const finished = await only(sink, route);
      expect(finished).toMatchObject({
        ...{ cutOff, rowsRead: 3, dueAt: DUE + 1_000, state: 'completed', verdict: 'match' },
        ...{ explanation: 'all of it' },
      });
      expect(finished.startedAt).toBeGreaterThanOrEqual(finished.orderedAt);
      expect(finished.finishedAt).toBeGreaterThanOrEqual(finished.startedAt!);
    });

    test('are ordered once for each id, and listed with the newest moment first', async () => {
      const { sink, route } = await ordered(
        { id: 'a', dueAt: DUE },
        { id: 'b', dueAt: DUE + 2_000, mode: 'manual' },
        { id: 'c', dueAt: DUE + 1_000 },
      );
      expect(await sink.runs.order(orderOf(route, { id: 'a', reason: 'again' }))).toBe(false);
      const ids = async (filter: { id?: string; mode?: 'scheduled' | 'manual'; limit: number }) =>
        (await sink.runs.list(route, filter)).map(({ id }) => id);
      expect(await ids({ limit: 9 })).toEqual(['b', 'c', 'a']);
      expect(await ids({ limit: 1 })).toEqual(['b']);
      expect(await ids({ limit: 9, mode: 'scheduled' })).toEqual(['c', 'a']);
      expect(await ids({ limit: 9, id: 'c' })).toEqual(['c']);
      expect(await sink.runs.list(uniqueName('other'), { limit: 9 })).toEqual([]);
    });

    test('are taken when they are due, one at a time, the oldest first, by one of several workers', async () => {
      const { sink, route } = await ordered({ id: 'late', dueAt: DUE + 1_000 }, { id: 'early', dueAt: DUE });
      expect(await sink.runs.take(route, 'me', DUE - 1, LONG)).toBeNull();
      const taken = await Promise.all(
        ['a', 'b', 'c'].map((worker) => sink.runs.take(route, worker, DUE + 5_000, LONG)),
      );
      const mine = taken.filter((run) => run !== null);
      expect(mine).toMatchObject([{ id: 'early', state: 'applying', attended: true }]);
      const [run] = mine;
      const owner = ['a', 'b', 'c'][taken.indexOf(run!)]!;
      expect(await sink.runs.take(route, owner, DUE + 5_000, LONG)).toMatchObject({ id: 'early' });
      await sink.runs.change(run!, owner, { state: 'completed', verdict: 'match' });
      expect(await sink.runs.take(route, 'z', DUE + 5_000, LONG)).toMatchObject({ id: 'late' });
    });

    test('go to another worker when the first is silent for too long, and no longer listen to it', async () => {
      const { sink, route } = await ordered({});
      const run = (await sink.runs.take(route, 'dead', DUE, 0))!;
      await sink.runs.change(run, 'dead', { state: 'checking' });
      const again = await sink.runs.take(route, 'alive', DUE, LONG);
      expect(again).toMatchObject({ id: run.id, state: 'checking', startedAt: expect.any(Number) as number });
      expect(await sink.runs.keep(run, 'dead', LONG)).toBe(false);
      expect(await sink.runs.change(run, 'dead', { state: 'completed' })).toBe(false);
      expect(await sink.runs.keep(run, 'alive', LONG)).toBe(true);
      expect(await sink.runs.change(run, 'alive', { state: 'failed', explanation: 'no' })).toBe(true);
      expect(await sink.runs.keep(run, 'alive', LONG)).toBe(false);
      expect(await sink.runs.change(run, 'alive', { state: 'completed' })).toBe(false);
    });

    test('that read rows again are led by who ordered them, until they are left to others', async () => {
      const { sink, route } = await ordered({ state: 'reading' });
      const run = await only(sink, route);
      expect(await sink.runs.take(route, 'process', DUE, LONG)).toBeNull();
      expect(await sink.runs.keep(run, 'command', LONG)).toBe(true);
      expect(await sink.runs.keep(run, 'other', LONG)).toBe(false);
      expect(await sink.runs.withdraw(run, 'cancelled', 'not mine')).toBe(false);
      expect(await sink.runs.change(run, 'command', { state: 'ordered' }, 'release')).toBe(true);
      expect(await sink.runs.take(route, 'process', DUE, LONG)).toMatchObject({ id: run.id });
    });

    test('can be withdrawn or forgotten only before anybody has begun', async () => {
      const { sink, route } = await ordered({ id: 'begun' }, { id: 'missed' }, { id: 'planned' });
      const of = (id: string) => ({ route, id });
      await sink.runs.take(route, 'me', DUE, 0);
      expect(await sink.runs.withdraw(of('begun'), 'cancelled', 'too late')).toBe(false);
      await sink.runs.unplan(of('begun'));
      expect(await sink.runs.withdraw(of('missed'), 'missed', 'covered by planned')).toBe(true);
      await sink.runs.unplan(of('missed'));
      await sink.runs.unplan(of('planned'));
      expect(await sink.runs.list(route, { limit: 9 })).toMatchObject([
        { id: 'missed', state: 'missed', explanation: 'covered by planned' },
        { id: 'begun', state: 'applying' },
      ]);
    });

    test('are counted in the transaction that applies a batch, and not by a replay of it', async () => {
      const subject = current();
      const { sink, route } = await ordered({});
      const shape = subject.claims();
      const partition = await Partition.claimed(sink, uniqueName('topic'), route);
      const row = { id: 1n, title: 'a', amount: '1' };
      const outcomes = (withheld: readonly Withheld[]) => ({
        ...{ ...NONE, filtered: 5 },
        ...{ applied: 2 - withheld.length, duplicate: withheld.length },
      });
      const run = { route, id: '2026-12-01' };
      const refused = partition.batch({
        upserts: [upserts(shape, [{ ...row, amount: 'no number' }, v(1)])],
        tally: { run, outcomes },
      });
      await expect(sink.apply(refused)).rejects.toMatchObject({ code: 'ROW_REJECTED' });
      expect((await only(sink, route)).outcomes).toEqual(NONE);
      const batch = { ...refused, upserts: [upserts(shape, [row, v(1)])] };
      await sink.apply(batch);
      await sink.apply(batch);
      expect((await only(sink, route)).outcomes).toEqual({ ...NONE, applied: 2, filtered: 5 });
      await sink.apply(partition.batch({ upserts: [upserts(shape, [row, v(1)])], tally: { run, outcomes } }));
      expect((await only(sink, route)).outcomes).toEqual({ ...NONE, applied: 3, duplicate: 1, filtered: 10 });
    });
  });
}
