import type { TableShape } from '../../../schemas/contract/table.ts';
import { changesOf } from '../../../sinks/upsert/evolution.ts';
import type { ExistingColumn, ExistingTable } from '../../../sinks/upsert/database.ts';
import { longestKeyText } from '../../../sinks/mysql/types.ts';

const shape: TableShape = {
  id: { namespace: 'copy', name: 'clause' },
  columns: [
    { name: 'no', type: { kind: 'text' }, nullable: false },
    { name: 'note', type: { kind: 'text', maxLength: 40 }, nullable: true },
  ],
  key: ['no'],
};

/** A table with texts of these lengths. */
function tableOf(no: number, note: number): ExistingTable {
  const column = (name: string, maxLength: number): ExistingColumn => ({
    ...{ name, sqlType: `varchar(${maxLength})`, family: 'text', limits: { maxLength } },
    ...{ generated: false, required: false, comparison: 'exact' },
  });
  return {
    columns: [column('no', no), column('note', note)],
    ...{ uniqueIndexes: [], uniqueIndexCount: 1, deleteIsInert: true },
  };
}

const widened = (existing: ExistingTable, longest?: number) =>
  changesOf(shape, existing, longest).map((change) =>
    change.kind === 'widen' ? [change.column, change.type] : change,
  );

test('a text of the key is widened as far as an index entry reaches, and left alone when it is as wide', () => {
  const longest = longestKeyText(shape);
  expect(longest).toBeGreaterThan(700);
  expect(widened(tableOf(255, 40), longest)).toEqual([['no', { kind: 'text', maxLength: longest }]]);
  expect(widened(tableOf(longest, 40), longest)).toEqual([]);
  // What somebody has made wider is not narrowed.
  expect(widened(tableOf(longest + 10, 40), longest)).toEqual([]);
});

test('other texts, and keys where there is no limit, follow the source', () => {
  expect(widened(tableOf(255, 20))).toEqual([
    ['no', { kind: 'text' }],
    ['note', { kind: 'text', maxLength: 40 }],
  ]);
});
