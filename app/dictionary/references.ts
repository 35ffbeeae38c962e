import { dayAfter } from '../../schemas/dictionary/calendar-date.ts';
import type { CalendarDate } from '../../schemas/dictionary/calendar-date.ts';
import { LIST_NAMES, columnsOf, definitionOf, isListName } from '../../schemas/dictionary/lists.ts';
import type { ListName } from '../../schemas/dictionary/lists.ts';
import { nearest } from '../config/faults.ts';
import type { DictionaryFault, ListFile, WrittenEntry } from './list-file.ts';

export type OrderedLists = ReadonlyMap<ListName, ReadonlyMap<string, readonly WrittenEntry[]>>;

/** Tells of codes that refer to what is not there, and of codes that must be there and are not. */
export function checkReferences(
  lists: OrderedLists,
  files: ReadonlyMap<ListName, ListFile>,
  faults: DictionaryFault[],
): void {
  const headings = parentsOf(lists);
  const tell = (written: WrittenEntry, setting: string, message: string): void => {
    faults.push({ file: written.file, place: written.placeOf(setting), message });
  };
  for (const list of LIST_NAMES) {
    const { codesOf, required = [] } = definitionOf(list);
    for (const written of entriesOf(lists, list)) {
      if (codesOf !== undefined) refer(written, 'code', codesOf, written.entry.code);
      for (const [name, column] of columnsOf(list)) {
        const value = written.entry.value[name];
        if (column.kind !== 'code' || typeof value !== 'string') continue;
        if (refer(written, name, column.list, value) && column.leaf && headings.has(value))
          tell(written, name, `account ${value} is a heading; name one of the accounts below it`);
      }
    }
    const file = files.get(list);
    if (file !== undefined)
      for (const code of required)
        if (lists.get(list)?.has(code) !== true)
          faults.push({
            file: file.file,
            place: { line: 1, column: 1 },
            message: `${code} is missing; add an entry`,
          });
  }
  checkAccountTree(lists, tell);
  checkCurrencies(lists, tell);
  checkFields(lists, tell);

  function refer(written: WrittenEntry, setting: string, list: string, code: string): boolean {
    if (!isListName(list)) return false;
    const found = lists.get(list)?.get(code);
    const { from, to } = written.entry;
    if (found === undefined) {
      const near = nearest(code, [...(lists.get(list)?.keys() ?? [])]);
      tell(
        written,
        setting,
        `${list} ${code} does not exist; ` +
          (near === null
            ? `add it to ${list}.yaml`
            : `did you mean ${near}? Otherwise add it to ${list}.yaml`),
      );
      return false;
    }
    const missing = firstDayWithout(found, from, to);
    if (missing === null) return true;
    tell(
      written,
      setting,
      `${list} ${code} is not in force on ${missing}, this entry is; change the days of one of them`,
    );
    return false;
  }
}

function entriesOf(lists: OrderedLists, list: ListName): readonly WrittenEntry[] {
  return [...(lists.get(list)?.values() ?? [])].flat();
}

/** The first day of a stretch on which none of these entries, in order, is in force. */
function firstDayWithout(
  entries: readonly WrittenEntry[],
  from: CalendarDate,
  to: CalendarDate | null,
): CalendarDate | null {
  let day = from;
  for (const { entry } of entries) {
    if (entry.to !== null && entry.to < day) continue;
    if (entry.from > day) return day;
    if (entry.to === null || (to !== null && entry.to >= to)) return null;
    day = dayAfter(entry.to);
  }
  return day;
}

type Tell = (written: WrittenEntry, setting: string, message: string) => void;

function parentsOf(lists: OrderedLists): ReadonlySet<unknown> {
  return new Set(entriesOf(lists, 'account').map(({ entry }) => entry.value['parent']));
}

function checkAccountTree(lists: OrderedLists, tell: Tell): void {
  const accounts = lists.get('account');
  for (const written of entriesOf(lists, 'account')) {
    const seen = new Set([written.entry.code]);
    let parent = written.entry.value['parent'];
    while (typeof parent === 'string' && !seen.has(parent)) {
      seen.add(parent);
      parent = accounts?.get(parent)?.[0]?.entry.value['parent'];
    }
    if (parent === written.entry.code)
      tell(written, 'parent', `account ${written.entry.code} is above itself; name another parent`);
  }
}

/** One currency is that of the books; each other one has a rate into it from its first day on. */
function checkCurrencies(lists: OrderedLists, tell: Tell): void {
  const rates = lists.get('exchange-rate');
  const base = new Set<string>();
  for (const written of entriesOf(lists, 'currency')) {
    const { code, from, value } = written.entry;
    const first = rates?.get(code)?.[0];
    if (value['base'] === true) {
      base.add(code);
      if (base.size > 1) tell(written, 'base', 'there is another currency of the books; only one says yes');
      if (first !== undefined)
        tell(first, 'code', `${code} is the currency of the books and has no rate; remove this`);
    } else if (first === undefined || first.entry.from > from)
      tell(
        written,
        'code',
        `${code} has no exchange rate on ${from}; add one to exchange-rate.yaml, or let ${code} begin later`,
      );
  }
  const [any] = entriesOf(lists, 'currency');
  if (base.size === 0 && any !== undefined)
    tell(any, 'base', 'no currency is that of the books; say yes for one');
}

const MEASURED: ReadonlySet<unknown> = new Set(['amount', 'quantity', 'rate']);

function checkFields(lists: OrderedLists, tell: Tell): void {
  for (const written of entriesOf(lists, 'field')) {
    const { value } = written.entry;
    const { codes, truth, type, unit } = value;
    if ((type === 'code') !== (codes !== null))
      tell(written, 'type', 'a field of type code, and no other, names the list of its codes');
    if (MEASURED.has(type) !== (unit !== null))
      tell(written, 'type', 'a field of type amount, quantity or rate, and no other, names its unit');
    if (typeof codes === 'string' && !isListName(codes))
      tell(written, 'codes', `there is no list ${codes}; there are ${LIST_NAMES.join(', ')}`);
    if (typeof truth === 'string' && value[truth] === null)
      tell(written, 'truth', 'the truth is on a side that does not have the field; name its column there');
  }
}
