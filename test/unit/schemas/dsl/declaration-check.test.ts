import { defineEntity } from '../../../../schemas/dsl/entity.ts';
import type { EntityDeclaration } from '../../../../schemas/dsl/entity.ts';
import { declaration, line, source } from './order-line.ts';

describe('a declaration that cannot work is refused when it is made', () => {
  const without = (column: string) =>
    Object.fromEntries(Object.entries(line.columns).filter(([name]) => name !== column));

  test.each<[string, Partial<EntityDeclaration>, RegExp]>([
    ['a name with capitals', { name: 'Order' }, /lower case/],
    ['no target', { targets: [] }, /no target/],
    ['the same target twice', { targets: [line, line] }, /same table/],
    ['a source without a key', { source: { ...source, key: [] } }, /no key/],
    [
      'a key that is not declared',
      { source: { ...source, key: ['nope'] } },
      /nope of the source is not declared/,
    ],
    [
      'a key that may be null',
      { source: { ...source, key: ['city'] } },
      /city of the source is declared as optional/,
    ],
    [
      'a source without a namespace',
      { source: { ...source, id: { namespace: '', name: 'x' } } },
      /namespace\.table/,
    ],
    [
      'a target without a namespace',
      { targets: [{ ...line, id: { namespace: '', name: 'x' } }] },
      /namespace\.table/,
    ],
    [
      'a key column that is not there',
      { targets: [{ ...line, columns: without('line') }] },
      /key column line is not among/,
    ],
    [
      'a key made of other columns',
      { targets: [{ ...line, key: ['order', 'price'] }] },
      /price is not made of the source's key/,
    ],
    [
      "a key made of part of the source's",
      { targets: [{ ...line, key: ['order'] }] },
      /key column line_no is missing/,
    ],
    ['a key that is converted', { targets: [{ ...line, key: ['order', 'title'] }] }, /title must be a copy/],
    [
      'a rule on a column that is not declared',
      { targets: [{ ...line, columns: { ...line.columns, x: { kind: 'copy', from: 'nope' } } }] },
      /x is made of nope/,
    ],
    [
      'a condition on a column that is not declared',
      { targets: [{ ...line, only: { nope: [1] } }] },
      /condition on nope/,
    ],
    [
      'a lookup with a code missing',
      {
        targets: [
          {
            ...line,
            columns: { ...line.columns, state: { kind: 'lookup', from: 'status', table: { open: 'O' } } },
          },
        ],
      },
      /no entry for draft/,
    ],
    [
      'a code that there is not',
      {
        targets: [
          {
            ...line,
            columns: {
              ...line.columns,
              total: {
                ...{ kind: 'when', from: 'status', is: { code: 'opened' } },
                ...{ then: { kind: 'copy', from: 'price' }, otherwise: { kind: 'copy', from: 'price' } },
              },
            },
          },
        ],
      },
      /total looks for opened, which is no code of status/,
    ],
    [
      'nothing to put together',
      {
        targets: [
          { ...line, columns: { ...line.columns, address: { kind: 'concat', from: [], separator: '' } } },
        ],
      },
      /from nothing/,
    ],
    [
      'an offset that is none',
      {
        targets: [
          {
            ...line,
            columns: { ...line.columns, noted_at: { kind: 'instantAt', from: 'noted_at', offset: 'CST' } },
          },
        ],
      },
      /±HH:MM/,
    ],
    [
      'a key that loses digits',
      {
        source: { ...source, key: ['title'] },
        targets: [
          {
            ...line,
            key: ['year'],
            columns: { year: { kind: 'reshaped', from: 'title', picture: 'YYYY-NN', result: 'YYYY' } },
          },
        ],
      },
      /key column title is missing/,
    ],
    [
      'digits that are not in the picture',
      {
        targets: [
          {
            ...line,
            columns: {
              ...line.columns,
              day: { kind: 'reshaped', from: 'title', picture: 'YYYY-MM', result: 'YYYYMMDD' },
            },
          },
        ],
      },
      /day has digits that its picture has not/,
    ],
    [
      'a column of two types',
      {
        targets: [
          {
            ...line,
            columns: {
              ...line.columns,
              either: {
                ...{ kind: 'when', from: 'price', is: 'negative' },
                ...{ then: { kind: 'copy', from: 'price' }, otherwise: { kind: 'constant', value: '' } },
              },
            },
          },
        ],
      },
      /either is of one type or another/,
    ],
    [
      'the reserved column',
      { targets: [{ ...line, columns: { ...line.columns, cf_version: { kind: 'constant', value: 'x' } } }] },
      /reserved/,
    ],
  ])('%s', (_, change, message) => {
    expect(() => defineEntity({ ...declaration, ...change })).toThrow(
      expect.objectContaining({
        code: 'CONFIGURATION_INVALID',
        message: expect.stringMatching(message) as string,
      }) as Error,
    );
  });
});
