import fc from 'fast-check';
import { instantOf, offsetMinutes, wallClockOf } from '../../../../schemas/dsl/wall-clock.ts';

const CHINA = 480;

test.each([
  ['2024-01-31 23:59:59.999999', '2024-01-31T15:59:59.999999Z'],
  ['2024-01-01 00:00:00', '2023-12-31T16:00:00Z'],
  ['2024-03-01 07:59:59', '2024-02-29T23:59:59Z'],
  ['0001-01-01 08:00:00', '0001-01-01T00:00:00Z'],
  ['9999-12-31 23:59:59.5', '9999-12-31T15:59:59.5Z'],
])('%s in China is %s', (wallClock, instant) => {
  expect(instantOf(wallClock, CHINA)).toBe(instant);
  expect(wallClockOf(instant, CHINA)).toBe(wallClock);
});

test('outside the years 0001 to 9999 there is nothing', () => {
  expect(instantOf('0001-01-01 07:59:59', CHINA)).toBeNull();
  expect(wallClockOf('9999-12-31T16:00:00Z', CHINA)).toBeNull();
});

test('there and back, as JavaScript counts', () => {
  const seconds = fc.integer({ min: -62_135_500_000, max: 253_402_200_000 });
  fc.assert(
    fc.property(
      seconds,
      fc.integer({ min: -840, max: 840 }),
      fc.constantFrom('', '.5', '.000001'),
      (at, east, fraction) => {
        const iso = (second: number) => new Date(second * 1000).toISOString().slice(0, 19);
        const wallClock = `${iso(at).replace('T', ' ')}${fraction}`;
        const instant = instantOf(wallClock, east);
        expect(instant).toBe(`${iso(at - east * 60)}${fraction}Z`);
        expect(wallClockOf(instant!, east)).toBe(wallClock);
      },
    ),
    { numRuns: 1_000 },
  );
});

test.each([
  ['+08:00', 480],
  ['-05:30', -330],
  ['+00:00', 0],
])('%s is %i minutes', (offset, minutes) => {
  expect(offsetMinutes(offset)).toBe(minutes);
});

test.each(['8', '08:00', '+8:00', 'Asia/Shanghai'])('%s is no offset', (offset) => {
  expect(() => offsetMinutes(offset)).toThrow(RangeError);
});
