import fc from 'fast-check';
import { calendarDate, dayAfter, dayBefore, laterOf } from '../../../../schemas/dictionary/calendar-date.ts';
import type { CalendarDate } from '../../../../schemas/dictionary/calendar-date.ts';
import { inForce, lookup } from '../../../../schemas/dictionary/dictionary.ts';
import type { Dictionary, Entry } from '../../../../schemas/dictionary/dictionary.ts';

const day = (text: string): CalendarDate => calendarDate(text)!;
const rate = (version: number, from: string, to: string | null): Entry => ({
  code: 'USD',
  version,
  from: day(from),
  to: to === null ? null : day(to),
  value: { zh: '美元', en: 'dollar', rate: `7.${version}` },
});
const dictionaryOf = (entries: readonly Entry[]): Dictionary =>
  new Map([['exchange-rate', new Map([['USD', entries]])]]);
const dictionary = dictionaryOf([rate(1, '2026-01-01', '2026-01-31'), rate(2, '2026-02-01', '2026-02-28')]);

test.each([
  ['2026-01-01', 1],
  ['2026-01-31', 1],
  ['2026-02-01', 2],
  ['2026-02-28', 2],
])('both days of an entry are included: on %s version %d holds', (date, version) => {
  expect(lookup(dictionary, 'exchange-rate', 'USD', day(date))).toEqual({
    kind: 'found',
    version,
    value: { zh: '美元', en: 'dollar', rate: `7.${version}` },
  });
});

test.each([
  ['USD', '2025-12-31'],
  ['USD', '2026-03-01'],
  ['EUR', '2026-01-15'],
  ['__proto__', '2026-01-15'],
])('%s on %s is not mapped, and never a default', (code, date) => {
  expect(lookup(dictionary, 'exchange-rate', code, day(date))).toEqual({
    kind: 'not-mapped',
    list: 'exchange-rate',
    code,
    date,
  });
});

test('a list that the dictionary does not have maps nothing', () => {
  expect(lookup(dictionary, 'currency', 'USD', day('2026-01-01'))).toMatchObject({ kind: 'not-mapped' });
  expect(inForce(dictionary, 'currency', day('2026-01-01'))).toEqual([]);
});

test('on each day of contiguous entries exactly one holds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 0, max: 250 }),
      (lengths, offset) => {
        let from = day('2026-01-01');
        const entries = lengths.map((length, index) => {
          const first = from;
          for (let i = 0; i < length; i += 1) from = dayAfter(from);
          return rate(index + 1, first, dayBefore(from));
        });
        let date = day('2026-01-01');
        for (let i = 0; i < offset; i += 1) date = dayAfter(date);
        const holding = entries.filter((entry) => entry.from <= date && date <= entry.to!);
        const found = lookup(dictionaryOf(entries), 'exchange-rate', 'USD', date);
        expect(holding.map(({ version }) => version)).toEqual(found.kind === 'found' ? [found.version] : []);
      },
    ),
  );
});

test.each([
  '2026-02-29',
  '2026-13-01',
  '2026-1-1',
  '20260101',
  '2026-01-01 ',
  ' 2026-01-01',
  '0000-00-00',
  '',
])('%j is no day', (text) => {
  expect(calendarDate(text)).toBeNull();
});

test('days go on over months and leap years', () => {
  expect(dayAfter(day('2024-02-28'))).toBe('2024-02-29');
  expect(dayAfter(day('2025-12-31'))).toBe('2026-01-01');
  expect(dayBefore(day('2026-03-01'))).toBe('2026-02-28');
  expect(laterOf(day('2026-03-01'), day('2026-02-28'))).toBe('2026-03-01');
});
