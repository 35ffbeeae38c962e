import type { Entity } from '../../schemas/dsl/entity.ts';
import { DOCUMENTS } from '../../schemas/documents/catalogue.ts';
import { loadEntities } from '../../schemas/entities/catalogue.ts';
import { WHOLE_DOCUMENTS } from '../../schemas/feed/catalogue.ts';
import type { DocumentDeclaration as WholeDocument } from '../../schemas/feed/document.ts';
import type { DocumentDeclaration } from '../../schemas/posting/declaration.ts';
import type { Config } from '../config/schema.ts';
import { loadPack } from './load.ts';

/** The documents and entities that a configuration may name: the product's own, and those of its packs. */
export interface Catalogue {
  readonly documents: ReadonlyMap<string, DocumentDeclaration>;
  readonly entities: ReadonlyMap<string, Entity>;
  /** What feeds can tell. */
  readonly wholeDocuments: ReadonlyMap<string, WholeDocument>;
  /** Folders of codes that the packs add to dictionaries, by pack. */
  readonly dictionaries: ReadonlyMap<string, string>;
}

/** Throws CONFIGURATION_INVALID for a pack that cannot be loaded. */
export async function loadCatalogue({ packs }: Pick<Config, 'packs'>): Promise<Catalogue> {
  const documents = new Map<string, DocumentDeclaration>(DOCUMENTS);
  const entities = new Map((await loadEntities()).map((entity) => [entity.name, entity]));
  const wholeDocuments = new Map<string, WholeDocument>(WHOLE_DOCUMENTS);
  const dictionaries = new Map<string, string>();
  for (const [name, config] of Object.entries(packs)) {
    const pack = await loadPack(name, config);
    for (const [of, document] of pack.documents) documents.set(of, document);
    for (const [of, entity] of pack.entities) entities.set(of, entity);
    for (const [of, document] of pack.wholeDocuments) wholeDocuments.set(of, document);
    if (pack.dictionary !== null) dictionaries.set(name, pack.dictionary);
  }
  return { documents, entities, wholeDocuments, dictionaries };
}
