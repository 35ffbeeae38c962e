import { isUtf8 } from 'node:buffer';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Dictionary } from '../../schemas/dictionary/dictionary.ts';
import { LIST_NAMES, isListName } from '../../schemas/dictionary/lists.ts';
import type { ListName } from '../../schemas/dictionary/lists.ts';
import { nearest } from '../config/faults.ts';
import { readListFile } from './list-file.ts';
import type { DictionaryFault, ListFile } from './list-file.ts';
import { orderEntries } from './periods.ts';
import { checkReferences } from './references.ts';
import type { OrderedLists } from './references.ts';

/** The dictionary that comes with the product: that of the demo. */
export const SHIPPED_DICTIONARY = fileURLToPath(new URL('../../schemas/dictionary/', import.meta.url));

export interface LoadedDictionary {
  readonly dictionary: Dictionary;
  readonly files: ReadonlyMap<ListName, ListFile>;
}

/**
 * Reads and validates the dictionary in a folder; `additions` are folders of more codes, which count where the dictionary
 * itself has none of theirs. Throws CONFIGURATION_INVALID with every fault found, each with its
 * file, line and column and what to do.
 */
export function loadDictionary(folder: string, additions: readonly string[] = []): LoadedDictionary {
  const { loaded, faults } = inspectDictionary(folder, additions);
  if (faults.length === 0) return loaded;
  const count = faults.length === 1 ? 'a fault' : `${faults.length.toString()} faults`;
  throw new CounterfoilError(
    'CONFIGURATION_INVALID',
    [`${folder} is not a valid dictionary, it has ${count}:`, ...faults.map(faultLine)].join('\n  '),
    { remedy: 'docs/dictionary.md says what each list holds.' },
  );
}

/** `file:line:column: what is wrong; what to do`. */
export function faultLine({ file, place, message }: DictionaryFault): string {
  return `${file}:${place.line.toString()}:${place.column.toString()}: ${message}`;
}

/** What is in the folder, and all that is wrong with it, in the order of files and lines. */
export function inspectDictionary(
  folder: string,
  additions: readonly string[] = [],
): {
  readonly loaded: LoadedDictionary;
  readonly faults: readonly DictionaryFault[];
} {
  const faults: DictionaryFault[] = [];
  const names = yamlFilesIn(folder);
  for (const name of names) {
    const list = name.replace(/\.yaml$/, '');
    if (isListName(list)) continue;
    const near = nearest(list, LIST_NAMES);
    faults.push(wholeFile(join(folder, name), `is no list of a dictionary; ${instead(near)}`));
  }
  const files = new Map<ListName, ListFile>();
  for (const list of LIST_NAMES) {
    const file = join(folder, `${list}.yaml`);
    if (!names.includes(`${list}.yaml`)) {
      faults.push(wholeFile(file, 'is missing; write it, or copy that of the shipped dictionary'));
      continue;
    }
    const read = readFile(list, file, faults);
    if (read !== null) files.set(list, read);
  }
  for (const addition of additions) addCodes(addition, files, faults);
  const unreadable = faults.length > 0;
  const lists = new Map(
    [...files].map(([list, { entries }]) => [list, orderEntries(entries, faults)] as const),
  );
  // An entry that could not be read would make those that refer to it look wrong.
  if (!unreadable) checkReferences(lists, files, faults);
  faults.sort(
    (a, b) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
      a.place.line - b.place.line ||
      a.place.column - b.place.column,
  );
  return { loaded: { dictionary: dictionaryOf(lists), files }, faults };
}

function readFile(list: ListName, file: string, faults: DictionaryFault[]): ListFile | null {
  const bytes = readFileSync(file);
  if (isUtf8(bytes)) return readListFile(list, file, bytes.toString('utf8'), faults);
  faults.push(wholeFile(file, 'is not written in UTF-8; save it so'));
  return null;
}

function addCodes(folder: string, files: Map<ListName, ListFile>, faults: DictionaryFault[]): void {
  for (const name of yamlFilesIn(folder)) {
    const list = name.replace(/\.yaml$/, '');
    const file = join(folder, name);
    const known = isListName(list) ? files.get(list) : undefined;
    if (known === undefined) continue;
    const read = readFile(known.list, file, faults);
    const codes = new Set(known.entries.map(({ entry }) => entry.code));
    const added = read?.entries.filter(({ entry }) => !codes.has(entry.code)) ?? [];
    files.set(known.list, { ...known, entries: [...known.entries, ...added] });
  }
}

function instead(near: string | null): string {
  return near === null ? `there are ${LIST_NAMES.join(', ')}` : `did you mean ${near}.yaml?`;
}

function wholeFile(file: string, message: string): DictionaryFault {
  return { file, place: { line: 1, column: 1 }, message };
}

/** Throws CONFIGURATION_INVALID for a folder that is not there. */
export function yamlFilesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort();
  } catch (error) {
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `${folder} cannot be read: ${(error as Error).message}`,
      {
        remedy: 'Name a folder of dictionary files with --dictionary.',
      },
    );
  }
}

function dictionaryOf(lists: OrderedLists): Dictionary {
  return new Map(
    [...lists].map(([list, codes]) => [
      list,
      new Map([...codes].map(([code, written]) => [code, written.map(({ entry }) => entry)])),
    ]),
  );
}
