import fc from 'fast-check';
import { CONDITION_LENGTH, keyConditions } from '../../../app/runtime/key-conditions.ts';

const id = { name: 'id', type: { kind: 'int', bits: 64 }, nullable: false } as const;
const code = { name: "co'de", type: { kind: 'text' }, nullable: false } as const;

test('keys are written in the SQL of their source', () => {
  const items = [[1n, "a'b\\"] as const];
  const where = (kind: 'mariadb' | 'postgresql') =>
    keyConditions(kind, [id, code], items, (item) => item).map((each) => each.where);
  expect(where('postgresql')).toEqual([String.raw`("id","co'de") IN (('1', E'a''b\\'))`]);
  expect(where('mariadb')).toEqual(["(`id`,`co'de`) IN ((1,_utf8mb4 X'6127625c'))"]);
  expect(keyConditions('mariadb', [id], [7n, 8n], (key) => [key]).map((each) => each.where)).toEqual([
    '`id` IN (7,8)',
  ]);
});

test('every key is in exactly one condition, in order, and no condition of several is longer than an order can be', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 400 })), (texts) => {
      const conditions = keyConditions('postgresql', [code], texts, (text) => [text]);
      expect(conditions.flatMap(({ items }) => items)).toEqual(texts);
      for (const { where, items } of conditions)
        if (items.length > 1) expect(where.length).toBeLessThanOrEqual(CONDITION_LENGTH + 50);
    }),
  );
});
