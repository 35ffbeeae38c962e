import { rowKeyOf } from '../../../../schemas/contract/cell.ts';
import type { Column, TableShape } from '../../../../schemas/contract/table.ts';
import { findTargetCollisions, mirrorOf } from '../../../../schemas/dsl/mirror.ts';
import type { MirrorOptions } from '../../../../schemas/dsl/mirror.ts';

const shape: TableShape = {
  id: { namespace: 'oa', name: 'employee' },
  columns: [
    { name: 'no', type: { kind: 'text', maxLength: 20 }, nullable: false },
    { name: 'name', type: { kind: 'text', maxLength: 100 }, nullable: true },
    { name: 'salary', type: { kind: 'decimal', precision: 18, scale: 2 }, nullable: false },
  ],
  key: ['no'],
};
const mirrorWith = (options: Partial<MirrorOptions> = {}) =>
  mirrorOf({
    name: 'oa-mirror',
    targetNamespace: 'copy',
    accepts: ({ name }) => name !== 'secret',
    ...options,
  });
const mirror = mirrorWith();
const copy = { ...shape, id: { namespace: 'copy', name: 'employee' } };
const row = { no: 'E1', name: '张伟', salary: '9000.00' };
const refused = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error;

test('the table as it is, in another namespace', () => {
  expect(mirror.targets(shape)).toEqual([copy]);
  expect(mirror.targets(shape)[0]).toBe(mirror.targets(shape)[0]);
});

test('rows and keys as they are', () => {
  expect(mirror.upsert(shape, ['E1'], row)).toEqual([
    { kind: 'upsert', table: copy, key: rowKeyOf(['E1']), cells: row },
  ]);
  expect(mirror.delete(shape, ['E1'])).toEqual([
    { kind: 'delete', table: copy, key: rowKeyOf(['E1']), keyCells: ['E1'] },
  ]);
});

test('the tables it accepts', () => {
  expect(mirror.accepts({ namespace: 'oa', name: 'employee' })).toBe(true);
  expect(mirror.accepts({ namespace: 'oa', name: 'secret' })).toBe(false);
});

describe('columns', () => {
  const columnsOf = (rule: NonNullable<MirrorOptions['tables']>[number]) =>
    mirrorWith({ tables: [rule] })
      .targets(shape)[0]
      ?.columns.map(({ name }) => name);

  test('are those included, and always the key', () => {
    expect(columnsOf({ match: ['oa.employee'], include: ['na*'] })).toEqual(['no', 'name']);
    expect(columnsOf({ match: ['oa.*'], exclude: ['sal*'] })).toEqual(['no', 'name']);
    expect(columnsOf({ match: ['oa.other'], exclude: ['sal*'] })).toEqual(['no', 'name', 'salary']);
  });

  test('what is left out or hidden does not reach the row; what was not sent stays unknown', () => {
    const hiding = mirrorWith({
      tables: [
        {
          match: ['oa.employee'],
          exclude: ['salary'],
          masks: [{ columns: ['name'], mask: { method: 'partial', keepFirst: 1, keepLast: 0 } }],
        },
      ],
    });
    expect(hiding.upsert(shape, ['E1'], row)).toMatchObject([{ cells: { no: 'E1', name: '张*' } }]);
    expect(hiding.upsert(shape, ['E1'], row)[0]).not.toHaveProperty('cells.salary');
    expect(hiding.upsert(shape, ['E1'], { no: 'E1', salary: '1' })[0]).not.toHaveProperty('cells.name');
    expect(hiding.upsert(shape, ['E1'], { ...row, name: null })).toMatchObject([{ cells: { name: null } }]);
  });

  test('a hashed key is the same key in upserts and deletes', () => {
    const hashing = mirrorWith({
      secret: 'a salt of sixteen or more',
      tables: [{ match: ['oa.*'], masks: [{ columns: ['no'], mask: { method: 'hash' } }] }],
    });
    const [upsert] = hashing.upsert(shape, ['E1'], row);
    const [deletion] = hashing.delete(shape, ['E1']);
    if (upsert?.kind !== 'upsert' || deletion?.kind !== 'delete') throw new Error('no such changes');
    const no = upsert.cells['no']!;
    expect(no).toMatch(/^[0-9a-f]{64}$/);
    expect(upsert.key).toBe(rowKeyOf([no]));
    expect(deletion).toMatchObject({ key: rowKeyOf([no]), keyCells: [no] });
    expect(hashing.delete(shape, ['E2'])[0]!.key).not.toBe(deletion.key);
  });

  test('a later rule replaces what an earlier one said, and masks add up', () => {
    const general = mirrorWith({
      policy: { delete: 'hard', truncate: 'ignore' },
      tables: [
        { match: ['oa.*'], delete: 'soft', masks: [{ columns: ['name'], mask: { method: 'nullify' } }] },
        {
          match: ['oa.employee'],
          delete: 'ignore',
          masks: [{ columns: ['salary'], mask: { method: 'nullify' } }],
        },
      ],
    });
    expect(general.policy(shape.id)).toEqual({ delete: 'ignore', truncate: 'ignore' });
    expect(general.policy({ namespace: 'oa', name: 'other' }).delete).toBe('soft');
    expect(general.policy({ namespace: 'crm', name: 'other' }).delete).toBe('hard');
    expect(general.targets(shape)[0]?.columns.map(({ nullable }) => nullable)).toEqual([false, true, true]);
  });
});

test('a table with soft deletes has a column that says when, and its rows are alive', () => {
  const soft = mirrorWith({ policy: { delete: 'soft', truncate: 'deny' } });
  expect(soft.targets(shape)[0]?.columns.at(-1)).toEqual({
    name: 'cf_deleted_at',
    type: { kind: 'instant', fraction: 3 },
    nullable: true,
  });
  expect(soft.upsert(shape, ['E1'], row)).toMatchObject([{ cells: { ...row, cf_deleted_at: null } }]);
});

const column = (name: string): Column => ({ name, type: { kind: 'text' }, nullable: true });

test.each<[string, TableShape, Partial<MirrorOptions>, string, RegExp]>([
  [
    'without a key whose deleted rows are to be kept',
    { ...shape, key: [] },
    { policy: { delete: 'soft', truncate: 'deny' } },
    'CONFIGURATION_INVALID',
    /has no key.*deleted row/,
  ],
  [
    'without a key that has a column of the name for hashes',
    { ...shape, key: [], columns: [...shape.columns, column('cf_row')] },
    {},
    'UNSUPPORTED_SCHEMA',
    /reserved name cf_row/,
  ],
  [
    'with a column of the reserved name',
    { ...shape, columns: [...shape.columns, column('cf_version')] },
    {},
    'UNSUPPORTED_SCHEMA',
    /reserved name cf_version/,
  ],
  [
    'with a column of the name that soft deletes need',
    { ...shape, columns: [...shape.columns, column('cf_deleted_at')] },
    { policy: { delete: 'soft', truncate: 'deny' } },
    'UNSUPPORTED_SCHEMA',
    /reserved name cf_deleted_at/,
  ],
  [
    'whose key is excluded',
    shape,
    { tables: [{ match: ['oa.*'], exclude: ['n*'] }] },
    'CONFIGURATION_INVALID',
    /oa\.employee\.no: a key column cannot be excluded/,
  ],
  [
    'with a mask that its column cannot have',
    shape,
    {
      tables: [
        {
          match: ['oa.*'],
          masks: [{ columns: ['salary'], mask: { method: 'partial', keepFirst: 1, keepLast: 1 } }],
        },
      ],
    },
    'CONFIGURATION_INVALID',
    /oa\.employee\.salary: only text/,
  ],
])('a table %s is refused', (_, table, options, code, message) => {
  const refusing = mirrorWith(options);
  expect(() => refusing.targets(table)).toThrow(refused(code, message));
  expect(() => refusing.upsert(table, [], {})).toThrow(refused(code, message));
  expect(() => refusing.delete(table, [])).toThrow(refused(code, message));
});

test('a column of the reserved name can be left out', () => {
  const table = { ...shape, columns: [...shape.columns, column('cf_version')] };
  const without = mirrorWith({ tables: [{ match: ['*.*'], exclude: ['cf_version'] }] });
  expect(without.targets(table)).toEqual([copy]);
});

test('a column that nobody can carry refuses its table, unless it is left out', () => {
  const uncarried = [{ name: 'flags', reason: 'column flags has a type …', remedy: 'Exclude it.' }];
  const table = { ...shape, uncarried };
  expect(() => mirror.upsert(table, ['E1'], row)).toThrow(
    refused('UNSUPPORTED_SCHEMA', /^oa\.employee: column flags has a type …$/),
  );
  for (const rule of [{ exclude: ['fl*'] }, { include: ['na*', 'salary'] }]) {
    const without = mirrorWith({ tables: [{ match: ['oa.*'], ...rule }] });
    expect(without.targets(table)).toEqual([copy]);
    expect(without.upsert(table, ['E1'], row)).toMatchObject([{ cells: row }]);
  }
});

test('two tables that would become one are refused, and both are named', () => {
  const rename = [{ from: '*.t_*', to: '{2}' }];
  const colliding = mirrorWith({ rename });
  const twin = (namespace: string): TableShape => ({ ...shape, id: { namespace, name: 't_employee' } });
  colliding.targets(twin('oa'));
  expect(() => colliding.targets(twin('hr'))).toThrow(
    refused('CONFIGURATION_INVALID', /^oa\.t_employee and hr\.t_employee would both go to copy\.employee$/),
  );
  expect(colliding.targets(twin('oa'))).toHaveLength(1);
  const tables = ['oa', 'hr', 'crm'].map((namespace) => ({ namespace, name: 't_employee' }));
  expect(findTargetCollisions(tables, colliding.targetOf)).toHaveLength(2);
  expect(findTargetCollisions(tables.slice(0, 1), colliding.targetOf)).toEqual([]);
});

test('the version is that of the way it maps', () => {
  expect(mirrorWith().version).toBe(mirror.version);
  const others = [
    { targetNamespace: 'other' },
    { rename: [{ from: 'oa.*', to: 'x_*' }] },
    { policy: { delete: 'soft', truncate: 'deny' } as const },
    { tables: [{ match: ['oa.*'], exclude: ['name'] }] },
    { secret: 'a salt of sixteen or more' },
  ];
  expect(new Set([mirror, ...others.map(mirrorWith)].map(({ version }) => version)).size).toBe(6);
});
