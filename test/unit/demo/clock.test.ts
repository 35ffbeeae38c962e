import fc from 'fast-check';
import {
  dateOf,
  nextMoment,
  OFFICE_OPENS,
  parseWallClock,
  wallClock,
} from '../../../stack/demo/activity/clock.ts';
import { randomOf } from '../../../stack/demo/activity/prng.ts';

const instants = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2060, 0, 1) });

test('the clock always moves forward and keeps office hours', () => {
  fc.assert(
    fc.property(instants, fc.integer(), (ms, seed) => {
      const next = nextMoment(ms, randomOf(seed));
      const [date = '', time = ''] = wallClock(next, 0).split(' ');
      expect(next.ms).toBeGreaterThan(ms);
      expect([0, 6]).not.toContain(new Date(date).getUTCDay());
      expect(time >= '08:30:00' && time < '18:30:00').toBe(true);
    }),
  );
});

test('it starts on a Monday morning and stays within the day while the day lasts', () => {
  const moment = { ms: OFFICE_OPENS, micros: 7 };
  expect(wallClock(moment, 6)).toBe('2026-01-05 09:00:00.000007');
  expect(dateOf(nextMoment(OFFICE_OPENS, randomOf(1)))).toBe('2026-01-05');
  const friday = parseWallClock('2026-01-09 18:29:59');
  expect(dateOf(nextMoment(friday.ms, randomOf(1)))).toBe('2026-01-12');
});

test('wall clocks are read back as they were written', () => {
  fc.assert(
    fc.property(instants, fc.integer({ min: 0, max: 999 }), (ms, micros) => {
      expect(parseWallClock(wallClock({ ms, micros }, 6))).toEqual({ ms, micros });
    }),
  );
  expect(parseWallClock('1970-01-01 08:00:00.5')).toEqual({ ms: 500, micros: 0 });
});

test.each(['', '2026-01-05', '2026-13-05 00:00:00', '2026-01-05T00:00:00', '0000-00-00 00:00:00'])(
  '%p is no wall clock',
  (text) => {
    expect(() => parseWallClock(text)).toThrow(RangeError);
  },
);

test('dates count days in China, not in UTC', () => {
  const lateEvening = parseWallClock('2026-02-28 23:59:59');
  expect(dateOf(lateEvening)).toBe('2026-02-28');
  expect(dateOf(lateEvening, 1)).toBe('2026-03-01');
});
