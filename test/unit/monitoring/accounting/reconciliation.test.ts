import fc from 'fast-check';
import { Reconciliation } from '../../../../monitoring/accounting/reconciliation.ts';
import { mix } from '../../../../schemas/accounting/count.ts';
import { openOfText, openText } from '../../../../schemas/accounting/text.ts';
import type { BatchAccount, KeptAccount, TransactionTally } from '../../../../schemas/contract/accounting.ts';
import { offsetOf } from '../../../../schemas/contract/position.ts';

/** An event of a transaction, at its place among those of its table. */
interface Placed {
  readonly transaction: string;
  readonly table: string;
  readonly place: number;
}

const HOUR = 3_600_000;
const TABLES = ['oa.claim', 'oa.line'];

function kept(at: number, account: Partial<BatchAccount>): KeptAccount {
  return {
    ...{ topic: 't', partition: 0, first: offsetOf(at), next: offsetOf(at + 1) },
    ...{ tallies: [], ends: [], ...account },
  };
}

function tallyOf({ transaction, table, place }: Placed): TransactionTally {
  return {
    ...{ transaction, table, events: 1, sum: place, mixed: mix(place) },
    outcomes: { [place % 2 === 0 ? 'applied' : 'superseded']: 1 },
  };
}

const options = { revision: 0, since: null, concerns: (table: string) => table !== 'oa.other' };

/** Transactions by how many events each has of each table. */
const histories = fc.uniqueArray(
  fc.record({
    transaction: fc.stringMatching(/^0-1-\d{1,4}$/),
    counts: fc.tuple(fc.nat(6), fc.nat(6)).filter(([a, b]) => a + b > 0),
  }),
  { minLength: 1, maxLength: 8, selector: ({ transaction }) => transaction },
);

function eventsOf(history: { transaction: string; counts: readonly number[] }[]): Placed[] {
  return history.flatMap(({ transaction, counts }) =>
    TABLES.flatMap((table, at) =>
      Array.from({ length: counts[at] ?? 0 }, (_, place) => ({ transaction, table, place: place + 1 })),
    ),
  );
}

function endsOf(history: { transaction: string; counts: readonly number[] }[]) {
  return history.map(({ transaction, counts }) => ({
    ...{ transaction, committedAt: HOUR },
    events: {
      'oa.other': 3,
      ...Object.fromEntries(
        TABLES.flatMap((table, at) => (counts[at] ? [[table, counts[at]] as const] : [])),
      ),
    },
  }));
}

test('whatever comes in whatever order, in however many rounds and processes, everything is balanced in the end', () => {
  fc.assert(
    fc.property(
      histories,
      fc.array(fc.nat(1_000), { minLength: 120, maxLength: 120 }),
      fc.array(fc.nat(30)),
      (history, order, restarts) => {
        const events = eventsOf(history);
        const parts = [
          ...events.map((event) => ({ tallies: [tallyOf(event)] })),
          ...endsOf(history).map((end) => ({ ends: [end] })),
        ];
        const shuffled = parts
          .map((part, at) => ({ part, rank: order[at] ?? 0 }))
          .sort((a, b) => a.rank - b.rank);
        let reconciliation = new Reconciliation([], options);
        const ledger = new Map<string, string>();
        let balanced = 0;
        let counted = 0;
        for (const [at, { part }] of shuffled.entries()) {
          reconciliation.take(kept(at, part), 5);
          reconciliation.settle();
          const round = reconciliation.round();
          for (const transaction of round?.closed ?? []) expect(ledger.delete(transaction)).toBe(true);
          for (const open of round?.open ?? []) ledger.set(open.transaction, openText(open));
          for (const window of round?.windows ?? []) {
            balanced += window.balanced;
            counted += Object.values(window.outcomes).reduce((sum, count) => sum + count, 0);
          }
          if (restarts.includes(at))
            reconciliation = new Reconciliation(
              [...ledger].map(([transaction, text]) => openOfText(transaction, text)),
              options,
            );
        }
        expect({ balanced, counted, open: reconciliation.open, ledger: ledger.size }).toEqual({
          ...{ balanced: history.length, counted: events.length, open: [], ledger: 0 },
        });
      },
    ),
  );
});

test('a transaction of which any event is lost, or lost while another came twice, is not balanced', () => {
  fc.assert(
    fc.property(histories, fc.nat(), fc.nat(), fc.boolean(), (history, lost, twice, doubled) => {
      const events = eventsOf(history);
      const gone = events[lost % events.length]!;
      const same = events.filter(
        (event) => event.transaction === gone.transaction && event.table === gone.table && event !== gone,
      );
      const again = same[twice % Math.max(1, same.length)];
      const left = events.filter((event) => event !== gone);
      if (doubled && again !== undefined) left.push(again);
      const reconciliation = new Reconciliation([], options);
      reconciliation.take(kept(0, { tallies: left.map(tallyOf), ends: endsOf(history) }), 5);
      const doubtful = reconciliation.settle();
      expect(doubtful.map(({ transaction }) => transaction)).toEqual([gone.transaction]);
      expect(reconciliation.differences(doubtful[0]!)).toMatchObject([{ table: gone.table }]);
    }),
  );
});

test('what is of before accounting began is left out, and so are tables of others', () => {
  const reconciliation = new Reconciliation([], { ...options, since: HOUR });
  const claim = { transaction: '1', table: 'oa.claim', place: 1 };
  reconciliation.take(
    kept(0, {
      tallies: [tallyOf(claim)],
      ends: [
        { transaction: '1', committedAt: HOUR, events: { 'oa.claim': 2 } },
        { transaction: '2', committedAt: HOUR + 1, events: { 'oa.other': 2 } },
        { transaction: '3', committedAt: HOUR + 1, events: { 'oa.claim': 1 } },
      ],
    }),
    5,
  );
  expect(reconciliation.settle().map(({ transaction }) => transaction)).toEqual(['3']);
  expect(reconciliation.open.map(({ transaction }) => transaction)).toEqual(['3']);
  expect(reconciliation.round()?.windows).toEqual([]);
});

test('batches that come one behind the other are remembered as one range', () => {
  const reconciliation = new Reconciliation([], options);
  for (let at = 0; at < 100; at++)
    reconciliation.take(
      kept(at, { tallies: [tallyOf({ transaction: '1', table: 'oa.claim', place: at + 1 })] }),
      5,
    );
  expect(reconciliation.open[0]?.seen['oa.claim']?.ranges).toEqual([
    { topic: 't', partition: 0, first: 0n, next: 100n },
  ]);
});

test('an idle round is none', () => {
  const reconciliation = new Reconciliation([], options);
  reconciliation.settle();
  expect(reconciliation.round()).toBeNull();
});
