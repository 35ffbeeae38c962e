import { fedDocuments } from '../../../app/runtime/feeds.ts';
import { CounterfoilError } from '../../../schemas/contract/errors.ts';
import { loadEntities } from '../../../schemas/entities/catalogue.ts';
import { WHOLE_DOCUMENTS } from '../../../schemas/feed/catalogue.ts';
import { wholeDocument } from '../../../schemas/feed/document.ts';
import type { DocumentDeclaration } from '../../../schemas/feed/document.ts';

const names = [...WHOLE_DOCUMENTS.keys()];

test.each(names)('%s can be made of the entities, whose meaning its messages have', async (name) => {
  const [document] = await fedDocuments({ ...{ name: 'f', routes: [], target: 't' }, documents: [name] });
  const { shape, root, nested } = document!;
  expect(shape.table).toMatchObject({ columns: root.columns, key: root.key });
  expect(Object.keys(shape.nested)).toEqual(nested.map(({ as }) => as));
  expect(shape.about).not.toBe('');
});

test('entities of one document have tables in one place, and only known kinds of documents are picked', async () => {
  const entities = new Map((await loadEntities()).map((entity) => [entity.name, entity]));
  for (const { entity, nested } of WHOLE_DOCUMENTS.values())
    for (const part of Object.values(nested)) {
      expect([part.entity, entities.get(part.entity)?.declaration.to]).toEqual([part.entity, 'finance']);
      expect(entities.get(entity)?.declaration.to).toBe('finance');
      for (const kind of Object.values(part.where ?? {})) expect(names).toContain(kind);
    }
});

test.each([
  ['of no entity', { entity: 'clam', nested: {} }, 'there is no entity "clam"'],
  [
    'whose lines name it by a column of another type',
    {
      entity: 'expense-claim',
      nested: { lines: { entity: 'expense-claim-line', by: ['line_no', 'line_id'] } },
    },
    'lines do not name the key of expense-claim',
  ],
  [
    'whose lines name it by no column',
    { entity: 'expense-claim', nested: { lines: { entity: 'expense-claim-line', by: ['clam_id'] } } },
    'no column is called clam_id',
  ],
])('a document %s is refused', async (_, declaration: Omit<DocumentDeclaration, 'name'>, message) => {
  const entities = new Map((await loadEntities()).map((entity) => [entity.name, entity]));
  const make = () =>
    wholeDocument({ ...declaration, name: 'claim' }, entities, (table) => ({
      ...{ table, version: '1', about: '', columns: {}, nested: {} },
    }));
  expect(make).toThrow(CounterfoilError);
  expect(make).toThrow(message);
});
