import type { CalendarDate } from './calendar-date.ts';
import type { ColumnValue } from './column.ts';
import type { CodeValue, ListName } from './lists.ts';

type EntryValue = Readonly<Record<string, ColumnValue>>;

/** What a code means from one day to another, both included; null: no end is known. */
export interface Entry<V = EntryValue> {
  readonly code: string;
  readonly version: number;
  readonly from: CalendarDate;
  readonly to: CalendarDate | null;
  readonly value: V;
}

/** The entries of each list, by code; those of one code in the order of their days, without overlap. */
export type Dictionary = ReadonlyMap<ListName, ReadonlyMap<string, readonly Entry[]>>;

export interface Found<L extends ListName> {
  readonly kind: 'found';
  readonly value: CodeValue<L>;
  readonly version: number;
}

/** A code that means nothing on that day. Codes are no secrets: this may be shown. */
export interface NotMapped {
  readonly kind: 'not-mapped';
  readonly list: ListName;
  readonly code: string;
  readonly date: CalendarDate;
}

/** What a code of a list means on a day. */
export function lookup<L extends ListName>(
  dictionary: Dictionary,
  list: L,
  code: string,
  date: CalendarDate,
): Found<L> | NotMapped {
  const entry = dictionary
    .get(list)
    ?.get(code)
    ?.find((candidate) => isInForce(candidate, date));
  if (entry === undefined) return { kind: 'not-mapped', list, code, date };
  return { kind: 'found', value: valueIn<L>(entry), version: entry.version };
}

/** All entries of a list that are in force on a day, in the order of their file. */
export function inForce<L extends ListName>(
  dictionary: Dictionary,
  list: L,
  date: CalendarDate,
): readonly Entry<CodeValue<L>>[] {
  return [...(dictionary.get(list)?.values() ?? [])].flatMap((entries) =>
    entries
      .filter((entry) => isInForce(entry, date))
      .map((entry) => ({ ...entry, value: valueIn<L>(entry) })),
  );
}

/** The entries of a list that hold with no end, in the order of their file: one to a code at most. */
export function withoutEnd<L extends ListName>(
  dictionary: Dictionary,
  list: L,
): readonly Entry<CodeValue<L>>[] {
  return [...(dictionary.get(list)?.values() ?? [])].flatMap((entries) =>
    entries.filter(({ to }) => to === null).map((entry) => ({ ...entry, value: valueIn<L>(entry) })),
  );
}

/** The value has been read by the columns of its list: that is what its type says. */
function valueIn<L extends ListName>({ value }: Entry): CodeValue<L> {
  return value as unknown as CodeValue<L>;
}

function isInForce({ from, to }: Entry, date: CalendarDate): boolean {
  return from <= date && (to === null || date <= to);
}
