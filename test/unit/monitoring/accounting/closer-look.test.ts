import { lookCloser } from '../../../../monitoring/accounting/closer-look.ts';
import type { TransactionRecords } from '../../../../monitoring/accounting/closer-look.ts';
import type { TableDifference } from '../../../../monitoring/accounting/reconciliation.ts';
import type { OpenTransaction } from '../../../../schemas/contract/accounting.ts';

const seen = (events: number) => ({ events, sum: 0, mixed: 0, outcomes: { applied: events }, ranges: [] });
const open: OpenTransaction = {
  ...{ transaction: '0-1-7', since: 0, endIn: null, seen: { 'oa.claim': seen(3) } },
  end: { transaction: '0-1-7', committedAt: 0, events: { 'oa.claim': 3 } },
};
const difference = (expected: number, events: number): TableDifference => ({
  ...{ table: 'oa.claim', expected, seen: seen(events) },
});

function records(
  places: readonly number[] | null,
  over: Partial<TransactionRecords> = {},
): TransactionRecords {
  return {
    places: () => Promise.resolve(places),
    endedBefore: () => Promise.resolve(false),
    hasEnded: () => Promise.resolve(false),
    unidentified: () => Promise.resolve(0),
    ...over,
  };
}

test.each([
  ['all are there, one twice', [1, 2, 2, 3], { balanced: true, repeated: 1 }],
  ['all are there', [3, 2, 1], { balanced: true, repeated: 0 }],
  ['one is lost', [1, 3], { balanced: false, fault: 'missing' }],
  ['one is lost, another came twice', [1, 3, 3], { balanced: false, fault: 'missing' }],
  ['none came', [], { balanced: false, fault: 'missing' }],
  ['there is one too many', [1, 2, 3, 4], { balanced: false, fault: 'unproven' }],
  ['Kafka no longer holds them', null, { balanced: false, fault: 'unproven' }],
])('%s', async (_name, places, verdict) => {
  expect(await lookCloser(open, [difference(3, places?.length ?? 0)], records(places))).toMatchObject(
    verdict,
  );
});

test('what is lost is named, as far as it is short', async () => {
  const look = await lookCloser(open, [difference(9, 2)], records([1, 2]));
  expect(look).toEqual({
    ...{ balanced: false, fault: 'missing' },
    explanation:
      "oa.claim: 7 of 9 events never came (the transaction's number 3, 4, 5, 6, 7, … of the table)",
  });
});

test('a dead letter that does not tell its transaction may be what is missing', async () => {
  const look = await lookCloser(
    open,
    [difference(3, 2)],
    records([1, 2], { unidentified: () => Promise.resolve(2) }),
  );
  expect(look).toMatchObject({ balanced: false, fault: 'unproven' });
  expect(look).toHaveProperty('explanation', expect.stringContaining('2 dead letters'));
});

test('a part that is sent again after the transaction was closed is no loss', async () => {
  const again = records([3], { endedBefore: () => Promise.resolve(true) });
  expect(await lookCloser(open, [difference(3, 1)], again)).toEqual({ balanced: true, repeated: 3 });
});
