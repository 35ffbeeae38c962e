import fc from 'fast-check';
import type { DictionaryFault, WrittenEntry } from '../../../../app/dictionary/list-file.ts';
import { orderEntries } from '../../../../app/dictionary/periods.ts';
import { calendarDate } from '../../../../schemas/dictionary/calendar-date.ts';

const NINTH = 9;
const dayOf = (nth: number) => calendarDate(`2026-01-${String(nth).padStart(2, '0')}`)!;

/** Stretches of days of one code, in any order, some without an end. */
const stretches = fc.array(
  fc
    .tuple(fc.integer({ min: 1, max: NINTH }), fc.integer({ min: 0, max: 4 }), fc.boolean())
    .map(([from, length, ends]) => ({ from, to: ends ? from + length : null })),
  { minLength: 1, maxLength: 5 },
);

function written(drawn: readonly { readonly from: number; readonly to: number | null }[]): WrittenEntry[] {
  return drawn.map(({ from, to }) => ({
    entry: {
      code: 'USD',
      version: from,
      from: dayOf(from),
      to: to === null ? null : dayOf(to),
      value: {},
    },
    list: 'exchange-rate',
    file: 'exchange-rate.yaml',
    placeOf: () => ({ line: 1, column: 1 }),
  }));
}

test('entries are sound exactly when each day from the first on, until the last one ends, has one', () => {
  fc.assert(
    fc.property(stretches, (drawn) => {
      const faults: DictionaryFault[] = [];
      const entries = (orderEntries(written(drawn), faults).get('USD') ?? []).map(({ entry }) => entry);
      const lastDay = Math.max(...drawn.map(({ from, to }) => to ?? from));
      const firstDay = Math.min(...drawn.map(({ from }) => from));
      // Twice the same first day is a fault, whatever the ends make of it.
      let sound = new Set(drawn.map(({ from }) => from)).size === drawn.length;
      for (let nth = firstDay; nth <= lastDay; nth += 1) {
        const day = dayOf(nth);
        const holding = entries.filter(({ from, to }) => from <= day && (to === null || day <= to));
        sound &&= holding.length === 1;
      }
      expect(faults.length === 0).toBe(sound);
    }),
    { numRuns: 1_000 },
  );
});
