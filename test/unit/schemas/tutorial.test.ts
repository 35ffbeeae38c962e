import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SHIPPED_DICTIONARY, loadDictionary } from '../../../app/dictionary/load.ts';
import { columnMeanings } from '../../../schemas/dictionary/meaning.ts';
import { avroContractText } from '../../../schemas/dsl/avro-contract.ts';
import type { Entity } from '../../../schemas/dsl/entity.ts';
import type { Example } from '../../../schemas/dsl/example.ts';
import { entityNames } from '../../../schemas/entities/catalogue.ts';
import { outcomeOf } from './play-example.ts';

// docs/adding-an-entity.md, followed word by word beside the repository.
const PAGE = readFileSync('docs/adding-an-entity.md', 'utf8');
const blocks = (start: string) =>
  [...PAGE.matchAll(new RegExp(`^\`{3}${start}[^]*?^\`{3}$`, 'gm'))].map(([block]) =>
    block.split('\n').slice(1, -1).join('\n'),
  );
const [declaration, examples] = blocks('ts\n');
const [fields] = blocks('\n {2}- code: ');
const [contract] = blocks('\n\\{\n {2}"type": "record"');

const folder = mkdtempSync(join(tmpdir(), 'tutorial-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const added = join(folder, 'entities/operation-log');
mkdirSync(added, { recursive: true });
for (const shared of ['contract', 'dsl', 'entities/office.ts'])
  symlinkSync(resolve('schemas', shared), join(folder, shared));
writeFileSync(join(added, 'declaration.ts'), declaration!);
writeFileSync(join(added, 'examples.ts'), examples!);
const { entity } = (await import(join(added, 'declaration.ts'))) as { readonly entity: Entity };
const played = (await import(join(added, 'examples.ts'))) as { readonly examples: readonly Example[] };

const dictionaryFolder = join(folder, 'dictionary');
cpSync(SHIPPED_DICTIONARY, dictionaryFolder, { recursive: true });
appendFileSync(join(dictionaryFolder, 'field.yaml'), `${fields!}\n`);

test('it adds an entity that there is not', async () => {
  expect(await entityNames()).not.toContain(entity.name);
});

test.each(played.examples.map((example) => [example.shows, example] as const))('%s', (_, example) => {
  expect(outcomeOf(entity, example)).toEqual(example.outcome);
});

test('its fields are valid, and give each of its columns a meaning', () => {
  const { dictionary } = loadDictionary(dictionaryFolder);
  const [table] = entity.tables;
  expect([...columnMeanings(dictionary, table!).keys()]).toEqual(table!.columns.map(({ name }) => name));
});

test('its Avro contract begins as the page says', () => {
  const { dictionary } = loadDictionary(dictionaryFolder);
  const shown = contract!.replace(/ +…$/, '');
  expect(shown.length).toBeGreaterThan(300);
  expect(avroContractText(entity, dictionary).startsWith(shown)).toBe(true);
});
