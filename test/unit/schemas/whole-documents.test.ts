import { route } from '../../../app/config/route-schema.ts';
import { loadCatalogue } from '../../../app/packs/catalogue.ts';
import { fedDocuments } from '../../../app/runtime/feeds.ts';
import { CounterfoilError } from '../../../schemas/contract/errors.ts';
import { loadEntities } from '../../../schemas/entities/catalogue.ts';
import { WHOLE_DOCUMENTS } from '../../../schemas/feed/catalogue.ts';
import { wholeDocument } from '../../../schemas/feed/document.ts';
import type { DocumentDeclaration } from '../../../schemas/feed/document.ts';

const names = [...WHOLE_DOCUMENTS.keys()];

test.each(names)('%s can be made of the entities, whose meaning its messages have', async (name) => {
  const catalogue = await loadCatalogue({ packs: {} });
  const routes = [
    route.parse({
      ...{ name: 'r', kind: 'entities', source: 'oa', target: 'finance' },
      entities: [...catalogue.entities.keys()],
    }),
  ];
  const feed = { name: 'f', routes: ['r'], documents: [name], target: 't' };
  const [document] = fedDocuments(feed, { routes }, catalogue);
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
  [
    'whose key is not told',
    { entity: 'expense-claim', without: ['claim_id'], nested: {} },
    'its key is not told',
  ],
  [
    'that leaves out a column that there is not',
    { entity: 'expense-claim', without: ['clam_no'], nested: {} },
    'no column is called clam_no',
  ],
  [
    'whose lines have a column of it that there is not',
    {
      entity: 'expense-claim',
      nested: { lines: { entity: 'expense-claim-line', by: ['claim_id'], with: { no: 'clam_no' } } },
    },
    'no column is called clam_no',
  ],
  [
    'of which two parts of one name are told differently',
    {
      entity: 'expense-claim',
      nested: {
        lines: { entity: 'expense-claim-line', by: ['claim_id'] },
        others: { entity: 'expense-claim-line', by: ['claim_id'], as: 'lines', without: ['amount'] },
      },
    },
    'others have other columns than lines',
  ],
  [
    'whose lines are of a table that there is not',
    {
      entity: 'expense-claim',
      nested: { lines: { entity: 'expense-claim-line', by: ['claim_id'], table: 'line' } },
    },
    'rows of expense-claim-line go to no table line',
  ],
  [
    'that balances what is not nested',
    { entity: 'expense-claim', nested: {}, balance: { of: 'lines', amount: 'amount', by: 'line_no' } },
    'nothing is nested under lines',
  ],
  [
    'that balances what is no amount',
    {
      entity: 'expense-claim',
      nested: { lines: { entity: 'expense-claim-line', by: ['claim_id'] } },
      balance: { of: 'lines', amount: 'line_no', by: 'line_no' },
    },
    'line_no is no decimal',
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

test('parts can be told without what they are found by, with columns of their document, and one after the other', async () => {
  const entities = new Map((await loadEntities()).map((entity) => [entity.name, entity]));
  const part = {
    entity: 'expense-claim-line',
    by: ['claim_id'],
    without: ['claim_id'],
    with: { of: 'claim_no' },
  };
  const { shape, nested } = wholeDocument(
    {
      ...{ name: 'ours/claim-document', entity: 'expense-claim', as: 'header', without: ['title'] },
      nested: { lines: part, again: { ...part, as: 'lines' } },
    },
    entities,
    (table) => ({
      ...{ table, version: '1', about: '', nested: {} },
      columns: { claim_no: 'Its number.' },
    }),
  );
  const names = (of: typeof shape | undefined) => of?.table.columns.map(({ name }) => name);
  expect(shape).toMatchObject({ as: 'header', table: { id: { name: 'ours_claim_document' } } });
  expect(names(shape)).not.toContain('title');
  expect(Object.keys(shape.nested)).toEqual(['lines']);
  expect(names(shape.nested['lines'])).not.toContain('claim_id');
  expect(names(shape.nested['lines'])?.at(-1)).toBe('of');
  expect(shape.nested['lines']?.columns['of']).toBe('Its number.');
  expect(nested.map((each) => [each.part, each.as, each.by])).toEqual([
    ['lines', 'lines', ['claim_id']],
    ['again', 'lines', ['claim_id']],
  ]);
});
