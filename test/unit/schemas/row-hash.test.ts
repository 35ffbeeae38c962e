import { rowHashOf } from '../../../schemas/contract/row-hash.ts';
import type { Cell } from '../../../schemas/contract/cell.ts';
import type { LogicalType, TableShape } from '../../../schemas/contract/table.ts';

const shapeOf = (types: Readonly<Record<string, LogicalType>>): TableShape => ({
  id: { namespace: 'oa', name: 'log' },
  columns: Object.entries(types).map(([name, type]) => ({ name, type, nullable: true })),
  key: [],
});
const decimal: LogicalType = { kind: 'decimal' };
const json: LogicalType = { kind: 'json' };
const text: LogicalType = { kind: 'text' };
const one = (type: LogicalType, cell: Cell) => rowHashOf(shapeOf({ c: type }), { c: cell });

test('equal values have one hash, whatever their spelling', () => {
  expect(one(decimal, '1.50')).toBe(one(decimal, '1.5'));
  expect(one(decimal, '100')).not.toBe(one(decimal, '1'));
  expect(one({ kind: 'int', bits: 32 }, 7)).toBe(one({ kind: 'int', bits: 64 }, 7n));
  expect(one(json, '{"a": [1, 2], "b c": " x "}')).toBe(one(json, '{"a":[1,2],"b c":" x "}'));
  expect(one(json, '{"a":" x"}')).not.toBe(one(json, '{"a":"x"}'));
});

test('a column that is null is no part of it: one that is added later changes nothing', () => {
  const wider = shapeOf({ a: text, b: text });
  expect(rowHashOf(wider, { a: 'x', b: null })).toBe(rowHashOf(shapeOf({ a: text }), { a: 'x' }));
  expect(rowHashOf(wider, { a: 'x', b: null })).not.toBe(rowHashOf(wider, { a: null, b: 'x' }));
  expect(rowHashOf(wider, { a: 'x', b: '' })).not.toBe(rowHashOf(wider, { a: 'x', b: null }));
});

test('columns do not run together', () => {
  const shape = shapeOf({ a: text, b: text });
  expect(rowHashOf(shape, { a: 'ab', b: 'c' })).not.toBe(rowHashOf(shape, { a: 'a', b: 'bc' }));
});
