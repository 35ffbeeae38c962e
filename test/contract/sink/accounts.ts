import type {
  BatchAccount,
  OpenTransaction,
  Reconciled,
  UnbalancedTransaction,
} from '../../../schemas/contract/accounting.ts';
import type { Sink } from '../../../schemas/contract/ports.ts';
import { offsetOf } from '../../../schemas/contract/position.ts';
import { uniqueName } from '../../support/stack-file.ts';
import { Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

const ACCOUNT: BatchAccount = {
  tallies: [
    {
      transaction: '0-1-7',
      table: 'oa.报销',
      events: 2,
      sum: 3,
      mixed: 4_294_967_295,
      outcomes: { applied: 2 },
    },
    {
      ...{ transaction: "7'\\;", table: 'oa.line', events: 2, sum: 3, mixed: 9 },
      outcomes: { applied: 1, 'filtered: other-table': 1 },
    },
  ],
  ends: [{ transaction: '0-1-7', committedAt: 1_795_854_915_000, events: { 'oa.报销': 2 } }],
};

const NOTHING: Omit<Reconciled, 'revision'> = {
  taken: [],
  closed: [],
  open: [],
  unbalanced: [],
  windows: [],
};

function openTransaction(transaction: string, since: number): OpenTransaction {
  const range = { topic: 't', partition: 3, first: offsetOf(2n ** 60n), next: offsetOf(2n ** 60n + 5n) };
  return {
    ...{ transaction, since, end: ACCOUNT.ends[0]!, endIn: range },
    seen: { 'oa.报销': { events: 1, sum: 1, mixed: 1, outcomes: { parked: 1 }, ranges: [range] } },
  };
}

function unbalanced(transaction: string, foundAt: number): UnbalancedTransaction {
  return {
    ...{ transaction, fault: 'missing', explanation: '报销: one never came', committedAt: 5, foundAt },
    ...{ tables: { 'oa.报销': { expected: 2, seen: 1 } }, settled: null },
  };
}

export function describeAccounts(current: () => Subject): void {
  describe('accounts of transactions', () => {
    const row = (id: number) => ({ id: BigInt(id), title: 'a', amount: '1' });
    const begun = async (): Promise<{
      sink: Sink;
      accounts: NonNullable<Sink['accounts']>;
      route: string;
    }> => {
      const sink = await current().readySink();
      const route = uniqueName('route');
      const { accounts } = sink;
      expect(accounts).not.toBeNull();
      expect(await accounts!.begin(route, 77)).toBe(77);
      return { sink, accounts: accounts!, route };
    };

    test('are kept with the rows of their batch, and are told what was withheld', async () => {
      const { sink, accounts, route } = await begun();
      const shape = current().claims();
      const partition = await Partition.claimed(sink, uniqueName('topic'), route);
      const withheld: number[] = [];
      const account = (kept: readonly unknown[]) => {
        withheld.push(kept.length);
        return ACCOUNT;
      };
      await sink.apply(partition.batch({ upserts: [upserts(shape, [row(1), v(5)])], account }));
      await sink.apply(partition.batch({ upserts: [upserts(shape, [row(1), v(4)])], account }));
      expect(withheld).toEqual([0, 1]);
      const { topic } = partition.claim;
      expect(await accounts.kept(route, 10)).toEqual([
        { topic, partition: 0, first: 0n, next: 10n, ...ACCOUNT },
        { topic, partition: 0, first: 10n, next: 20n, ...ACCOUNT },
      ]);
      expect(await accounts.kept(route, 1)).toHaveLength(1);
      expect(await accounts.kept(uniqueName('route'), 10)).toEqual([]);
    });

    test('are not kept when the rows are not', async () => {
      const { sink, accounts, route } = await begun();
      const shape = current().claims();
      const partition = await Partition.claimed(sink, uniqueName('topic'), route);
      const account = () => ACCOUNT;
      const bad = { ...row(1), amount: '123456789012345678901' };
      await expect(
        sink.apply(partition.batch({ upserts: [upserts(shape, [bad, v(5)])], account })),
      ).rejects.toMatchObject({ code: 'ROW_REJECTED' });
      expect(await accounts.kept(route, 10)).toEqual([]);
    });

    test('an empty one is none', async () => {
      const { sink, accounts, route } = await begun();
      const partition = await Partition.claimed(sink, uniqueName('topic'), route);
      await sink.apply(partition.batch({ account: () => ({ tallies: [], ends: [] }) }));
      expect(await accounts.kept(route, 10)).toEqual([]);
    });

    test('how far they tell of a partition does not go back with its position', async () => {
      const { sink, route } = await begun();
      const partition = await Partition.claimed(sink, uniqueName('topic'), route);
      await sink.apply(partition.batch({}));
      await sink.apply(partition.batch({}));
      const { topic } = partition.claim;
      await sink.rewind(route, [{ topic, partition: 0, next: offsetOf(5) }]);
      expect(await sink.positions(route)).toMatchObject([{ next: 5n, accounted: 20n }]);
      const again = await Partition.claimed(sink, topic, route);
      await sink.apply(again.batch({}));
      expect(await sink.positions(route)).toMatchObject([{ next: 15n, accounted: 20n }]);
      await sink.advance(again.claim, offsetOf(40));
      expect(await sink.positions(route)).toMatchObject([{ next: 40n, accounted: 40n }]);
    });

    test('begin once, and are forgotten at their end, but for what is unbalanced', async () => {
      const { accounts, route } = await begun();
      expect(await accounts.begin(route, 99)).toBe(77);
      await accounts.reconcile(route, {
        ...{ ...NOTHING, revision: 0, open: [openTransaction('1', 1)], unbalanced: [unbalanced('2', 1)] },
      });
      await accounts.end(route);
      expect(await accounts.open(route)).toEqual({ revision: 0, transactions: [] });
      expect(await accounts.unbalanced(route, { settled: true, limit: 9 })).toHaveLength(1);
      expect(await accounts.begin(route, null)).toBeNull();
    });

    test('a round is written as a whole, and by one process', async () => {
      const { sink, accounts, route } = await begun();
      const partition = await Partition.claimed(sink, uniqueName('topic'), route);
      await sink.apply(partition.batch({ account: () => ACCOUNT }));
      const [kept] = await accounts.kept(route, 10);
      const window = {
        startsAt: 3_600_000,
        balanced: 2,
        events: 5,
        repeated: 1,
        outcomes: { applied: 4, parked: 1 },
      };
      const round: Reconciled = {
        ...{ revision: 0, taken: [kept!], closed: [], windows: [window] },
        ...{ open: [openTransaction('1', 1), openTransaction('2', 2)], unbalanced: [unbalanced('3', 3)] },
      };
      expect(await accounts.reconcile(route, round)).toBe(true);
      expect(await accounts.reconcile(route, round)).toBe(false);
      expect(await accounts.kept(route, 10)).toEqual([]);
      expect(await accounts.open(route)).toEqual({
        revision: 1,
        transactions: [openTransaction('2', 2), openTransaction('1', 1)],
      });
      const next = {
        ...NOTHING,
        revision: 1,
        closed: ['1'],
        open: [openTransaction('2', 9)],
        windows: [window],
      };
      expect(await accounts.reconcile(route, next)).toBe(true);
      expect(await accounts.open(route)).toEqual({ revision: 2, transactions: [openTransaction('2', 9)] });
      expect(await accounts.windows(route, 0)).toEqual([
        { startsAt: 3_600_000, balanced: 4, events: 10, repeated: 2, outcomes: { applied: 8, parked: 2 } },
      ]);
      expect(await accounts.windows(route, 3_600_001)).toEqual([]);
    });

    test('what is unbalanced stands until somebody settles it', async () => {
      const { accounts, route } = await begun();
      const both = [unbalanced('5', 5), unbalanced('6', 6)];
      await accounts.reconcile(route, { ...NOTHING, revision: 0, unbalanced: both });
      expect(await accounts.unbalanced(route, { settled: false, limit: 9 })).toEqual([both[1], both[0]]);
      expect(await accounts.settle(route, '5', 'li', "looked into; it's '报销'")).toBe(true);
      expect(await accounts.settle(route, '5', 'li', 'again')).toBe(false);
      expect(await accounts.unbalanced(route, { settled: false, limit: 9 })).toEqual([both[1]]);
      const [, settled] = await accounts.unbalanced(route, { settled: true, limit: 9 });
      expect(settled).toEqual({
        ...both[0],
        settled: { at: expect.any(Number) as number, by: 'li', reason: "looked into; it's '报销'" },
      });
      expect(Math.abs(Date.now() - settled!.settled!.at)).toBeLessThan(60_000);
    });
  });
}
