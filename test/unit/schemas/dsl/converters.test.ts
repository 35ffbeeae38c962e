import fc from 'fast-check';
import type { Row } from '../../../../schemas/contract/cell.ts';
import { defineEntity } from '../../../../schemas/dsl/entity.ts';
import { reshaping } from '../../../../schemas/dsl/picture.ts';
import { date, decimal, int32, optional, text } from '../../../../schemas/dsl/source-field.ts';
import { agreedShape, sourceTable } from '../../../../schemas/dsl/source-table.ts';

// Converters that write a row the way another system does: digits in another order, signs as codes, texts of a length.
const source = sourceTable('ledger.item', {
  key: ['number', 'line'],
  fields: {
    number: text(),
    line: int32(),
    day: date(),
    amount: decimal(23, 2),
    party: optional(text()),
    summary: text(),
  },
});
const target = source.into('sap.item', {
  about: 'An item.',
  key: ['client', 'document', 'year', 'item'],
  columns: ({ constant, copy, lookup, magnitude, negated, padded, reshaped, truncated, ...when }) => ({
    client: constant('100', 3),
    document: reshaped('number', 'YYYY-MM-NNNN', '9MMNNNN'),
    year: reshaped('number', 'YYYY-MM-NNNN', 'YYYY'),
    item: padded('line', 3),
    day: reshaped('day', 'YYYY-MM-DD', 'YYYYMMDD'),
    amount: magnitude('amount'),
    signed: when.whenCode('summary', 'credit', negated('amount'), copy('amount')),
    side: when.whenNegative('amount', constant('H', 1), constant('S', 1)),
    kind: when.whenNull('party', constant('S', 1), lookup('party', { V1: 'K', E1: 'D' }, 1)),
    text: truncated('summary', 4),
    party: when.whenNegative('amount', copy('party'), copy('party')),
  }),
});
const entity = defineEntity({
  ...{ name: 'item', zh: '项目', about: 'An item.', from: 'finance', to: 'sap', source, targets: [target] },
});
const row: Row = {
  ...{ number: '2026-03-0042', line: 7, day: '2026-03-05', amount: '12.50', party: null },
  summary: '差旅费𠮷 BX1',
};
const made = (over: Row = {}) => {
  const all = { ...row, ...over };
  const [change] = entity.upsert(agreedShape(source), [all['number']!, all['line']!], all);
  return change?.kind === 'upsert' ? change.cells : null;
};

test('digits in another order, with zeros before them, without a sign, and no more text than there is room', () => {
  expect(made()).toEqual({
    ...{ client: '100', document: '9030042', year: '2026', item: '007', day: '20260305', amount: '12.50' },
    ...{ signed: '12.50', side: 'S', kind: 'S', text: '差旅费𠮷', party: null },
  });
  expect(made({ amount: '-12.50', party: 'V1' })).toMatchObject({
    ...{ amount: '12.50', side: 'H', kind: 'K', party: 'V1' },
  });
});

test.each([
  ['debit', '12.50', '12.50'],
  ['debit', '-12.50', '-12.50'],
  ['credit', '12.50', '-12.50'],
  ['credit', '-12.50', '12.50'],
  ['credit', '0.00', '0.00'],
  ['credit', '123456789012345678901.23', '-123456789012345678901.23'],
])('%s of %s is %s with a sign', (summary, amount, signed) => {
  expect(made({ summary, amount })).toMatchObject({ signed });
});

test('what has no place there fails', () => {
  expect(() => made({ number: '2026-03-00042' })).toThrow(
    'ledger.item.number: does not look like YYYY-MM-NNNN',
  );
  expect(() => made({ number: '2026-03-0042\n' })).toThrow('does not look like');
  expect(() => made({ line: 1_000 })).toThrow('ledger.item.line: is not a number of up to 3 digits');
  expect(() => made({ line: -1 })).toThrow('is not a number of up to 3 digits');
  expect(() => made({ party: 'X' })).toThrow('ledger.item.party: its code is not in the lookup table');
});

test('a column that was not sent makes nothing of what depends on it', () => {
  const rest = Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'amount'));
  const [change] = entity.upsert(agreedShape(source), ['2026-03-0042', 7], rest);
  expect(Object.keys(change?.kind === 'upsert' ? change.cells : {})).not.toContain('side');
});

test('a delete finds the key that the row was given', () => {
  expect(entity.delete(agreedShape(source), ['2026-03-0042', 7])).toMatchObject([
    { kind: 'delete', keyCells: ['100', '9030042', '2026', '007'] },
  ]);
});

test('the columns are as long as what they hold, and null only where both sides may be', () => {
  const types = Object.fromEntries(
    entity.tables[0]!.columns.map(({ name, type, nullable }) => [name, { ...type, nullable }]),
  );
  expect(types).toMatchObject({
    document: { kind: 'text', maxLength: 7, nullable: false },
    item: { kind: 'text', maxLength: 3, nullable: false },
    amount: { kind: 'decimal', precision: 23, scale: 2, nullable: false },
    text: { kind: 'text', maxLength: 4, nullable: false },
    party: { kind: 'text', nullable: true },
  });
});

test('different texts stay different', () => {
  const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length.toString()}}$`));
  const number = fc.tuple(digits(4), digits(2), digits(4)).map((parts) => parts.join('-'));
  const [document, year] = ['MMNNNN', 'YYYY'].map((result) => reshaping('YYYY-MM-NNNN', result));
  fc.assert(
    fc.property(number, number, (a, b) => {
      expect(`${year!(a)}${document!(a)}` === `${year!(b)}${document!(b)}`).toBe(a === b);
    }),
  );
});
