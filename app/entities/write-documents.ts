// Writes what follows from the entities and the dictionary, the Avro contracts and docs/entities.md:
// `node --import tsx app/entities/write-documents.ts`.
import { writeFile } from 'node:fs/promises';
import { avroContractText } from '../../schemas/dsl/avro-contract.ts';
import { loadEntities } from '../../schemas/entities/catalogue.ts';
import { SHIPPED_DICTIONARY, loadDictionary } from '../dictionary/load.ts';
import { entitiesPage } from './entities-page.ts';

const entities = await loadEntities();
const { dictionary } = loadDictionary(SHIPPED_DICTIONARY);
for (const entity of entities) {
  const file = new URL(`../../schemas/avro/${entity.name}.avsc`, import.meta.url);
  await writeFile(file, avroContractText(entity, dictionary));
}
await writeFile(new URL('../../docs/entities.md', import.meta.url), entitiesPage(entities, dictionary));
