import { tableLabel } from '../contract/table.ts';
import type { Column, TableShape } from '../contract/table.ts';
import { withoutEnd } from './dictionary.ts';
import type { Dictionary } from './dictionary.ts';
import type { CodeValue } from './lists.ts';

/** What a column holds, in a sentence of each language. */
export interface Meaning {
  readonly zh: string;
  readonly en: string;
}

/**
 * What the columns of a table hold, by name, in the order of the table: as the fields of the dictionary say that name
 * them on either side. A column that no field names is missing.
 */
export function columnMeanings(
  dictionary: Dictionary,
  { id, columns }: TableShape,
): ReadonlyMap<string, Meaning> {
  const fields = fieldsByColumn(dictionary);
  const units = new Map(withoutEnd(dictionary, 'unit').map(({ code, value }) => [code, value]));
  return new Map(
    columns.flatMap((column) => {
      const field = fields.get(`${tableLabel(id)}.${column.name}`);
      if (field === undefined) return [];
      const remark = remarkOn(field, column, units);
      return [[column.name, { zh: inChinese(field.zh, remark?.zh), en: inEnglish(field.en, remark?.en) }]];
    }),
  );
}

/** The same as one text for each column, for readers of either language. */
export function columnDocs(dictionary: Dictionary, table: TableShape): Readonly<Record<string, string>> {
  const meanings = [...columnMeanings(dictionary, table)];
  return Object.fromEntries(meanings.map(([name, { zh, en }]) => [name, `${zh}${en}`]));
}

/** Fields by the columns that they name, `namespace.table.column`. */
function fieldsByColumn(dictionary: Dictionary): ReadonlyMap<string, CodeValue<'field'>> {
  return new Map(
    withoutEnd(dictionary, 'field').flatMap(({ value }) =>
      [value.oa, value.finance].flatMap((name) => (name === null ? [] : [[name, value] as const])),
    ),
  );
}

/** How the values are to be read: codes of which list, in which unit, or that a time without a zone is one of China. */
function remarkOn(
  { codes, unit }: CodeValue<'field'>,
  { type }: Column,
  units: ReadonlyMap<string, Meaning>,
): Meaning | undefined {
  if (codes !== null) return { zh: `代码表 ${codes}`, en: `list ${codes}` };
  return units.get(type.kind === 'timestamp' ? 'china-clock' : (unit ?? ''));
}

function inChinese(said: string, remark: string | undefined): string {
  return remark === undefined ? `${said}。` : `${said}（${remark}）。`;
}

function inEnglish(said: string, remark: string | undefined): string {
  return remark === undefined ? `${said}.` : `${said} (${remark}).`;
}
