import type { DeadLetter, StoredLetter } from '../../../schemas/contract/dead-letter.ts';
import { rowKeyOf } from '../../../schemas/contract/cell.ts';
import { CounterfoilError } from '../../../schemas/contract/errors.ts';
import { offsetOf } from '../../../schemas/contract/position.ts';
import type { Sink } from '../../../schemas/contract/ports.ts';
import { storedKeyOf } from '../../../schemas/contract/stored-key.ts';
import { uniqueName } from '../../support/stack-file.ts';
import { Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

const HEADERS = { trace: Buffer.from([0, 255]), 'naïve 名': Buffer.from('x') };

function letterOf(route: string, offset: number, over: Partial<DeadLetter> = {}): DeadLetter {
  return {
    route,
    record: {
      topic: 'oa.claim',
      partition: 0,
      offset: offsetOf(offset),
      key: Buffer.from([0, 0, 0, 0, 1, 2]),
      value: Buffer.from([0, 39, 92, 255]),
      headers: HEADERS,
      timestamp: 1_700_000_000_123,
    },
    key: rowKeyOf([BigInt(offset)]),
    version: v(offset),
    error: new CounterfoilError('ROW_REJECTED', "it's 太长: too long"),
    stage: 'apply',
    mappingVersion: 'v1',
    ...over,
  };
}

export function describeLetters(current: () => Subject): void {
  describe('dead letters', () => {
    const row = { id: 1n, title: 'a', amount: '1' };

    async function kept(letters: (route: string) => DeadLetter[]): Promise<{ sink: Sink; route: string }> {
      const sink = await current().readySink();
      const route = uniqueName('route');
      const partition = await Partition.claimed(sink, uniqueName('topic'), route);
      await sink.apply(partition.batch({ letters: letters(route) }));
      return { sink, route };
    }

    test('are kept byte for byte, with reason, key and version', async () => {
      const { sink, route } = await kept((name) => [letterOf(name, 7)]);
      const [letter] = await sink.letters.list(route, {});
      expect(letter).toEqual({
        route,
        topic: 'oa.claim',
        partition: 0,
        offset: 7n,
        key: '["7"]',
        version: v(7),
        code: 'ROW_REJECTED',
        stage: 'apply',
        reason: "it's 太长: too long",
        mappingVersion: 'v1',
        status: 'open',
        createdAt: expect.any(Number) as number,
        closedAt: null,
        closedBy: null,
        closedReason: null,
      });
      expect(Math.abs(Date.now() - letter!.createdAt)).toBeLessThan(60_000);
      expect(await sink.letters.record(route, letter!)).toEqual(letterOf(route, 7).record);
      expect(await sink.letters.record(route, { ...letter!, offset: offsetOf(8) })).toBeNull();
    });

    test('may lack everything that a record may lack', async () => {
      const bare = letterOf('', 1).record;
      const { sink, route } = await kept((name) => [
        letterOf(name, 1, {
          key: null,
          version: null,
          record: { ...bare, key: null, value: null, headers: {} },
        }),
      ]);
      const [letter] = await sink.letters.list(route, {});
      expect(letter).toMatchObject({ key: null, version: null });
      expect(await sink.letters.record(route, letter!)).toMatchObject({
        key: null,
        value: null,
        headers: {},
      });
      expect(await sink.letters.parkedRows(route)).toEqual([]);
    });

    test('come and go with their batch, and a replay does not double or reopen them', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const route = uniqueName('route');
      const shape = subject.claims();
      const partition = await Partition.claimed(sink, 'oa.claim', route);
      const refused = partition.batch({
        letters: [letterOf(route, 1)],
        upserts: [upserts(shape, [{ ...row, title: 'x'.repeat(2_000_000), amount: 'no number' }, v(1)])],
      });
      await expect(sink.apply(refused)).rejects.toMatchObject({ code: 'ROW_REJECTED' });
      expect(await sink.letters.list(route, {})).toEqual([]);
      const batch = { ...refused, upserts: [] };
      await sink.apply(batch);
      const [letter] = await sink.letters.list(route, {});
      await sink.letters.discard(letter!, 'me', 'no use');
      await sink.apply(batch);
      // the same offsets again, as after a replay from the beginning
      const replay = await Partition.claimed(sink, 'oa.claim.replayed', route);
      await sink.apply(replay.batch({ letters: [letterOf(route, 1)] }));
      expect(await sink.letters.list(route, {})).toMatchObject([{ offset: 1n, status: 'discarded' }]);
    });

    test('name the rows that wait, by stored key, while they are open', async () => {
      const long = rowKeyOf(['k'.repeat(300)]);
      const { sink, route } = await kept((name) => [
        letterOf(name, 1),
        letterOf(name, 2, { key: rowKeyOf([1n]) }),
        letterOf(name, 3, { key: long }),
      ]);
      const parked = async () => (await sink.letters.parkedRows(route)).map(({ key }) => key).sort();
      expect(await parked()).toEqual(['["1"]', storedKeyOf(long)].sort());
      expect(await sink.letters.parkedRows(uniqueName('other'))).toEqual([]);
      for (const letter of await sink.letters.list(route, { key: '["1"]' }))
        await sink.letters.discard(letter, 'me', 'no use');
      expect(await parked()).toEqual([storedKeyOf(long)]);
    });

    test('are found by each of their traits, in order', async () => {
      const { sink, route } = await kept((name) => [
        letterOf(name, 20),
        letterOf(name, 3, { error: new CounterfoilError('PARKED', 'waits') }),
        letterOf(name, 100),
      ]);
      const offsets = async (filter: Parameters<Sink['letters']['list']>[1]) =>
        (await sink.letters.list(route, filter)).map(({ offset }) => Number(offset));
      expect(await offsets({})).toEqual([3, 20, 100]);
      expect(await offsets({ limit: 2 })).toEqual([3, 20]);
      expect(await offsets({ code: 'PARKED' })).toEqual([3]);
      expect(await offsets({ topic: 'oa.claim', partition: 0, offset: 20n })).toEqual([20]);
      expect(await offsets({ topic: 'other' })).toEqual([]);
      expect(await offsets({ status: 'redriven' })).toEqual([]);
      expect(await sink.letters.summary(route)).toEqual({
        open: new Map([
          ['ROW_REJECTED', 2],
          ['PARKED', 1],
        ]),
        oldest: expect.any(Number) as number,
      });
    });

    test('of rows that lack values are told apart, and superseded by what is no older than they are', async () => {
      const incomplete = new CounterfoilError('MISSING_BASE_ROW', 'lacks values');
      const behind = new CounterfoilError('PARKED', 'waits');
      const [one, two] = [rowKeyOf([1n]), rowKeyOf(['k'.repeat(300)])];
      const subject = current();
      const sink = await subject.readySink();
      const route = uniqueName('route');
      const partition = await Partition.claimed(sink, uniqueName('topic'), route);
      const letters = [
        letterOf(route, 1, { key: one, error: incomplete }),
        letterOf(route, 2, { key: one, error: behind }),
        letterOf(route, 3, { key: two, error: incomplete }),
        letterOf(route, 4, { key: two }),
        letterOf(route, 9, { key: one, error: behind }),
        letterOf(route, 10, { key: one, error: behind, version: null }),
      ];
      await sink.apply(partition.batch({ letters }));
      const awaiting = async () =>
        new Map((await sink.letters.parkedRows(route)).map(({ key, awaitsWhole }) => [key, awaitsWhole]));
      expect(await awaiting()).toEqual(
        new Map([
          [storedKeyOf(one), true],
          [storedKeyOf(two), false],
        ]),
      );
      const freed = [{ topic: 'oa.claim', key: one, version: v(2) }];
      const shape = subject.claims();
      const refused = { upserts: [upserts(shape, [{ ...row, amount: 'no number' }, v(1)])] };
      await expect(sink.apply(partition.batch({ freed, ...refused }))).rejects.toMatchObject({
        code: 'ROW_REJECTED',
      });
      const statuses = async () => (await sink.letters.list(route, {})).map(({ status }) => status);
      expect(await statuses()).toEqual(Array(6).fill('open'));
      const again = await Partition.claimed(sink, partition.claim.topic, route);
      await sink.apply(again.batch({ freed: [...freed, { topic: 'other', key: two, version: v(99) }] }));
      expect(await statuses()).toEqual(['superseded', 'superseded', 'open', 'open', 'open', 'open']);
      const [closed] = await sink.letters.list(route, { status: 'superseded' });
      expect(closed).toMatchObject({ closedBy: 'counterfoil', closedReason: null });
      expect(closed!.closedAt).toBeGreaterThanOrEqual(closed!.createdAt);
    });

    async function oneOf(sink: Sink, route: string): Promise<StoredLetter> {
      const [letter] = await sink.letters.list(route, {});
      return letter!;
    }

    test('are redriven once: rows and closing together, under the version guard', async () => {
      const subject = current();
      const { sink, route } = await kept((name) => [letterOf(name, 7)]);
      const shape = subject.claims();
      await sink.ensureTable(shape);
      const rows = {
        ...{ mappingVersion: '1', upserts: [upserts(shape, [row, v(7)])] },
        ...{ deletes: [], clears: [], occurrences: [] },
      };
      const both = await Promise.all([
        sink.letters.redrive(await oneOf(sink, route), rows, 'me'),
        sink.letters.redrive(await oneOf(sink, route), rows, 'you'),
      ]);
      expect(both.filter((result) => result !== null)).toEqual([{ withheld: [] }]);
      expect(await subject.rows(shape)).toEqual([row]);
      const closed = await oneOf(sink, route);
      expect(closed).toMatchObject({ status: 'redriven', closedReason: null });
      expect(['me', 'you']).toContain(closed.closedBy);
      expect(closed.closedAt).toBeGreaterThanOrEqual(closed.createdAt);
    });

    test('stay open when their rows are refused again', async () => {
      const subject = current();
      const { sink, route } = await kept((name) => [letterOf(name, 7)]);
      const shape = subject.claims();
      await sink.ensureTable(shape);
      const rows = {
        upserts: [upserts(shape, [{ ...row, amount: 'no number' }, v(7)])],
        ...{ mappingVersion: '1', deletes: [], clears: [], occurrences: [] },
      };
      await expect(sink.letters.redrive(await oneOf(sink, route), rows, 'me')).rejects.toMatchObject({
        code: 'ROW_REJECTED',
      });
      expect(await oneOf(sink, route)).toMatchObject({ status: 'open', closedAt: null });
    });

    test('are discarded once, with a reason, and pruned when that is long ago', async () => {
      const { sink, route } = await kept((name) => [letterOf(name, 7), letterOf(name, 8)]);
      const letter = await oneOf(sink, route);
      expect(await sink.letters.discard(letter, 'me', "typo in '报销'")).toBe(true);
      expect(await sink.letters.discard(letter, 'you', 'again')).toBe(false);
      const closed = await oneOf(sink, route);
      expect(closed).toMatchObject({ status: 'discarded', closedBy: 'me', closedReason: "typo in '报销'" });
      expect(await sink.letters.prune(route, closed.closedAt! - 1_000)).toBe(0);
      expect(await sink.letters.prune(route, closed.closedAt! + 1_000)).toBe(1);
      expect(await sink.letters.list(route, {})).toMatchObject([{ offset: 8n, status: 'open' }]);
    });
  });
}
