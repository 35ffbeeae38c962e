import { groupBy } from '../../schemas/contract/grouping.ts';
import { dayAfter, dayBefore } from '../../schemas/dictionary/calendar-date.ts';
import type { DictionaryFault, WrittenEntry } from './list-file.ts';

/**
 * The entries of one list by code, in the order of their days, each with its last day. Tells what is doubled, what
 * overlaps, what leaves a gap, and versions that do not rise.
 */
export function orderEntries(
  entries: readonly WrittenEntry[],
  faults: DictionaryFault[],
): Map<string, WrittenEntry[]> {
  const byCode = groupBy(entries, ({ entry }) => entry.code);
  for (const [code, written] of byCode) {
    written.sort((a, b) => (a.entry.from < b.entry.from ? -1 : a.entry.from > b.entry.from ? 1 : 0));
    const closed = written.map((one, index) => {
      const next = written[index + 1];
      if (next === undefined) return one;
      tellOfPair(one, next, faults);
      return { ...one, entry: { ...one.entry, to: one.entry.to ?? dayBefore(next.entry.from) } };
    });
    byCode.set(code, closed);
  }
  return byCode;
}

function tellOfPair(one: WrittenEntry, next: WrittenEntry, faults: DictionaryFault[]): void {
  const { code, from, to, version } = one.entry;
  const tell = (setting: string, message: string): void => {
    faults.push({ file: next.file, place: next.placeOf(setting), message });
  };
  if (next.entry.from === from) {
    tell(
      'code',
      `${code} is there twice from ${from}, first on line ${one.placeOf('code').line}; remove one`,
    );
    return;
  }
  if (to !== null && to >= next.entry.from)
    tell(
      'from',
      `${code} has an entry until ${to} already; start on ${dayAfter(to)}, or end that one earlier`,
    );
  if (to !== null && dayAfter(to) < next.entry.from)
    tell(
      'from',
      `${code} means nothing from ${dayAfter(to)} to ${dayBefore(next.entry.from)}; ` +
        'move this day, or leave out the `to` of the entry before',
    );
  if (next.entry.version <= version)
    tell('version', `the version must be more than ${version}, that of the entry before`);
}
