import type { Row } from '../../../../schemas/contract/cell.ts';
import { rowKeyOf } from '../../../../schemas/contract/cell.ts';
import type { TableShape } from '../../../../schemas/contract/table.ts';
import { defineEntity } from '../../../../schemas/dsl/entity.ts';
import type { EntityDeclaration } from '../../../../schemas/dsl/entity.ts';
import type { Rule } from '../../../../schemas/dsl/rule.ts';
import { declaration, entity, key, line, row, rowWithout, shape, source } from './order-line.ts';

describe('an upsert', () => {
  test('gives the target row', () => {
    expect(entity.upsert(shape, key, row)).toEqual([
      {
        kind: 'upsert',
        table: entity.tables[0],
        key: rowKeyOf([1, 7n]),
        cells: {
          order: 7n,
          line: 1,
          title: '机票',
          address: '上海',
          state: 'O',
          total: '1234.56',
          price: '1.50',
          noted_at: '2023-12-31T16:00:00.5Z',
          seen_at: '2024-01-01 08:00:00',
          origin: 'oa',
        },
      },
    ]);
  });

  test('of a row that no longer qualifies is a delete', () => {
    expect(entity.upsert(shape, key, { ...row, hidden: true })).toEqual(entity.delete(shape, key));
  });

  test('leaves out what the event left out, and what would be made of it', () => {
    const [change] = entity.upsert(shape, key, rowWithout('title', 'street'));
    expect(Object.keys((change as { cells: Row }).cells)).toEqual(
      entity.tables[0]!.columns.map(({ name }) => name).filter(
        (name) => name !== 'title' && name !== 'address',
      ),
    );
  });

  test('with nothing to put together is null', () => {
    const [change] = entity.upsert(shape, key, { ...row, city: null });
    expect(change).toMatchObject({ cells: { address: null } });
    const [both] = entity.upsert(shape, key, { ...row, street: '南京路' });
    expect(both).toMatchObject({ cells: { address: '上海, 南京路' } });
  });

  test('whose condition was not sent is refused: nobody knows whether the row qualifies', () => {
    expect(() => entity.upsert(shape, key, rowWithout('hidden'))).toThrow(
      expect.objectContaining({ code: 'MAPPING_FAILED' }) as Error,
    );
  });

  test('that breaks the contract is refused', () => {
    expect(() => entity.upsert(shape, key, { ...row, status: 'geheim' })).toThrow(
      expect.objectContaining({
        code: 'CONTRACT_VIOLATION',
        message: 'oa.order_line.status: is none of the agreed codes',
      }) as Error,
    );
  });
});

test('a delete maps the key, in the order of the target', () => {
  expect(entity.delete(shape, key)).toEqual([
    { kind: 'delete', table: entity.tables[0], key: rowKeyOf([1, 7n]), keyCells: [1, 7n] },
  ]);
});

test('the target table follows from the declaration', () => {
  expect(entity.targets(shape)).toEqual([
    {
      id: { namespace: 'ap', name: 'line' },
      key: ['line', 'order'],
      columns: [
        { name: 'order', type: { kind: 'int', bits: 64 }, nullable: false },
        { name: 'line', type: { kind: 'int', bits: 32 }, nullable: false },
        { name: 'title', type: { kind: 'text', maxLength: 20 }, nullable: false },
        { name: 'address', type: { kind: 'text' }, nullable: true },
        { name: 'state', type: { kind: 'text' }, nullable: false },
        { name: 'total', type: { kind: 'decimal', precision: 20, scale: 2 }, nullable: false },
        { name: 'price', type: { kind: 'decimal', precision: 18, scale: 2 }, nullable: true },
        { name: 'noted_at', type: { kind: 'instant', fraction: 3 }, nullable: true },
        { name: 'seen_at', type: { kind: 'timestamp', fraction: 3 }, nullable: true },
        { name: 'origin', type: { kind: 'text' }, nullable: false },
      ],
    },
  ]);
  expect(entity.accepts({ namespace: 'oa', name: 'order_line' })).toBe(true);
  expect(entity.accepts({ namespace: 'hr', name: 'order_line' })).toBe(false);
});

describe('a source that has changed', () => {
  const changed = (change: (shape: TableShape) => TableShape) => () => entity.upsert(change(shape), key, row);

  test('by a column more goes on', () => {
    const wider = {
      ...shape,
      columns: [{ name: 'new', type: { kind: 'json' } as const, nullable: true }, ...shape.columns],
    };
    expect(entity.upsert(wider, key, { ...row, new: '{}' })).toEqual(entity.upsert(shape, key, row));
  });

  test('by a column less is refused, for every row of it', () => {
    const narrower = { ...shape, columns: shape.columns.slice(0, -1) };
    for (const again of [1, 2]) {
      expect(() => entity.upsert(narrower, key, row)).toThrow(
        /^oa\.order_line\.hidden: the column is missing/,
      );
      expect(again).toBeGreaterThan(0);
    }
  });

  test('in its key is refused', () => {
    expect(changed((known) => ({ ...known, key: ['order_id'] }))).toThrow(/key of the table is \(order_id\)/);
    expect(changed((known) => ({ ...known, key: ['line_no', 'order_id'] }))).not.toThrow(/key of the table/);
  });

  test('in the order of its key still maps to the same row', () => {
    const turned = { ...shape, key: ['line_no', 'order_id'] };
    expect(entity.delete(turned, [1, 7n])).toEqual(entity.delete(shape, key));
  });
});

describe('the version', () => {
  const versionOf = (change: Partial<EntityDeclaration>) =>
    defineEntity({ ...declaration, ...change }).version;

  test('changes with what a row becomes, and with nothing else', () => {
    expect(entity.version).toMatch(/^[0-9a-f]{12}$/);
    expect(versionOf({})).toBe(entity.version);
    expect(versionOf({ about: 'Another sentence.' })).toBe(entity.version);
    const other = {
      ...line,
      columns: { ...line.columns, origin: { kind: 'constant', value: 'erp' } as Rule },
    };
    expect(versionOf({ targets: [other] })).not.toBe(entity.version);
    expect(versionOf({ targets: [{ ...line, only: {} }] })).not.toBe(entity.version);
  });

  test('can be said outright', () => {
    expect(versionOf({ version: '2024-1' })).toBe('2024-1');
  });
});

test('one source row may have a row in several targets', () => {
  const note = source.into('ap.note', {
    about: 'A note.',
    key: ['order', 'line'],
    columns: ({ copy }) => ({ order: copy('order_id'), line: copy('line_no'), title: copy('title') }),
    only: { status: ['draft'] },
  });
  const both = defineEntity({ ...declaration, targets: [line, note] });
  expect(both.upsert(shape, key, row).map(({ kind, table }) => [kind, table.id.name])).toEqual([
    ['upsert', 'line'],
    ['delete', 'note'],
  ]);
});

test('rows qualify by whether they have a value at all', () => {
  const located = (only: 'null' | 'not-null') =>
    source.into(`ap.${only.replace('-', '_')}`, {
      about: 'A place.',
      key: ['order', 'line'],
      columns: ({ copy }) => ({ order: copy('order_id'), line: copy('line_no') }),
      only: { city: only },
    });
  const either = defineEntity({ ...declaration, targets: [located('null'), located('not-null')] });
  const kinds = (city: string | null) => either.upsert(shape, key, { ...row, city }).map(({ kind }) => kind);
  expect(kinds(null)).toEqual(['upsert', 'delete']);
  expect(kinds('')).toEqual(['delete', 'upsert']);
});

test('a lookup of free text refuses what is not in its table', () => {
  const states = source.into('ap.state', {
    about: 'A state.',
    key: ['order', 'line'],
    columns: ({ copy, lookup }) => ({
      order: copy('order_id'),
      line: copy('line_no'),
      title: lookup('title', { a: 'A' }),
    }),
  });
  const looking = defineEntity({ ...declaration, targets: [states] });
  expect(() => looking.upsert(shape, key, row)).toThrow(
    expect.objectContaining({
      code: 'MAPPING_FAILED',
      message: 'oa.order_line.title: its code is not in the lookup table',
    }) as Error,
  );
});
