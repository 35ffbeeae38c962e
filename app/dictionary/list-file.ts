import { LineCounter, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Node, YAMLMap } from 'yaml';
import { calendarDate } from '../../schemas/dictionary/calendar-date.ts';
import { readColumn } from '../../schemas/dictionary/column.ts';
import type { ColumnValue } from '../../schemas/dictionary/column.ts';
import type { Entry } from '../../schemas/dictionary/dictionary.ts';
import { columnsOf } from '../../schemas/dictionary/lists.ts';
import type { ListName } from '../../schemas/dictionary/lists.ts';
import { nearest } from '../config/faults.ts';
import type { Place } from '../config/yaml-places.ts';

/** Something wrong with a dictionary, where it stands, and what to do about it. */
export interface DictionaryFault {
  readonly file: string;
  readonly place: Place;
  readonly message: string;
}

/** An entry as it is written: without `to` it holds until the next one of its code. */
export interface WrittenEntry {
  readonly entry: Entry;
  readonly list: ListName;
  readonly file: string;
  /** Of the value of a setting; of the entry, when it does not have the setting. */
  readonly placeOf: (setting: string) => Place;
}

export interface ListFile {
  readonly list: ListName;
  readonly file: string;
  readonly zh: string;
  readonly en: string;
  readonly about: string;
  readonly entries: readonly WrittenEntry[];
}

interface Setting {
  readonly written: string;
  readonly place: Place;
}

const HEADINGS = ['zh', 'en', 'about', 'entries'];
const OF_EVERY_ENTRY = ['code', 'version', 'from', 'to', 'zh', 'en'];

/** Reads the file of a list. Entries with a fault are left out, so that each fault is told once. */
export function readListFile(
  list: ListName,
  file: string,
  text: string,
  faults: DictionaryFault[],
): ListFile | null {
  const lines = new LineCounter();
  // Failsafe: everything is text as it is written. 7.10 stays 7.10, 6602 stays an account and `no` stays a word.
  const document = parseDocument(text, { lineCounter: lines, schema: 'failsafe' });
  const placeAt = (offset: number | undefined): Place => {
    const { line, col } = lines.linePos(offset ?? 0);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const tell = (place: Place, message: string): void => void faults.push({ file, place, message });

  for (const { pos, message } of document.errors)
    tell(placeAt(pos[0]), `is no YAML: ${(message.split('\n')[0] ?? '').replace(/ at line \d+.*$/, '')}`);
  if (document.errors.length > 0) return null;
  const root = document.contents;
  if (!isMap(root)) {
    tell(placeAt(0), `must have the settings ${HEADINGS.join(', ')}`);
    return null;
  }
  const entriesNode = root.get('entries', true);
  const headings = settingsOf(root, HEADINGS, ['entries']);
  if (!isSeq(entriesNode)) tell(placeAt(0), 'entries is missing; it must be a list, one entry to each code');

  const entries: WrittenEntry[] = [];
  for (const item of isSeq(entriesNode) ? entriesNode.items : []) {
    if (!isMap(item)) tell(placeAt((item as Node).range?.[0]), 'must be an entry, such as `code: …`');
    else {
      const entry = readEntry(item);
      if (entry !== null) entries.push(entry);
    }
  }
  const said = (name: string): string => headings.get(name)?.written ?? '';
  for (const name of ['zh', 'en', 'about'])
    if (!headings.has(name)) tell(placeAt(0), `${name} is missing; say what the list is`);
  return { list, file, zh: said('zh'), en: said('en'), about: said('about'), entries };

  function settingsOf(
    map: YAMLMap,
    known: readonly string[],
    nested: readonly string[],
  ): Map<string, Setting> {
    const settings = new Map<string, Setting>();
    for (const { key, value } of map.items) {
      const name = isScalar(key) ? String(key.value) : '';
      const keyPlace = placeAt(isScalar(key) ? key.range?.[0] : undefined);
      if (!known.includes(name)) {
        const near = nearest(name, known);
        tell(
          keyPlace,
          `${name} is no setting here; ${near === null ? `there are ${known.join(', ')}` : `did you mean ${near}?`}`,
        );
      } else if (!nested.includes(name)) {
        const written = isScalar(value) ? String(value.value).trim() : '';
        const place = isScalar(value) && written !== '' ? placeAt(value.range?.[0]) : keyPlace;
        if (written === '')
          tell(place, `${name} must be a word or number; leave the line out if there is none`);
        else settings.set(name, { written, place });
      }
    }
    return settings;
  }

  function readEntry(map: YAMLMap): WrittenEntry | null {
    const before = faults.length;
    const columns = columnsOf(list);
    const settings = settingsOf(map, [...OF_EVERY_ENTRY, ...columns.keys()], []);
    const here = placeAt(map.range?.[0]);
    const placeOf = (name: string): Place => settings.get(name)?.place ?? here;
    const said = (name: string): string => settings.get(name)?.written ?? '';
    const missing = (name: string): boolean => !settings.has(name) && !isWrong(name);
    // A setting that is there but empty has been told already.
    const isWrong = (name: string): boolean => map.has(name);

    for (const name of OF_EVERY_ENTRY)
      if (name !== 'to' && missing(name)) tell(here, `${name} is missing; every entry has one`);
    const day = (name: string): Entry['from'] | null => {
      if (!settings.has(name)) return null;
      const date = calendarDate(said(name));
      if (date === null) tell(placeOf(name), `${name} must be a day that exists, such as 2026-01-31`);
      return date;
    };
    const from = day('from');
    const to = day('to');
    if (from !== null && to !== null && to < from)
      tell(placeOf('to'), 'to is before from; both days are included');
    const version = Number(said('version'));
    if (settings.has('version') && !/^[1-9]\d{0,5}$/.test(said('version')))
      tell(placeOf('version'), 'version must be a whole number from 1');

    const value: Record<string, ColumnValue> = { zh: said('zh'), en: said('en') };
    for (const [name, column] of columns) {
      const setting = settings.get(name);
      if (setting !== undefined) {
        const read = readColumn(column, setting.written);
        if ('wrong' in read) tell(setting.place, `${name} ${read.wrong}`);
        else value[name] = read.value;
      } else if (column.optional === true) value[name] = null;
      else if (missing(name))
        tell(here, `${name} is missing; entry ${said('code')} of ${list} cannot be used without it`);
    }
    if (faults.length > before || from === null) return null;
    return { entry: { code: said('code'), version, from, to, value }, list, file, placeOf };
  }
}
