import fc from 'fast-check';
import {
  added,
  addedOutcomes,
  countUpTo,
  isSame,
  mix,
  NOTHING,
} from '../../../../schemas/accounting/count.ts';
import { accountOfText, accountText } from '../../../../schemas/accounting/text.ts';
import type { Count } from '../../../../schemas/contract/accounting.ts';

const countOf = (places: readonly number[]): Count =>
  places.reduce((count, place) => added(count, { events: 1, sum: place, mixed: mix(place) }), NOTHING);

test('each place once, in whatever order and however parted, is all of them', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(300), fc.func(fc.nat()), (total, cut, rank) => {
      const places = Array.from({ length: total }, (_, at) => at + 1).sort((a, b) => rank(a) - rank(b));
      expect(added(countOf(places.slice(0, cut)), countOf(places.slice(cut)))).toEqual(countUpTo(total));
    }),
  );
});

test('as many places with the same sum, but others, are not', () => {
  // 2 + 3 = 1 + 4: one lost and one doubled on both sides of it
  expect(isSame(countOf([1, 1, 4, 4, 5]), countUpTo(5))).toBe(false);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 50 }), (places) => {
      const isEach = new Set(places).size === places.length && Math.max(...places) === places.length;
      expect(isSame(countOf(places), countUpTo(places.length))).toBe(isEach);
    }),
  );
});

test('outcomes add up', () => {
  expect(addedOutcomes({ applied: 2, parked: 1 }, { applied: 3, 'filtered: no-rows': 4 })).toEqual({
    ...{ applied: 5, parked: 1, 'filtered: no-rows': 4 },
  });
});

test('an account is read as it was written', () => {
  const tally = { transaction: '0-1-7', table: 'oa.报销', events: 3, sum: 6, mixed: 7 };
  const account = {
    tallies: [
      { ...tally, outcomes: { applied: 3 } },
      { ...tally, outcomes: { applied: 1, duplicate: 2 } },
    ],
    ends: [{ transaction: '0-1-7', committedAt: 5, events: { 'oa.报销': 3 } }],
  };
  expect(accountOfText(accountText(account))).toEqual(account);
});
