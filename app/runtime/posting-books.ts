import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Dictionary } from '../../schemas/dictionary/dictionary.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import type { DocumentDeclaration, DocumentTable, PartTable } from '../../schemas/posting/declaration.ts';
import type { PostingPoint, PostingStore, WatchedDocument } from '../../schemas/posting/store.ts';
import { createBooks } from '../../sinks/ledger/store.ts';
import { SHIPPED_DICTIONARY, loadDictionary, yamlFilesIn } from '../dictionary/load.ts';
import type { Catalogue } from '../packs/catalogue.ts';
import { unknownName } from '../config/faults.ts';
import type { PostingConfig } from '../config/posting-schema.ts';
import type { Config } from '../config/schema.ts';
import { driverTls } from '../config/tls.ts';
import { journalTools } from './journal.ts';
import type { Route } from './routes.ts';

/** A kind of document, and where its rows are. */
export interface PostedDocument {
  readonly declaration: DocumentDeclaration;
  readonly watched: WatchedDocument;
}

/** Throws CONFIGURATION_INVALID when the route does not carry the tables of a document. */
export function postedDocuments(
  posting: PostingConfig,
  route: Route,
  { documents }: Catalogue,
): readonly PostedDocument[] {
  return posting.documents.map((name) => {
    const declaration = documents.get(name);
    if (declaration === undefined)
      throw new CounterfoilError(
        'CONFIGURATION_INVALID',
        `posting ${posting.name}: the document ${unknownName(name, [...documents.keys()])}`,
      );
    const { header, settles, parts, references } = declaration;
    return {
      declaration,
      watched: {
        kind: declaration.kind,
        header: { ...header, id: copyOf(posting, route, header) },
        ...(settles === undefined ? {} : { settles }),
        parts: copiesOf(parts, (part) => copyOf(posting, route, part)),
        references: copiesOf(references, (reference) => copyOf(posting, route, reference, 'as it likes')),
      },
    };
  });
}

function copiesOf(
  tables: Readonly<Record<string, PartTable>>,
  copy: (table: DocumentTable) => TableId,
): Readonly<Record<string, PartTable>> {
  return Object.fromEntries(
    Object.entries(tables).map(([name, table]) => [name, { ...table, id: copy(table) }]),
  );
}

/** Master data may be deleted as the route likes: nothing follows from that. */
function copyOf(
  { name }: PostingConfig,
  route: Route,
  { id }: DocumentTable,
  deletes: 'soft' | 'as it likes' = 'soft',
): TableId {
  const [copy] = route.mapping.accepts(id) ? route.targetsOf(id) : [];
  if (copy !== undefined && (deletes === 'as it likes' || route.mapping.policy(id).delete === 'soft'))
    return copy;
  throw new CounterfoilError(
    'CONFIGURATION_INVALID',
    copy === undefined
      ? `posting ${name}: route ${route.name} does not copy ${tableLabel(id)}`
      : `posting ${name}: route ${route.name} removes rows of ${tableLabel(id)} that are deleted, and a document would change without a trace`,
    { remedy: `Let the route have tables: [{ match: ['${tableLabel(id)}'], delete: soft }].` },
  );
}

/** The books of a posting. No connection is made before their first use. */
export function booksOf(
  posting: PostingConfig,
  route: Route,
  config: Config,
  reach?: (point: PostingPoint) => void,
): PostingStore {
  const target = config.targets[route.config.target];
  if (target?.kind !== 'postgresql')
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `posting ${posting.name}: its target is no PostgreSQL`,
    );
  const { host, port, sink, namespace, tls, database } = target;
  return createBooks({
    ...{ host, port, ...sink, database, namespace, schema: posting.schema, poolSize: 2 },
    tls: driverTls(tls, host),
    reachPosting: reach,
    journal: journalTools(config),
  });
}

/** Creates the tables of the books of all postings where they are missing. */
export async function preparePostings(config: Config, routes: readonly Route[]): Promise<void> {
  for (const posting of config.postings) {
    const store = booksOf(posting, routeOf(posting, routes), config);
    try {
      await store.prepare();
    } finally {
      await store.close();
    }
  }
}

export function routeOf(posting: PostingConfig, routes: readonly Route[]): Route {
  const route = routes.find(({ name }) => name === posting.route);
  if (route !== undefined) return route;
  throw new CounterfoilError('INTERNAL', `posting ${posting.name} has no route`);
}

/** The dictionary of a posting with what its packs add, read anew when one of its files has changed. */
export class LiveDictionary {
  readonly #folders: readonly [string, ...string[]];
  #read: { readonly signature: string; readonly dictionary: Dictionary } | null = null;

  constructor({ dictionary = SHIPPED_DICTIONARY, documents }: PostingConfig, { dictionaries }: Catalogue) {
    const packs = [...dictionaries].filter(([pack]) => documents.some((name) => name.startsWith(`${pack}/`)));
    this.#folders = [dictionary, ...packs.map(([, folder]) => folder)];
  }

  /** Throws CONFIGURATION_INVALID while the dictionary has faults. */
  current(): { readonly signature: string; readonly dictionary: Dictionary } {
    const [folder, ...additions] = this.#folders;
    const signature = this.#folders.map(signatureOf).join('\n');
    if (this.#read?.signature !== signature)
      this.#read = { signature, dictionary: loadDictionary(folder, additions).dictionary };
    return this.#read;
  }
}

function signatureOf(folder: string): string {
  return yamlFilesIn(folder)
    .map((name) => `${name}:${statSync(join(folder, name)).mtimeMs.toString()}`)
    .join();
}
