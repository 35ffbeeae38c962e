import { rowKeyOf } from '../../../../schemas/contract/cell.ts';
import type { TableShape } from '../../../../schemas/contract/table.ts';
import { mirrorOf } from '../../../../schemas/dsl/mirror.ts';

const shape: TableShape = {
  id: { namespace: 'oa', name: 'department' },
  columns: [
    { name: 'id', type: { kind: 'int', bits: 64 }, nullable: false },
    { name: 'name', type: { kind: 'text', maxLength: 100 }, nullable: true },
  ],
  key: ['id'],
};
const mirror = mirrorOf({
  name: 'oa-mirror',
  targetNamespace: 'oa_mirror',
  accepts: ({ name }) => name !== 'secret',
});
const copy = { ...shape, id: { namespace: 'oa_mirror', name: 'department' } };

test('the table as it is, in another namespace', () => {
  expect(mirror.targets(shape)).toEqual([copy]);
  expect(mirror.targets(shape)[0]).toBe(mirror.targets(shape)[0]);
});

test('rows and keys as they are', () => {
  const row = { id: 7n, name: '财务部' };
  expect(mirror.upsert(shape, [7n], row)).toEqual([
    { kind: 'upsert', table: copy, key: rowKeyOf([7n]), cells: row },
  ]);
  expect(mirror.delete(shape, [7n])).toEqual([
    { kind: 'delete', table: copy, key: rowKeyOf([7n]), keyCells: [7n] },
  ]);
});

test('the tables it accepts', () => {
  expect(mirror.accepts({ namespace: 'oa', name: 'department' })).toBe(true);
  expect(mirror.accepts({ namespace: 'oa', name: 'secret' })).toBe(false);
});

test.each<[string, TableShape, RegExp]>([
  ['without a key', { ...shape, key: [] }, /has no key/],
  [
    'with a column of the reserved name',
    { ...shape, columns: [...shape.columns, { ...shape.columns[0]!, name: 'cf_version' }] },
    /reserved name/,
  ],
])('a table %s has no target and is refused', (_, table, message) => {
  expect(mirror.targets(table)).toEqual([]);
  for (const refused of [() => mirror.upsert(table, [], {}), () => mirror.delete(table, [])]) {
    expect(refused).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED_SCHEMA',
        message: expect.stringMatching(message) as string,
      }) as Error,
    );
  }
});

test('the version is that of the way it maps', () => {
  const version = (targetNamespace: string) =>
    mirrorOf({ name: 'x', targetNamespace, accepts: () => true }).version;
  expect(version('oa_mirror')).toBe(mirror.version);
  expect(version('other')).not.toBe(mirror.version);
});
