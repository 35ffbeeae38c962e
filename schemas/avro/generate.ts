// Writes the Avro contract of each entity beside this file: `node --import tsx schemas/avro/generate.ts`.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { avroContractText } from '../dsl/avro-contract.ts';
import { loadEntities } from '../entities/catalogue.ts';

for (const entity of await loadEntities()) {
  await writeFile(join(import.meta.dirname, `${entity.name}.avsc`), avroContractText(entity));
}
