import type { LogicalType } from '../../../../schemas/contract/table.ts';
import { calendarDate } from '../../../../schemas/dictionary/calendar-date.ts';
import type { Dictionary, Entry } from '../../../../schemas/dictionary/dictionary.ts';
import { columnDocs, columnMeanings } from '../../../../schemas/dictionary/meaning.ts';

const day = (text: string) => calendarDate(text)!;
const entry = (code: string, value: Entry['value']): Entry => ({
  ...{ code, version: 1, from: day('2025-01-01'), to: null },
  value,
});
const field = (code: string, value: Entry['value']): Entry =>
  entry(code, { unit: null, codes: null, oa: null, finance: null, ...value });
const listOf = (...entries: Entry[]) => new Map(entries.map((one) => [one.code, [one]]));

const dictionary: Dictionary = new Map([
  [
    'unit',
    listOf(
      entry('document-currency', { zh: '单据币种', en: 'currency of the document' }),
      entry('china-clock', { zh: '北京时间', en: 'clock in China' }),
    ),
  ],
  [
    'field',
    listOf(
      field('claim.id', {
        zh: '单号',
        en: 'Id of the claim',
        oa: 'oa.claim.id',
        finance: 'ap.claim.claim_id',
      }),
      field('claim.kind', { zh: '类别', en: 'Category', codes: 'expense-category', oa: 'oa.claim.kind' }),
      field('claim.total', { zh: '总额', en: 'Total', unit: 'document-currency', oa: 'oa.claim.total' }),
      field('claim.at', { zh: '时间', en: 'Submitted', oa: 'oa.claim.at', finance: 'ap.claim.at' }),
      { ...field('claim.old', { zh: '旧', en: 'Old', oa: 'oa.claim.old' }), to: day('2025-12-31') },
    ),
  ],
]);

function table(namespace: string, columns: Record<string, LogicalType>) {
  return {
    id: { namespace, name: 'claim' },
    columns: Object.entries(columns).map(([name, type]) => ({ name, type, nullable: true })),
    key: [],
  };
}
const text = { kind: 'text' } as const;

test('a column means what the field that names it says, on whichever side, with its unit or list of codes', () => {
  const oa = table('oa', { total: { kind: 'decimal' }, kind: text, id: text });
  expect([...columnMeanings(dictionary, oa)]).toEqual([
    ['total', { zh: '总额（单据币种）。', en: 'Total (currency of the document).' }],
    ['kind', { zh: '类别（代码表 expense-category）。', en: 'Category (list expense-category).' }],
    ['id', { zh: '单号。', en: 'Id of the claim.' }],
  ]);
  expect(columnDocs(dictionary, table('ap', { claim_id: text }))).toEqual({
    claim_id: '单号。Id of the claim.',
  });
});

test('a time says that it is one of China where its column has no zone', () => {
  expect(columnDocs(dictionary, table('oa', { at: { kind: 'timestamp', fraction: 3 } }))).toEqual({
    at: '时间（北京时间）。Submitted (clock in China).',
  });
  expect(columnDocs(dictionary, table('ap', { at: { kind: 'instant', fraction: 3 } }))).toEqual({
    at: '时间。Submitted.',
  });
});

test('a column of which no field speaks, or none any more, has no meaning', () => {
  expect(columnDocs(dictionary, table('oa', { colour: text, old: text }))).toEqual({});
});
