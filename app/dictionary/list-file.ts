import { LineCounter, isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml';
import type { YAMLMap } from 'yaml';
import { calendarDate } from '../../schemas/dictionary/calendar-date.ts';
import type { CalendarDate } from '../../schemas/dictionary/calendar-date.ts';
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

type Settings = ReadonlyMap<string, Setting>;

const HEADINGS = ['zh', 'en', 'about', 'entries'];
const OF_EVERY_ENTRY = ['code', 'version', 'from', 'to', 'zh', 'en'];

/** Reads the file of a list. Entries with a fault are left out, so that each fault is told once. */
export function readListFile(
  list: ListName,
  file: string,
  text: string,
  faults: DictionaryFault[],
): ListFile | null {
  return new ListFileReader(list, file, faults).read(text);
}

class ListFileReader {
  readonly #lines = new LineCounter();

  constructor(
    private readonly list: ListName,
    private readonly file: string,
    private readonly faults: DictionaryFault[],
  ) {}

  read(text: string): ListFile | null {
    const { list, file } = this;
    // Failsafe: everything is text as it is written. 7.10 stays 7.10, 6602 stays an account and `no` stays a word.
    const { contents, errors } = parseDocument(text, { lineCounter: this.#lines, schema: 'failsafe' });
    // The library ends the line with the place, which is said already.
    for (const { pos, message } of errors)
      this.#tell(this.#at(pos[0]), `is no YAML: ${message.replace(/ at line \d+[^]*$/, '')}`);
    if (errors.length > 0) return null;
    if (!isMap(contents)) {
      this.#tell(this.#at(0), `must have the settings ${HEADINGS.join(', ')}`);
      return null;
    }
    const headings = this.#settingsOf(contents, HEADINGS);
    for (const name of HEADINGS)
      if (!contents.has(name)) this.#tell(this.#at(0), `${name} is missing; every list has it`);
    const said = (name: string): string => headings.get(name)?.written ?? '';
    const entries = this.#entriesIn(contents.get('entries', true));
    return { list, file, zh: said('zh'), en: said('en'), about: said('about'), entries };
  }

  #entriesIn(node: unknown): readonly WrittenEntry[] {
    if (!isSeq(node)) return [];
    return node.items.flatMap((item) => {
      if (isMap(item)) return this.#entry(item) ?? [];
      this.#tell(this.#at(isNode(item) ? item.range?.[0] : 0), 'must be an entry, such as `code: …`');
      return [];
    });
  }

  #entry(map: YAMLMap): WrittenEntry | null {
    const { list, file } = this;
    const before = this.faults.length;
    const settings = this.#settingsOf(map, [...OF_EVERY_ENTRY, ...columnsOf(list).keys()]);
    const here = this.#at(map.range?.[0]);
    for (const name of OF_EVERY_ENTRY)
      if (name !== 'to' && !map.has(name)) this.#tell(here, `${name} is missing; every entry has one`);
    const from = this.#day('from', settings);
    const to = this.#day('to', settings);
    if (from !== null && to !== null && to < from)
      this.#tell(settings.get('to')?.place ?? here, 'to is before from; both days are included');
    const version = settings.get('version');
    if (version !== undefined && !/^[1-9]\d{0,5}$/.test(version.written))
      this.#tell(version.place, 'version must be a whole number from 1');
    const said = (name: string): string => settings.get(name)?.written ?? '';
    const value = { zh: said('zh'), en: said('en'), ...this.#columns(map, settings, here) };
    if (this.faults.length > before || from === null) return null;
    return {
      entry: { code: said('code'), version: Number(said('version')), from, to, value },
      list,
      file,
      placeOf: (name) => settings.get(name)?.place ?? here,
    };
  }

  #day(name: string, settings: Settings): CalendarDate | null {
    const setting = settings.get(name);
    if (setting === undefined) return null;
    const date = calendarDate(setting.written);
    if (date === null) this.#tell(setting.place, `${name} must be a day that exists, such as 2026-01-31`);
    return date;
  }

  #columns(map: YAMLMap, settings: Settings, here: Place): Record<string, ColumnValue> {
    const value: Record<string, ColumnValue> = {};
    for (const [name, column] of columnsOf(this.list)) {
      const setting = settings.get(name);
      if (setting !== undefined) {
        const read = readColumn(column, setting.written);
        if ('wrong' in read) this.#tell(setting.place, `${name} ${read.wrong}`);
        else value[name] = read.value;
      } else if (column.optional === true) value[name] = null;
      else if (!map.has(name)) {
        const code = settings.get('code')?.written ?? '';
        this.#tell(here, `${name} is missing; entry ${code} of ${this.list} cannot be used without it`);
      }
    }
    return value;
  }

  /** The settings that hold a word. Tells of those that hold none, and of those that nobody knows. */
  #settingsOf(map: YAMLMap, known: readonly string[]): Settings {
    const settings = new Map<string, Setting>();
    for (const { key, value } of map.items) {
      const name = isScalar(key) ? String(key.value) : '';
      const keyPlace = this.#at(isNode(key) ? key.range?.[0] : 0);
      if (!known.includes(name)) {
        this.#tell(keyPlace, `${name} is no setting here; ${meant(name, known)}`);
        continue;
      }
      const written = isScalar(value) ? String(value.value).trim() : '';
      if (name === 'entries') {
        if (!isSeq(value)) this.#tell(keyPlace, 'entries must be a list, one entry to each code');
      } else if (written === '')
        this.#tell(keyPlace, `${name} must be a word or number; leave the line out if there is none`);
      else settings.set(name, { written, place: isNode(value) ? this.#at(value.range?.[0]) : keyPlace });
    }
    return settings;
  }

  #at(offset: number | undefined): Place {
    const { line, col } = this.#lines.linePos(offset ?? 0);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  #tell(place: Place, message: string): void {
    this.faults.push({ file: this.file, place, message });
  }
}

function meant(given: string, known: readonly string[]): string {
  const near = nearest(given, known);
  return near === null ? `there are ${known.join(', ')}` : `did you mean ${near}?`;
}
