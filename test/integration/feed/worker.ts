// Tells the claims of a mirror, as a process that a test may kill at a named point.
import { createTopicReader } from '../../../connectors/kafka/topics.ts';
import { loadConfig } from '../../../app/config/load.ts';
import { createReach } from '../../../app/runtime/failpoint.ts';
import { runFeed } from '../../../app/runtime/feed.ts';
import { kafkaOf } from '../../../app/runtime/kafka.ts';
import { Cuts } from '../../../app/runtime/posting-cut.ts';
import { isDatabase, target as targetSchema } from '../../../app/config/target-schema.ts';
import { routesOf } from '../../../app/runtime/routes.ts';
import { createDatabaseSink, createPublisher, keeperOf, targetOf } from '../../../app/runtime/targets.ts';
import { createFeedStore } from '../../../sinks/feed/store.ts';
import { claimIn } from './claims.ts';

export interface FeedOrder {
  readonly configFile: string;
  readonly feed: string;
  readonly prefix: string;
  /** Schema of the mirror. */
  readonly namespace: string;
  /** The endpoint to tell instead of a topic. */
  readonly gateway?: string | undefined;
  readonly killAt?: string;
}

const order = JSON.parse(process.argv[2] ?? '{}') as FeedOrder;
const config = loadConfig(order.configFile, {});
const [route] = await routesOf(config);
if (route === undefined) throw new Error('the configuration has no route');
const target = targetOf(config, route.config.target);
if (target.kind !== 'postgresql') throw new Error('the target is no PostgreSQL');
const reach = createReach(order.killAt);
const { host, port, database, namespace, sink } = target;
const store = createFeedStore({
  ...{ host, port, database, namespace, ...sink, poolSize: 3 },
  ...{ feed: order.feed, routes: [route.name], documents: [claimIn(order.namespace)], reachFeed: reach },
});
const positions = createDatabaseSink({ ...keeperOf(config, route.config.target), poolSize: 1 });
const receiver = targetSchema.parse({
  keeper: route.config.target,
  ...(order.gateway === undefined
    ? { kind: 'kafka', prefix: order.prefix, partitions: 3 }
    : {
        ...{ kind: 'http', url: order.gateway },
        endpoints: [{ match: ['documents.claim_document'], path: '/claims/{id}' }],
      }),
});
if (isDatabase(receiver)) throw new Error('a database takes no messages');
const publisher = createPublisher(config, 'receiver', receiver, { reach });
const reader = createTopicReader(kafkaOf(config, 'feed-worker'));
const stop = new AbortController();
process.once('SIGTERM', () => {
  stop.abort();
});
await runFeed({
  ...{
    name: order.feed,
    place: { topic: route.heartbeatTopic, partition: 0 },
    store,
    publisher,
    reach,
    signal: stop.signal,
  },
  cuts: new Cuts(route, positions, reader),
  telemetry: {
    emit: (event) => {
      if (event.type === 'route-retry') process.stdout.write(`${event.code}: ${event.reason}\n`);
    },
  },
});
await Promise.allSettled([store.close(), positions.close(), publisher.close(), reader.close()]);
