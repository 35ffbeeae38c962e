import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import avsc from 'avsc';
import { SHIPPED_DICTIONARY, loadDictionary } from '../../../app/dictionary/load.ts';
import { entitiesPage } from '../../../app/entities/entities-page.ts';
import { tableLabel } from '../../../schemas/contract/table.ts';
import { avroContract, avroContractText } from '../../../schemas/dsl/avro-contract.ts';
import type { Entity } from '../../../schemas/dsl/entity.ts';
import type { Example } from '../../../schemas/dsl/example.ts';
import { entityNames, loadEntities } from '../../../schemas/entities/catalogue.ts';
import { outcomeOf } from './play-example.ts';

// Everything here finds the entities by itself: a new folder is tested without a line in this file.
const names = await entityNames();
const entities = await loadEntities();
const { dictionary } = loadDictionary(SHIPPED_DICTIONARY);

test("the catalogue has an entity for each folder, under the folder's name", () => {
  expect(names).toEqual(expect.arrayContaining(['expense-claim', 'expense-claim-line', 'payment']));
  expect(entities.map(({ name }) => name)).toEqual(names);
});

test('no source table is the business of two entities that go to the same system', () => {
  const routes = entities.map(
    ({ declaration }) => `${declaration.from} ${tableLabel(declaration.source.id)} ${declaration.to}`,
  );
  expect(new Set(routes).size).toBe(routes.length);
});

const cases: [string, string, Entity, Example][] = [];
for (const entity of entities) {
  const path = `../../../schemas/entities/${entity.name}/examples.ts`;
  const { examples } = (await import(path)) as { examples: readonly Example[] };
  for (const example of examples) cases.push([entity.name, example.shows, entity, example]);
}

test.each(cases)('%s: %s', (_, __, entity, example) => {
  expect(outcomeOf(entity, example)).toEqual(example.outcome);
});

test.each(names)('%s has examples of an upsert, a delete and a breach', (name) => {
  const outcomes = cases.filter(([entity]) => entity === name).map(([, , , example]) => example.outcome);
  expect(outcomes.some((outcome) => 'rejected' in outcome)).toBe(true);
  const changes = outcomes.flatMap((outcome) => ('rejected' in outcome ? [] : outcome));
  expect(changes.some((change) => 'upsert' in change)).toBe(true);
  expect(changes.some((change) => 'delete' in change)).toBe(true);
});

test('docs/entities.md is that of the declarations (node --import tsx app/entities/write-documents.ts)', async () => {
  expect(await readFile('docs/entities.md', 'utf8')).toBe(entitiesPage(entities, dictionary));
});

describe('Avro contracts', () => {
  const folder = join(import.meta.dirname, '../../../schemas/avro');

  test.each(entities.map((entity) => [entity.name, entity] as const))(
    '%s is written down as declared (node --import tsx app/entities/write-documents.ts)',
    async (name, entity) => {
      expect(await readFile(join(folder, `${name}.avsc`), 'utf8')).toBe(avroContractText(entity, dictionary));
    },
  );

  test('there is none without an entity', async () => {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.avsc'));
    expect(files.sort()).toEqual(names.map((name) => `${name}.avsc`).sort());
  });

  test.each(entities.map((entity) => [entity.name, entity] as const))('%s is valid Avro', (_, entity) => {
    const known = avsc.Type.forSchema(avroContract(entity, dictionary) as avsc.Schema).schema() as {
      readonly fields: readonly { readonly name: string }[];
    };
    expect(known.fields.map(({ name }) => name)).toEqual(entity.tables[0]!.columns.map(({ name }) => name));
  });
});
