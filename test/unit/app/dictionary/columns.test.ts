import { readFileSync } from 'node:fs';
import { SHIPPED_DICTIONARY, loadDictionary } from '../../../../app/dictionary/load.ts';
import { tableLabel } from '../../../../schemas/contract/table.ts';
import type { LogicalKind } from '../../../../schemas/contract/table.ts';
import { withoutEnd } from '../../../../schemas/dictionary/dictionary.ts';
import { columnMeanings } from '../../../../schemas/dictionary/meaning.ts';
import { loadEntities } from '../../../../schemas/entities/catalogue.ts';

// The field list against what there is: a new column without a meaning, or a meaning without its column, is found here.
const { dictionary } = loadDictionary(SHIPPED_DICTIONARY);
const fields = withoutEnd(dictionary, 'field');
const entities = await loadEntities();
const targets = entities.flatMap(({ tables }) => tables);
const label = (table: { id: { namespace: string; name: string } }) => tableLabel(table.id);

test.each(targets.map((table) => [label(table), table] as const))(
  'every column of %s has a meaning',
  (_, table) => {
    expect([...columnMeanings(dictionary, table).keys()]).toEqual(table.columns.map(({ name }) => name));
  },
);

test('every column that a field names is one of the demo, or one that an entity reads or makes', () => {
  const known = new Set([
    ...columnsIn('oa', 'stack/demo/oa.sql'),
    ...columnsIn('finance', 'stack/demo/finance.sql'),
    ...entities.flatMap(({ declaration: { source } }) =>
      Object.keys(source.fields).map((name) => `${label(source)}.${name}`),
    ),
    ...targets.flatMap((table) => table.columns.map(({ name }) => `${label(table)}.${name}`)),
  ]);
  const named = fields.flatMap(({ value: { oa, finance } }) => [oa, finance].filter((name) => name !== null));
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test('no column is named by two fields', () => {
  const named = fields.flatMap(({ value: { oa, finance } }) => [oa, finance].filter((name) => name !== null));
  expect(named.filter((name, at) => named.indexOf(name) < at)).toEqual([]);
});

/** Kinds of column that a type of field may be held in. */
const KINDS: Readonly<Record<string, readonly LogicalKind[]>> = {
  id: ['int', 'text', 'uuid'],
  code: ['text'],
  text: ['text'],
  amount: ['decimal'],
  quantity: ['decimal'],
  rate: ['decimal'],
  count: ['int'],
  flag: ['boolean'],
  date: ['date'],
  time: ['instant', 'timestamp'],
};

test.each(targets.map((table) => [label(table), table] as const))(
  'the columns of %s are of the types that their fields say',
  (name, table) => {
    const byColumn = new Map(
      fields.flatMap(({ value }) => [value.oa, value.finance].map((column) => [column, value.type] as const)),
    );
    const wrong = table.columns.filter(
      (column) => !KINDS[byColumn.get(`${name}.${column.name}`) ?? '']?.includes(column.type.kind),
    );
    expect(wrong.map((column) => column.name)).toEqual([]);
  },
);

/** `system.table.column` of a demo database. */
function columnsIn(system: string, file: string): readonly string[] {
  let table = '';
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      table = /CREATE TABLE IF NOT EXISTS (?:finance\.)?(\w+)/.exec(line)?.[1] ?? table;
      const column = /^ {2}([a-z]\w*) /.exec(line)?.[1];
      return column === undefined ? [] : [`${system}.${table}.${column}`];
    });
}
