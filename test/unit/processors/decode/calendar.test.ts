import fc from 'fast-check';
import {
  dateText,
  instantText,
  spanText,
  timeText,
  timestampTextOfMicros,
  timestampTextOfMillis,
} from '../../../../processors/decode/calendar.ts';

const DAY = 86_400_000;

test.each([
  [0, '1970-01-01'],
  [-1, '1969-12-31'],
  [19_782, '2024-02-29'],
  [19_783, '2024-03-01'],
  [11_016, '2000-02-29'],
  [-25_509, '1900-02-28'],
  [-25_508, '1900-03-01'],
  [2_932_896, '9999-12-31'],
  [-719_162, '0001-01-01'],
  [2_932_897, '10000-01-01'],
  [-719_163, '0001-12-31 BC'],
  [-735_160, '0044-03-15 BC'],
  [-2_440_588, '4714-11-24 BC'],
  [-2_440_589, null],
  [2_145_042_905, '5874897-12-31'],
  [2_145_042_906, null],
  [Number.NaN, null],
])('day %d is %s', (day, expected) => {
  expect(dateText(day)).toBe(expected);
});

test('every day of the years 0001 to 9999, as JavaScript counts them', () => {
  fc.assert(
    fc.property(fc.integer({ min: -719_162, max: 2_932_896 }), (day) => {
      expect(dateText(day)).toBe(new Date(day * DAY).toISOString().slice(0, 10));
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  [0, '00:00:00'],
  [1, '00:00:00.000001'],
  [1_000, '00:00:00.001'],
  [500_000, '00:00:00.5'],
  [86_399_999_999, '23:59:59.999999'],
  [86_400_000_000, '24:00:00'],
  [86_400_000_001, null],
  [-1, null],
])('%d microseconds are %s', (micros, expected) => {
  expect(timeText(micros)).toBe(expected);
});

test.each([
  [-1, '-00:00:00.000001'],
  [90_000_000_000, '25:00:00'],
  [3_020_399_999_999, '838:59:59.999999'],
  [3_020_400_000_000, null],
])('a span of %d microseconds is %s', (micros, expected) => {
  expect(spanText(micros)).toBe(expected);
});

test.each([
  [0n, '1970-01-01 00:00:00'],
  [-1n, '1969-12-31 23:59:59.999'],
  [1_709_210_096_700n, '2024-02-29 12:34:56.7'],
  [253_402_300_799_999n, '9999-12-31 23:59:59.999'],
  [253_402_300_800_000n, '10000-01-01 00:00:00'],
  [9_224_318_015_999_999n, '294276-12-31 23:59:59.999'],
  [-62_135_596_800_000n, '0001-01-01 00:00:00'],
  [-62_135_596_800_001n, '0001-12-31 23:59:59.999 BC'],
])('%d milliseconds are %s', (millis, expected) => {
  expect(timestampTextOfMillis(millis)).toBe(expected);
});

test.each([
  [-1n, '1969-12-31 23:59:59.999999'],
  // 2^53 microseconds are passed in the year 2255.
  [9_007_199_254_740_992n, '2255-06-05 23:47:34.740992'],
  [9_007_199_254_740_993n, '2255-06-05 23:47:34.740993'],
  [253_402_300_799_999_999n, '9999-12-31 23:59:59.999999'],
  [-62_135_596_800_000_000n, '0001-01-01 00:00:00'],
  [-62_135_596_799_999_999n, '0001-01-01 00:00:00.000001'],
  [-62_135_596_800_000_001n, '0001-12-31 23:59:59.999999 BC'],
  [9_223_372_036_854_775_807n, '294247-01-10 04:00:54.775807'],
  [-9_223_372_036_854_775_808n, null],
])('%d microseconds since 1970 are %s', (micros, expected) => {
  expect(timestampTextOfMicros(micros)).toBe(expected);
});

test('microseconds, there and back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }), (micros) => {
      const text = timestampTextOfMicros(micros)!;
      const [whole, fraction = ''] = text.split('.');
      const seconds = BigInt(Date.parse(`${whole!.replace(' ', 'T')}Z`)) / 1000n;
      expect(seconds * 1_000_000n + BigInt(fraction.padEnd(6, '0'))).toBe(micros);
      expect(fraction.endsWith('0')).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['2024-02-29T04:34:56Z', '2024-02-29T04:34:56Z'],
  ['2024-02-29T04:34:56.000Z', '2024-02-29T04:34:56Z'],
  ['2024-02-29T04:34:56.700Z', '2024-02-29T04:34:56.7Z'],
  ['2024-02-29T04:34:56.000001Z', '2024-02-29T04:34:56.000001Z'],
  ['2024-02-29T04:34:56.123456000Z', '2024-02-29T04:34:56.123456Z'],
  ['2024-02-29T12:34:56.5+08:00', '2024-02-29T04:34:56.5Z'],
  ['2024-03-01T01:00:00+08:00', '2024-02-29T17:00:00Z'],
  ['2023-12-31T20:00:00-05:30', '2024-01-01T01:30:00Z'],
  ['1986-06-01T00:00:00+09:00', '1986-05-31T15:00:00Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
  ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'],
  // Parts of a microsecond, years that no database has, and what is no instant at all.
  ['2024-02-29T04:34:56.1234567Z', null],
  ['0000-12-30T00:00:00Z', '0001-12-30T00:00:00Z BC'],
  ['0001-01-01T00:00:00+08:00', '0001-12-31T16:00:00Z BC'],
  ['9999-12-31T23:59:59-08:00', '10000-01-01T07:59:59Z'],
  ['+292278994-08-16T23:00:00Z', null],
  ['2024-02-29 04:34:56Z', null],
  ['2024-02-29T04:34:56', null],
  ['infinity', null],
])('%s is %s', (iso, expected) => {
  expect(instantText(iso)).toBe(expected);
});
