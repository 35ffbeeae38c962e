import type { TopicReader } from '../../connectors/kafka/topics.ts';
import { decide } from '../../processors/posting/decide.ts';
import type { Books } from '../../processors/posting/post.ts';
import { runRounds } from '../../processors/pipeline/rounds.ts';
import type { Rounds } from '../../processors/pipeline/rounds.ts';
import { telling } from '../../processors/pipeline/route-state.ts';
import type { Sink } from '../../schemas/contract/ports.ts';
import type { Version } from '../../schemas/contract/position.ts';
import { tableIdOf } from '../../schemas/contract/table-pattern.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import type { DocumentKind } from '../../schemas/posting/document.ts';
import { requiredDay } from '../../schemas/posting/text-row.ts';
import type { PostingPoint, PostingStore } from '../../schemas/posting/store.ts';
import type { PostingConfig } from '../config/posting-schema.ts';
import type { Config } from '../config/schema.ts';
import { loadCatalogue } from '../packs/catalogue.ts';
import type { Catalogue } from '../packs/catalogue.ts';
import { Cuts } from './posting-cut.ts';
import { booksOf, LiveDictionary, postedDocuments, routeOf } from './posting-books.ts';
import type { PostedDocument } from './posting-books.ts';
import type { Route } from './routes.ts';
import { createDatabaseSink, keeperOf } from './targets.ts';

const POLL_MS = 250;
/** How often periods, dictionary and the tables of the copies are looked at, and what waits for them is tried again. */
const BOOKS_INTERVAL_MS = 2_000;
const MASTER_DATA_INTERVAL_MS = 15_000;
const DOCUMENTS_AT_ONCE = 100;
/** Then there is a newer cut, and metrics, periods and dictionary are seen to again. */
const BATCHES_AT_ONCE = 10;

export interface PostingsOptions {
  readonly config: Config;
  readonly postings: readonly PostingConfig[];
  readonly routes: readonly Route[];
  readonly reader: TopicReader;
  readonly telemetry: Telemetry;
  readonly reach: (point: PostingPoint) => void;
  readonly signal: AbortSignal;
}

/** Posts the documents of these postings until `signal` aborts. One that fails for good stays stopped, and says why. */
export async function startPostings(options: PostingsOptions): Promise<void> {
  const { config, postings } = options;
  if (postings.length === 0) return;
  const catalogue = await loadCatalogue(config);
  await Promise.all(postings.map((posting) => runPosting(posting, options, catalogue)));
}

async function runPosting(
  posting: PostingConfig,
  options: PostingsOptions,
  catalogue: Catalogue,
): Promise<void> {
  const { signal, telemetry } = options;
  await telling({ telemetry, name: posting.name, signal, failure: 'the posting failed' }, async (states) => {
    const poster = new Poster(posting, options, catalogue);
    try {
      await runRounds(poster, {
        ...{ states, signal, pauseMs: POLL_MS },
        // A dictionary with faults is mended while the posting waits.
        retriable: ({ disposition }) => disposition === 'retry' || disposition === 'usage',
      });
    } finally {
      await poster.close();
    }
  });
}

/** Turns documents into vouchers, as their rows come whole. Any number of processes may do so for the same books. */
class Poster implements Rounds {
  readonly #options: PostingsOptions;
  readonly #posting: PostingConfig;
  readonly #documents: readonly PostedDocument[];
  readonly #kinds: readonly DocumentKind[];
  readonly #store: PostingStore;
  readonly #positions: Sink;
  readonly #cuts: Cuts;
  readonly #dictionary: LiveDictionary;
  #books: { readonly signature: string; readonly readAt: number; readonly books: Books } | null = null;

  constructor(posting: PostingConfig, options: PostingsOptions, catalogue: Catalogue) {
    const { config, routes, reader, reach } = options;
    const route = routeOf(posting, routes);
    this.#options = options;
    this.#posting = posting;
    this.#documents = postedDocuments(posting, route, catalogue);
    this.#kinds = this.#documents.map(({ declaration }) => declaration.kind);
    this.#store = booksOf(posting, route, config, reach);
    this.#positions = createDatabaseSink({ ...keeperOf(config, route.config.target), poolSize: 1 });
    this.#cuts = new Cuts(route, this.#positions, reader);
    this.#dictionary = new LiveDictionary(posting, catalogue);
  }

  async prepare(): Promise<void> {
    await this.#store.prepare();
    await this.#positions.prepare();
  }

  /** What is pending and whole by now. */
  async round(): Promise<void> {
    const books = await this.#currentBooks();
    if (await this.#store.isPending(this.#kinds)) await this.#postAll(books);
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#store.close(), this.#positions.close()]);
  }

  async #postAll(books: Books): Promise<void> {
    const cut = await this.#cuts.newest();
    if (cut === null) return;
    for (const document of this.#documents) await this.#postUpTo(cut, document, books);
  }

  async #postUpTo(cut: Version, { declaration }: PostedDocument, books: Books): Promise<void> {
    const { signal, telemetry } = this.#options;
    for (let batch = 0; batch < BATCHES_AT_ONCE && !signal.aborted; batch += 1) {
      const today = requiredDay({ now: new Date().toISOString() }, 'now');
      const report = await this.#store.post(declaration.kind, cut, DOCUMENTS_AT_ONCE, (subject) =>
        decide(declaration, subject, books, today),
      );
      if (report.documents === 0) return;
      telemetry.emit({ type: 'documents-decided', posting: this.#posting.name, ...report });
    }
  }

  /** Periods and dictionary as they are now. What waits for them is tried again when they have changed, and at the start. */
  async #currentBooks(): Promise<Books> {
    if (this.#books !== null && Date.now() - this.#books.readAt < BOOKS_INTERVAL_MS) return this.#books.books;
    // The route makes the tables of the copies when their first rows come.
    for (const { watched } of this.#documents) await this.#store.watch(watched);
    const summary = await this.#store.summary(this.#kinds);
    this.#options.telemetry.emit({ type: 'documents-standing', posting: this.#posting.name, ...summary });
    const { signature, dictionary } = this.#dictionary.current();
    const periods = await this.#store.periods(tableIdOf(this.#posting.periods));
    const all = [signature, JSON.stringify(periods), this.#masterDataTurn()].join('\n');
    if (this.#books?.signature !== all) for (const kind of this.#kinds) await this.#store.lookAgain(kind);
    this.#books = { signature: all, readAt: Date.now(), books: { dictionary, periods } };
    return this.#books.books;
  }

  /** Master data that comes notes no document: who may wait for some is tried again now and then. */
  #masterDataTurn(): number {
    const refers = this.#documents.some(
      ({ declaration: { references } }) => Object.keys(references).length > 0,
    );
    return refers ? Math.floor(Date.now() / MASTER_DATA_INTERVAL_MS) : 0;
  }
}
