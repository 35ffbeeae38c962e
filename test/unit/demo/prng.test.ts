import fc from 'fast-check';
import { hashText, randomOf } from '../../../stack/demo/activity/prng.ts';
import { snowflakesAt } from '../../../stack/demo/activity/snowflake.ts';

const draw = (path: readonly number[], count = 50): number[] => {
  const random = randomOf(...path);
  return Array.from({ length: count }, () => random.next());
};

test('the same path gives the same stream, another path another one', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (seed, index) => {
      expect(draw([seed, index])).toEqual(draw([seed, index]));
      expect(draw([seed, index])).not.toEqual(draw([seed, index + 1]));
      expect(draw([seed, index])).not.toEqual(draw([seed + 1, index]));
    }),
  );
});

test('the stream is the same on every platform and in every release', () => {
  const random = randomOf(7, 0);
  expect([random.int(0, 999_999), random.int(0, 999_999), random.int(0, 999_999)]).toMatchInlineSnapshot(`
    [
      156824,
      829291,
      818650,
    ]
  `);
});

test('draws are in range and spread evenly', () => {
  const random = randomOf(3);
  const counts = new Array<number>(10).fill(0);
  for (let draws = 0; draws < 20_000; draws += 1) {
    const value = random.int(0, 9);
    counts[value] = counts[value]! + 1;
  }
  // Eight standard deviations of a fair draw: 42.
  for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(340);
});

test('what has no weight is never picked, what has all of it always', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      expect(randomOf(seed).weighted([['never', 0], ['always', 0.5], ['neither', 0]])).toBe('always'); // prettier-ignore
    }),
  );
  const random = randomOf(5);
  const picks = Array.from({ length: 4_000 }, () => random.weighted([['a', 3], ['b', 1]])); // prettier-ignore
  expect(picks.filter((pick) => pick === 'a').length / picks.length).toBeCloseTo(0.75, 1);
});

test('picking from nothing is an error', () => {
  expect(() => randomOf(1).pick([])).toThrow(RangeError);
  expect(() => randomOf(1).weighted([['a', 0]])).toThrow(RangeError);
});

test('texts hash to different streams', () => {
  expect(hashText('BX202601050000001')).not.toBe(hashText('BX202601050000002'));
  expect(hashText('')).toBe(0x811c9dc5);
});

describe('snowflake ids', () => {
  test('are above what a JavaScript number holds and fit a signed 64-bit integer', () => {
    const id = snowflakesAt(Date.UTC(2026, 0, 5)).next();
    expect(id).toBeGreaterThan(2n ** 53n);
    expect(snowflakesAt(Date.UTC(2079, 0, 1)).next()).toBeLessThan(2n ** 63n);
    expect(BigInt(Number(id + 1n))).not.toBe(id + 1n);
  });

  test('are unique and rise with time, 4096 in each millisecond', () => {
    const first = snowflakesAt(1_767_574_800_000);
    const ids = Array.from({ length: 4_096 }, () => first.next());
    expect(new Set(ids).size).toBe(4_096);
    expect(() => first.next()).toThrow(RangeError);
    expect(snowflakesAt(1_767_574_800_001).next()).toBeGreaterThan(ids.at(-1)!);
  });
});
