import { topicNameOf } from '../../connectors/debezium/topic-names.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Mapping } from '../../schemas/contract/mapping.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { copiedKey } from '../../schemas/dsl/copied-key.ts';
import type { WholeDocument } from '../../schemas/feed/document.ts';
import type { Config } from '../config/schema.ts';
import type { SourceConfig } from '../config/source-schema.ts';
import { isDatabase } from '../config/target-schema.ts';
import type { DatabaseTarget } from '../config/target-schema.ts';
import type { Catalogue } from '../packs/catalogue.ts';
import { fedDocuments } from '../runtime/feeds.ts';
import { postedDocuments, routeOf } from '../runtime/posting-books.ts';
import type { PostedDocument } from '../runtime/posting-books.ts';
import type { Route } from '../runtime/routes.ts';
import { keeperOf, targetOf } from '../runtime/targets.ts';

/** A table of one of the databases. What is written there as a target may be captured as a source: it is the same table. */
export interface TracedTable {
  readonly database: TracedDatabase;
  readonly id: TableId;
}

export interface TracedDatabase {
  /** Of server and, in PostgreSQL, database: the same whatever the configuration calls it. */
  readonly address: string;
  readonly sources: readonly string[];
  readonly targets: readonly string[];
}

/** By a route, rows of one table become rows of another, or messages. */
export interface RouteStep {
  readonly route: Route;
  /** Name of the entity; null in a mirror. */
  readonly entity: string | null;
  readonly topic: string;
  readonly from: TracedTable;
  /** Of messages: the table that they would be rows of. */
  readonly table: TableId;
  readonly to: TracedTable | null;
  /** Which key column of the target has each of the source as it is; null when that cannot be told. */
  readonly copiedKey: 'same names' | Readonly<Record<string, string>> | null;
  readonly mapping: Mapping;
}

/** The books of a posting. */
export interface Books {
  readonly posting: string;
  readonly route: string;
  readonly database: TracedDatabase;
  readonly schema: string;
  /** Of the product's own tables beside them. */
  readonly own: string;
  readonly documents: readonly PostedDocument[];
}

/** A document that a feed tells. */
export interface Fed {
  readonly feed: string;
  readonly database: TracedDatabase;
  readonly document: WholeDocument;
  readonly target: string;
}

/** Which tables become which others, as the configuration says. */
export interface Lineage {
  readonly config: Config;
  readonly steps: readonly RouteStep[];
  readonly books: readonly Books[];
  readonly fed: readonly Fed[];
}

/** `tables` are those of each source: what a mirror reads, patterns alone do not say. */
export function lineageOf(
  config: Config,
  routes: readonly Route[],
  catalogue: Catalogue,
  tables: ReadonlyMap<string, readonly TableId[]>,
): Lineage {
  const databases = databasesOf(config);
  const at = (end: SourceConfig | DatabaseTarget) => databaseAt(databases, end);
  const steps = routes.flatMap((route) => stepsOf(route, config, catalogue, tables, at));
  const books = config.postings.map((posting): Books => {
    const route = routeOf(posting, routes);
    const target = keeperOf(config, route.config.target);
    return {
      ...{ posting: posting.name, route: route.name, schema: posting.schema, own: target.namespace },
      database: at(target),
      documents: postedDocuments(posting, route, catalogue),
    };
  });
  const fed = config.feeds.flatMap((feed) => {
    const [first] = routes.filter(({ name }) => feed.routes.includes(name));
    if (first === undefined) return [];
    const database = at(keeperOf(config, first.config.target));
    return fedDocuments(feed, config, catalogue).map((document): Fed => {
      return { feed: feed.name, database, document, target: feed.target };
    });
  });
  return { config, steps, books, fed };
}

function stepsOf(
  route: Route,
  config: Config,
  { entities }: Catalogue,
  tables: ReadonlyMap<string, readonly TableId[]>,
  at: (end: SourceConfig | DatabaseTarget) => TracedDatabase,
): readonly RouteStep[] {
  const { source: name, target: targetName } = route.config;
  const source = config.sources[name];
  const target = targetOf(config, targetName);
  if (source === undefined) return [];
  const declared = route.config.kind === 'entities' ? route.config.entities : [];
  const own = declared.flatMap((each) => entities.get(each) ?? []);
  const read =
    route.config.kind === 'entities'
      ? own.map((each) => each.declaration.source.id)
      : (tables.get(name) ?? []);
  return read
    .filter((id) => route.mapping.accepts(id))
    .flatMap((id) =>
      route.targetsOf(id).map((table): RouteStep => {
        const entity = own.find((each) => each.accepts(id));
        return {
          ...{ route, table, mapping: route.mapping, entity: entity?.name ?? null },
          topic: topicNameOf(name, id, source.naming),
          from: { database: at(source), id },
          to: isDatabase(target) ? { database: at(target), id: table } : null,
          copiedKey: entity === undefined ? 'same names' : copiedKey(entity, table),
        };
      }),
    );
}

function databasesOf({ sources, targets }: Config): readonly TracedDatabase[] {
  const names = new Map<string, { sources: string[]; targets: string[] }>();
  const named = (end: SourceConfig | DatabaseTarget) => {
    const address = addressOf(end);
    const known = names.get(address) ?? { sources: [], targets: [] };
    names.set(address, known);
    return known;
  };
  for (const [name, source] of Object.entries(sources)) named(source).sources.push(name);
  for (const [name, target] of Object.entries(targets))
    if (isDatabase(target)) named(target).targets.push(name);
  return [...names].map(([address, known]) => ({ address, ...known }));
}

function databaseAt(
  databases: readonly TracedDatabase[],
  end: SourceConfig | DatabaseTarget,
): TracedDatabase {
  const found = databases.find(({ address }) => address === addressOf(end));
  if (found === undefined) throw new CounterfoilError('INTERNAL', 'a database is not in the configuration');
  return found;
}

function addressOf(end: SourceConfig | DatabaseTarget): string {
  const server = `${end.host}:${end.port.toString()}`;
  return end.kind === 'postgresql' ? `${server}/${end.database}` : server;
}

/** As the configuration calls it. */
export function databaseName({ sources, targets }: TracedDatabase): string {
  return [...new Set([...targets, ...sources])].join('/');
}

export function sameTable(a: TracedTable, b: TracedTable): boolean {
  return a.database.address === b.database.address && tableLabel(a.id) === tableLabel(b.id);
}

/** The steps that write a table. */
export function writersOf({ steps }: Lineage, table: TracedTable): readonly RouteStep[] {
  return steps.filter(({ to }) => to !== null && sameTable(to, table));
}

/** The steps that read a table. */
export function readersOf({ steps }: Lineage, table: TracedTable): readonly RouteStep[] {
  return steps.filter(({ from }) => sameTable(from, table));
}

/** The tables of the books that a posting writes, by what they hold. */
export type BookTable = 'document' | 'voucher' | 'voucher_entry' | 'budget_release';
const BOOK_TABLES: readonly BookTable[] = ['document', 'voucher', 'voucher_entry', 'budget_release'];

export function bookTable({ database, schema }: Books, name: BookTable): TracedTable {
  return { database, id: { namespace: schema, name } };
}

/** The books that a table is one of. Several postings may keep the same ones. */
export function booksWith(
  { books }: Lineage,
  table: TracedTable,
): { readonly all: readonly Books[]; readonly name: BookTable } | null {
  for (const name of BOOK_TABLES) {
    const all = books.filter((each) => sameTable(bookTable(each, name), table));
    if (all.length > 0) return { all, name };
  }
  return null;
}

/** Where messages about a table are found: its topic; where they are sent to an endpoint, what they are about. */
export function messageTable(config: Config, name: string, table: TableId): string {
  const target = targetOf(config, name);
  if (target.kind !== 'kafka') return tableLabel(table);
  return `${target.prefix}.${table.name.replace(/[^A-Za-z0-9._-]/g, '_')}`;
}
