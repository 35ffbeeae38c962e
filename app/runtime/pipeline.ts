import { Registry } from 'prom-client';
import type { Logger } from 'pino';
import { createDeadLetters } from '../../connectors/kafka/dead-letters.ts';
import { createTopicReader } from '../../connectors/kafka/topics.ts';
import { startMonitoringServer } from '../../monitoring/http/server.ts';
import { createReadiness } from '../../monitoring/http/readiness.ts';
import { combineTelemetry, createTelemetry } from '../../monitoring/metrics/telemetry.ts';
import { createDecoder } from '../../processors/decode/decoder.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Sink } from '../../schemas/contract/ports.ts';
import type { Config } from '../config/schema.ts';
import { accountFor } from '../accounting/accounting.ts';
import { startInvariants } from '../invariants/invariants.ts';
import { rulesOf } from '../invariants/rules.ts';
import { capturedSystems } from './captured-systems.ts';
import { startAudits } from './audits.ts';
import { startChecks } from './checks.ts';
import { startConnectorWatch } from './connector-watch.ts';
import { createReach } from './failpoint.ts';
import { startFeeds } from './feeds.ts';
import { createIncompleteRows } from './incomplete-rows.ts';
import { createAnchoring } from './anchors.ts';
import { kafkaOf } from './kafka.ts';
import { startLetterWatch } from './letter-watch.ts';
import { startPostings } from './posting.ts';
import { createReadings } from './read-again.ts';
import { redriveAwaiting } from './redrive.ts';
import { registryOf } from './registry.ts';
import { startRoute } from './routes.ts';
import type { Route } from './routes.ts';
import { startBatchRoute } from './sync/batch-route.ts';
import { watchStragglers } from './stragglers.ts';
import { createSink } from './targets.ts';
import type { SinkHooks } from './targets.ts';

export interface PipelineOptions {
  readonly config: Config;
  readonly routes: readonly Route[];
  readonly logger: Logger;
  readonly killAt: string | undefined;
  /** Aborting drains: batches in hand are finished, then everything is closed. */
  readonly signal: AbortSignal;
  /** Called once `/metrics` is served. */
  readonly onListening?: (url: string) => void;
}

type OnAltered = NonNullable<SinkHooks['onAltered']>;

/** Runs the routes, their checks, the watch over the connectors, and the metrics, until `signal` aborts. */
export async function runPipeline(options: PipelineOptions): Promise<void> {
  const { config, routes, logger, signal } = options;
  const reach = createReach(options.killAt);
  const atWork = watchStragglers(signal, logger);
  const registry = new Registry();
  /** Those whose routes are run by this process. */
  const runHere = <Job extends { readonly name: string }>(
    jobs: readonly Job[],
    routesOf: (job: Job) => readonly string[],
  ) =>
    jobs.filter((job) => {
      const isRun = routesOf(job).every((route) => routes.some(({ name }) => name === route));
      if (!isRun) logger.info({ name: job.name }, `${job.name} is left out, as a route of it is`);
      return isRun;
    });
  const postings = runHere(config.postings, ({ route }) => [route]);
  const feeds = runHere(config.feeds, (feed) => feed.routes);
  const readiness = createReadiness(
    [...routes, ...postings, ...feeds].map(({ name }) => name),
    new Map(routes.map((route) => [route.name, route.config.source])),
  );
  const telemetry = combineTelemetry([createTelemetry({ registry, logger }), readiness]);
  const server = await startMonitoringServer({
    ...config.http,
    registry,
    readiness: () => readiness.report(),
  });
  options.onListening?.(server.url);

  const kafka = kafkaOf(config, 'pipeline', logger);
  const reader = createTopicReader(kafka);
  const deadLetters = createDeadLetters(kafka);
  const schemas = registryOf(config);
  const readings = createReadings({ config, routes, telemetry });
  const sinks = new Map<string, Sink>();
  for (const name of new Set(routes.map((route) => route.config.target))) {
    const onAltered: OnAltered = (table, changes) => {
      readings.altered(name, table, changes);
    };
    sinks.set(name, await createSink(config, name, { reach, onAltered, telemetry }));
  }
  const sources = capturedSystems(config);
  const rules = (await rulesOf({ ...config, postings }, routes)).filter(({ target }) => sinks.has(target));
  const anchoring = createAnchoring({ config, sinks, kafka, telemetry, logger });

  try {
    await Promise.all([
      ...routes.map((route) => {
        // Each route has its own: what a decoder remembers of a partition is what that route has passed.
        const newDecoder = () => createDecoder({ schemas, sources });
        const parts = { kafka, reader, consumer: config.consumer, deadLetters, telemetry, reach };
        const sink = sinkOf(sinks, route);
        return atWork(
          `route ${route.name}`,
          route.config.sync.mode === 'batch'
            ? startBatchRoute(route, { ...parts, config, sink, newDecoder }, signal)
            : startRoute(route, { ...parts, sink, decoder: newDecoder() }, signal),
        );
      }),
      atWork('the watch over connectors', startConnectorWatch({ config, reader, telemetry, logger, signal })),
      atWork('rows to be read again', readings.run(signal)),
      atWork('postings', startPostings({ config, postings, routes, reader, telemetry, reach, signal })),
      atWork('feeds', startFeeds({ config, feeds, routes, reader, telemetry, reach, signal })),
      ...routes.map((route) =>
        atWork(
          `accounts of ${route.name}`,
          accountFor(route, sinkOf(sinks, route), {
            ...{ config, kafka, reader, telemetry, signal },
            newDecoder: () => createDecoder({ schemas, sources }),
          }),
        ),
      ),
      atWork('rules of the business', startInvariants(config, rules, telemetry, signal)),
      atWork('anchors of the journal', anchoring.run(signal)),
      atWork('audits', startAudits({ config, targets: [...sinks.keys()], telemetry, signal })),
      atWork('checks', startChecks({ config, routes, reader, telemetry, signal })),
      atWork(
        'the watch over dead letters',
        startLetterWatch({
          routes: routes.map((route) => {
            const { name, mapping } = route;
            const sink = sinkOf(sinks, route);
            const decoder = createDecoder({ schemas, sources });
            const redriveWaiting = () => redriveAwaiting({ route: name, mapping, decoder, sink, signal });
            const readIncomplete = createIncompleteRows({
              ...{ route: name, sink, decoder },
              order: (table, where) => {
                readings.incomplete(route, table, where);
              },
            });
            return { name, sink, redriveWaiting, readIncomplete };
          }),
          keepDays: config.deadLetters.keepDays,
          telemetry,
          logger,
          signal,
        }),
      ),
    ]);
  } finally {
    await atWork('the last anchors', anchoring.close());
    const closing = [
      ...Object.entries({ topics: reader, 'dead letters': deadLetters, metrics: server }),
      ...sinks,
    ].map(([name, part]) => atWork(`closing ${name}`, part.close()));
    await Promise.allSettled(closing);
  }
}

function sinkOf(sinks: ReadonlyMap<string, Sink>, route: Route): Sink {
  const sink = sinks.get(route.config.target);
  if (sink) return sink;
  throw new CounterfoilError('INTERNAL', `${route.name} has no target`);
}
