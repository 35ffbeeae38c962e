import { judge } from '../../measure/judge.ts';
import type { Booked, Due } from '../../measure/judge.ts';

const DUE: Due = { document: 'expense-claim/1', cents: 63_600n, missingCode: false };
const BOOKED: Booked = { document: 'expense-claim/1', state: 'posted', reason: null, cents: 63_600n };
const PARKED: Booked = { ...BOOKED, state: 'parked', reason: 'exam means nothing', cents: 0n };

test('a document is posted with its amount, or waits for a code that is missing', () => {
  const waits = { ...DUE, document: 'expense-claim/2', missingCode: true };
  expect(judge([DUE, waits], [BOOKED, { ...PARKED, document: 'expense-claim/2' }])).toEqual({
    ...{ due: 2, posted: 1, waitForCode: 1, unexplained: [] },
  });
});

test('a document that is no longer due has vouchers that come to nothing', () => {
  expect(judge([], [{ ...BOOKED, state: 'reversed', cents: 0n }]).unexplained).toEqual([]);
});

test.each<[what: string, due: Due[], booked: Booked[]]>([
  ['is lost', [DUE], []],
  ['is doubled', [DUE], [{ ...BOOKED, cents: 2n * DUE.cents }]],
  ['has another amount', [DUE], [{ ...BOOKED, cents: DUE.cents - 1n }]],
  ['waits though no code is missing', [DUE], [PARKED]],
  ['is refused', [DUE], [{ ...PARKED, state: 'refused' }]],
  ['is posted though a code is missing', [{ ...DUE, missingCode: true }], [BOOKED]],
  ['has vouchers that the books do not know', [DUE], [{ ...BOOKED, state: null }]],
  ['is posted though it is not due', [], [BOOKED]],
  ['is not due, and reversed in part', [], [{ ...BOOKED, state: 'reversed', cents: 1n }]],
])('a document that %s is not explained', (_, due, booked) => {
  const { unexplained } = judge(due, booked);
  expect(unexplained).toEqual([expect.stringContaining('expense-claim/1')]);
  expect(unexplained.join()).not.toContain('636');
});
