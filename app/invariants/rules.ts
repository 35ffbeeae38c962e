import { ledgerRules } from '../../monitoring/invariants/ledger-rules.ts';
import type { ProvenBooks, ProvenDocument } from '../../monitoring/invariants/ledger-rules.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { DELETED_COLUMN } from '../../schemas/contract/table.ts';
import type { Rule } from '../../schemas/invariants/rule.ts';
import { quote, quoteTable } from '../../sinks/postgres/identifiers.ts';
import type { PostingConfig } from '../config/posting-schema.ts';
import type { Config } from '../config/schema.ts';
import { isDatabase } from '../config/target-schema.ts';
import { loadCatalogue } from '../packs/catalogue.ts';
import type { Catalogue } from '../packs/catalogue.ts';
import { postedDocuments, routeOf } from '../runtime/posting-books.ts';
import type { PostedDocument } from '../runtime/posting-books.ts';
import type { Route } from '../runtime/routes.ts';
import { targetOf } from '../runtime/targets.ts';

/** A rule, and the target that it must hold in. */
export interface TargetRule {
  readonly name: string;
  readonly target: string;
  readonly rule: Rule;
}

/** The rules of the books, then those of the configuration. */
export async function rulesOf(config: Config, routes: readonly Route[]): Promise<readonly TargetRule[]> {
  const catalogue = await loadCatalogue(config);
  const books = new Map<string, BooksOfTarget>();
  for (const posting of config.postings) {
    const one = booksOf(posting, routes, config, catalogue);
    const at = `${one.target}/${posting.schema}`;
    const documents = [...(books.get(at)?.books.documents ?? []), ...one.books.documents];
    books.set(at, { target: one.target, books: { ...one.books, documents } });
  }
  const ofBooks = [...books.values()].flatMap((each) =>
    ledgerRules(each.books).map((rule) => ({ name: rule.name, target: each.target, rule })),
  );
  const own = config.invariants.rules.map(({ target, ...rule }) => ({ name: rule.name, target, rule }));
  return [...ofBooks, ...own];
}

/** Several postings may post into the same books. */
interface BooksOfTarget {
  readonly target: string;
  readonly books: ProvenBooks;
}

function booksOf(
  posting: PostingConfig,
  routes: readonly Route[],
  config: Config,
  catalogue: Catalogue,
): BooksOfTarget {
  const route = routeOf(posting, routes);
  const { target } = route.config;
  const settings = targetOf(config, target);
  if (!isDatabase(settings)) throw new CounterfoilError('INTERNAL', `${target} is no database`);
  return {
    target,
    books: {
      ...{ schema: quote(posting.schema), schemaName: posting.schema, own: quote(settings.namespace) },
      documents: postedDocuments(posting, route, catalogue).flatMap(provenDocument),
    },
  };
}

function provenDocument({ declaration, watched }: PostedDocument): ProvenDocument[] {
  const { proof, kind } = declaration;
  if (proof === undefined) return [];
  const { id, document } = watched.header;
  const key = typeof document === 'string' ? [document] : document;
  return [
    {
      ...{ kind, header: quoteTable(id), total: column(proof.total), approved: column(proof.approved) },
      deleted: column(DELETED_COLUMN),
      id: key.map((name) => `${column(name)}::text`).join(` || '/' || `),
    },
  ];
}

function column(name: string): string {
  return `h.${quote(name)}`;
}
