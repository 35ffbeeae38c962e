import type { TopicReader } from '../../connectors/kafka/topics.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Sink } from '../../schemas/contract/ports.ts';
import { compareVersions } from '../../schemas/contract/position.ts';
import type { Version } from '../../schemas/contract/position.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import { wholeDocument } from '../../schemas/feed/document.ts';
import type { WholeDocument } from '../../schemas/feed/document.ts';
import type { FeedPoint, FeedStore } from '../../schemas/feed/store.ts';
import { createFeedStore } from '../../sinks/feed/store.ts';
import { unknownName } from '../config/faults.ts';
import { missingEntities } from '../config/feed-faults.ts';
import type { FeedConfig } from '../config/feed-schema.ts';
import type { RouteConfig } from '../config/route-schema.ts';
import type { Config } from '../config/schema.ts';
import { isDatabase } from '../config/target-schema.ts';
import { driverTls } from '../config/tls.ts';
import { loadCatalogue } from '../packs/catalogue.ts';
import type { Catalogue } from '../packs/catalogue.ts';
import type { Point } from './failpoint.ts';
import { runFeed } from './feed.ts';
import { entityMessageShapes } from './message-shapes.ts';
import { Cuts } from './posting-cut.ts';
import { routeNamed } from './routes.ts';
import type { Route } from './routes.ts';
import { createDatabaseSink, createPublisher, keeperOf, targetOf } from './targets.ts';

/**
 * The documents of a feed, with the tables that their rows are in. Throws CONFIGURATION_INVALID for one that its pack does
 * not have, or whose rows no route of the feed brings.
 */
export function fedDocuments(
  feed: FeedConfig,
  { routes }: Pick<Config, 'routes'>,
  { entities, wholeDocuments }: Catalogue,
): readonly WholeDocument[] {
  const messageOf = entityMessageShapes(entities.values());
  const own = routes.filter(({ name }) => feed.routes.includes(name));
  const fault = (what: string) => new CounterfoilError('CONFIGURATION_INVALID', `feed ${feed.name}: ${what}`);
  return feed.documents.map((name) => {
    const declaration = wholeDocuments.get(name);
    if (declaration === undefined) throw fault(`document ${unknownName(name, [...wholeDocuments.keys()])}`);
    const missing = missingEntities(declaration, own);
    if (missing !== null) throw fault(missing);
    return wholeDocument(declaration, entities, messageOf);
  });
}

/** What a feed keeps in the database of its routes. No connection is made before its first use. */
export async function feedStoreOf(
  feed: FeedConfig,
  config: Config,
  reach?: (point: FeedPoint) => void,
): Promise<FeedStore> {
  const first = firstRoute(feed, config);
  const target = targetOf(config, first.target);
  if (target.kind !== 'postgresql')
    throw new CounterfoilError('INTERNAL', `feed ${feed.name} has no PostgreSQL`);
  const { host, port, sink, namespace, tls, database } = target;
  return createFeedStore({
    ...{ host, port, ...sink, database, namespace, poolSize: 3 },
    tls: driverTls(tls, host),
    feed: feed.name,
    routes: config.routes
      .filter((each) => each.source === first.source && each.target === first.target)
      .map(({ name }) => name),
    documents: fedDocuments(feed, config, await loadCatalogue(config)),
    reachFeed: reach,
  });
}

/** Finds the places in the history of the source up to which all routes of a feed have applied everything. */
export class CommonCuts {
  readonly #cuts: readonly Cuts[];

  constructor(
    feed: FeedConfig,
    routes: readonly Route[],
    sink: Pick<Sink, 'positions'>,
    reader: TopicReader,
  ) {
    this.#cuts = feed.routes.map((name) => new Cuts(routeNamed(routes, name), sink, reader));
  }

  async newest(): Promise<Version | null> {
    const found = await Promise.all(this.#cuts.map((cuts) => cuts.newest()));
    return found.reduce((oldest, cut) =>
      oldest === null || cut === null ? null : compareVersions(cut, oldest) < 0 ? cut : oldest,
    );
  }
}

export interface FeedsOptions {
  readonly config: Config;
  readonly feeds: readonly FeedConfig[];
  readonly routes: readonly Route[];
  readonly reader: TopicReader;
  readonly telemetry: Telemetry;
  readonly reach: (point: Point) => void;
  readonly signal: AbortSignal;
}

/** Runs these feeds until `signal` aborts. */
export async function startFeeds(options: FeedsOptions): Promise<void> {
  await Promise.all(options.feeds.map((feed) => startFeed(feed, options)));
}

async function startFeed(feed: FeedConfig, options: FeedsOptions): Promise<void> {
  const { config, routes, reader, telemetry, reach, signal } = options;
  const target = targetOf(config, feed.target);
  if (isDatabase(target)) throw new CounterfoilError('INTERNAL', `${feed.target} takes no messages`);
  const store = await feedStoreOf(feed, config, reach);
  const positions = createDatabaseSink({
    ...keeperOf(config, firstRoute(feed, config).target),
    poolSize: 1,
  });
  const publisher = createPublisher(config, feed.target, target, { reach, telemetry });
  try {
    const cuts = new CommonCuts(feed, routes, positions, reader);
    // Its cuts are heartbeats: their topic is there, and nothing of the feed is read from it.
    const { heartbeatTopic } = routeNamed(routes, firstRoute(feed, config).name);
    const place = { topic: heartbeatTopic, partition: 0 };
    await runFeed({ name: feed.name, place, store, cuts, publisher, telemetry, reach, signal });
  } finally {
    await Promise.allSettled([store.close(), positions.close(), publisher.close()]);
  }
}

function firstRoute(feed: FeedConfig, { routes }: Config): RouteConfig {
  const first = routes.find(({ name }) => feed.routes.includes(name));
  if (first === undefined) throw new CounterfoilError('INTERNAL', `feed ${feed.name} has no route`);
  return first;
}
