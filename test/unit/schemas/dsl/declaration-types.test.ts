import { codes, decimal, flag, int64, text } from '../../../../schemas/dsl/source-field.ts';
import { sourceTable } from '../../../../schemas/dsl/source-table.ts';

// What the compiler refuses in a declaration. The type check of the project fails when one of these compiles.

const source = sourceTable('oa.claim', {
  key: ['id'],
  fields: {
    id: int64(),
    status: codes('draft', 'open'),
    amount: decimal(18, 2),
    title: text(20),
    hidden: flag(),
  },
});

test('declarations that must not compile', () => {
  // @ts-expect-error -- a key column that is not declared
  sourceTable('oa.claim', { key: ['nope'], fields: { id: int64() } });

  const about = 'A claim.';
  const declared = [
    source.into('ap.a', {
      about,
      // @ts-expect-error -- a key column that the target does not have
      key: ['nope'],
      columns: ({ copy }) => ({ id: copy('id') }),
    }),
    source.into('ap.b', {
      about,
      key: ['id'],
      // @ts-expect-error -- a column that the source does not have
      columns: ({ copy }) => ({ id: copy('nope') }),
    }),
    source.into('ap.c', {
      about,
      key: ['id'],
      // @ts-expect-error -- a converter of text on a decimal
      columns: ({ copy, trim }) => ({ id: copy('id'), amount: trim('amount') }),
    }),
    source.into('ap.d', {
      about,
      key: ['id'],
      // @ts-expect-error -- a lookup without one of the codes
      columns: ({ copy, lookup }) => ({ id: copy('id'), status: lookup('status', { draft: 'D' }) }),
    }),
    source.into('ap.e', {
      about,
      key: ['id'],
      columns: ({ copy }) => ({ id: copy('id') }),
      // @ts-expect-error -- a condition with a code that does not exist
      only: { status: ['closed'] },
    }),
    source.into('ap.f', {
      about,
      key: ['id'],
      columns: ({ copy }) => ({ id: copy('id') }),
      // @ts-expect-error -- a condition with a cell of another type
      only: { hidden: [0] },
    }),
  ];
  expect(declared).toHaveLength(6);
});
