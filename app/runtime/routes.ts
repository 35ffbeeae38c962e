import { createRecordSource } from '../../connectors/kafka/record-source.ts';
import { transactionTopic } from '../../connectors/debezium/topic-names.ts';
import type { TopicReader } from '../../connectors/kafka/topics.ts';
import { createBatchHandler } from '../../processors/pipeline/batch-handler.ts';
import type { BatchHandlerOptions } from '../../processors/pipeline/batch-handler.ts';
import { runRoute } from '../../processors/pipeline/route.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { RecordSource } from '../../schemas/contract/ports.ts';
import type { Mapping } from '../../schemas/contract/mapping.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { tableMatcher } from '../../schemas/contract/table-pattern.ts';
import { contentHash } from '../../schemas/dsl/content-hash.ts';
import type { Entity } from '../../schemas/dsl/entity.ts';
import type { RouteConfig, MirrorRouteConfig } from '../config/route-schema.ts';
import type { Config } from '../config/schema.ts';
import type { SourceConfig } from '../config/source-schema.ts';
import { isDatabase } from '../config/target-schema.ts';
import type { TargetConfig } from '../config/target-schema.ts';
import { loadCatalogue } from '../packs/catalogue.ts';
import { mirrorMapping } from './mirror-route.ts';
import { combineMappings } from './route-mapping.ts';
import { heartbeatTableTopic, mirrorTopics, tableTopics } from './route-topics.ts';
import type { SourceTopics } from './route-topics.ts';
import { keeperOf, targetOf } from './targets.ts';
import type { Kafka } from 'kafkajs';

/** A route as configured, with its mapping and the topics it reads. */
export interface Route {
  readonly name: string;
  readonly config: RouteConfig;
  /** Of source and target: processes that run the same route have the same. */
  readonly identity: string;
  readonly mapping: Mapping;
  /** Topic of the source's heartbeat table: read by every route, for it says how far the route has come. */
  readonly heartbeatTopic: string;
  /** Whether accounts are kept of the source's transactions. */
  readonly accounted: boolean;
  /** Whether it reads this topic: one of its tables, or of those that tell how far the source is captured. */
  readonly accepts: (topic: string) => boolean;
  /** Whether the topic has changes of a table that the route may be about. */
  readonly reads: (topic: string) => boolean;
  /** The target tables that rows of a source table go to, as far as their names are concerned. */
  readonly targetsOf: (source: TableId) => readonly TableId[];
}

export function groupOf(route: string): string {
  return `counterfoil.${route}`;
}

/**
 * Builds the routes of the configuration. Throws CONFIGURATION_INVALID for an entity that does not exist, or is declared
 * for another source or target than its route has.
 */
export async function routesOf(config: Config): Promise<readonly Route[]> {
  const { entities } = await loadCatalogue(config);
  return config.routes.map((route) => {
    const source = config.sources[route.source];
    if (source === undefined) throw new CounterfoilError('INTERNAL', `${route.name} has no source`);
    const topics = { prefix: route.source, naming: source.naming };
    const heartbeatTopic = heartbeatTableTopic(topics, source.heartbeat.table);
    const target = targetOf(config, route.target);
    const boundaries = route.accounting && isDatabase(target) ? transactionTopic(route.source) : null;
    const { mapping, reads, targetsOf } =
      route.kind === 'mirror'
        ? mirrorRoute(route, topics, config.masking?.secret)
        : entityRoute(route, topics, entities, { source, target });
    return {
      name: route.name,
      config: route,
      identity: identityOf(route, config),
      mapping,
      heartbeatTopic,
      accounted: boundaries !== null,
      accepts: (topic) => topic === heartbeatTopic || topic === boundaries || reads(topic),
      reads,
      targetsOf,
    };
  });
}

function identityOf({ source, target }: RouteConfig, config: Config): string {
  const keeper = keeperOf(config, target);
  const { kind, host, port, namespace } = keeper;
  const database = keeper.kind === 'postgresql' ? keeper.database : null;
  return contentHash({ source, target, kind, host, port, database, namespace });
}

interface Ends {
  readonly source: SourceConfig;
  readonly target: TargetConfig;
}

interface RouteParts extends Pick<Route, 'mapping' | 'targetsOf'> {
  readonly reads: (topic: string) => boolean;
}

function mirrorRoute(route: MirrorRouteConfig, topics: SourceTopics, secret: string | undefined): RouteParts {
  const mapping = mirrorMapping(route, secret);
  return {
    mapping,
    reads: mirrorTopics(topics, route.include, route.exclude),
    targetsOf: (source) => [mapping.targetOf(source)],
  };
}

function entityRoute(
  route: Extract<RouteConfig, { kind: 'entities' }>,
  topics: SourceTopics,
  entities: ReadonlyMap<string, Entity>,
  ends: Ends,
): RouteParts {
  const chosen = route.entities.map((name) => {
    const entity = entities.get(name);
    if (entity) return entity;
    const known = [...entities.keys()].sort().join(', ');
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `route ${route.name}: there is no entity "${name}"; there are ${known}`,
    );
  });
  const misplaced = chosen.flatMap((entity) => entityFaults(entity, route, ends));
  if (misplaced.length > 0) throw new CounterfoilError('CONFIGURATION_INVALID', misplaced.join('; '));
  const tables = chosen.map((entity) => entity.declaration.source.id);
  const labels = tables.map(tableLabel);
  const shared = labels.find((label, at) => labels.indexOf(label) < at);
  if (shared !== undefined)
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `route ${route.name}: two of its entities are about ${shared}, and a table is the business of one`,
    );
  return {
    mapping: combineMappings(route.name, chosen),
    reads: tableTopics(topics, tables),
    targetsOf: (table) =>
      chosen.filter((entity) => entity.accepts(table)).flatMap((entity) => entity.tables.map(({ id }) => id)),
  };
}

/** An entity in a route of other ends than it is declared for would wait for ever for rows that never come. */
function entityFaults(
  { declaration: { name, from, to, source: declared } }: Entity,
  route: RouteConfig,
  { source, target }: Ends,
): readonly string[] {
  const label = tableLabel(declared.id);
  const faults: string[] = [];
  if (from !== route.source) faults.push(`it is declared from "${from}", not from "${route.source}"`);
  // Rows have a place that they were declared for; whoever wants to may be told of them.
  if (isDatabase(target) && to !== route.target)
    faults.push(`it is declared to "${to}", not to "${route.target}"`);
  if (!tableMatcher(source.include, source.exclude)(declared.id))
    faults.push(`its table ${label} is not captured: ${route.source} does not include it`);
  else if (source.kind !== 'postgresql' && !source.databases.includes(declared.id.namespace))
    faults.push(`its table ${label} is in none of the databases of ${route.source}`);
  return faults.map((fault) => `route ${route.name}, entity ${name}: ${fault}`);
}

/** The named routes; all when none is named. Throws CONFIGURATION_INVALID for a name that is no route's. */
export function selectRoutes(routes: readonly Route[], names: readonly string[] = []): readonly Route[] {
  return names.length === 0 ? routes : names.map((name) => routeNamed(routes, name));
}

/** Throws CONFIGURATION_INVALID for a name that is no route's. */
export function routeNamed(routes: readonly Route[], name: string): Route {
  const route = routes.find((candidate) => candidate.name === name);
  if (route) return route;
  const known = routes.map((candidate) => candidate.name).join(', ');
  throw new CounterfoilError('CONFIGURATION_INVALID', `there is no route "${name}"; there are ${known}`);
}

export interface RunningRouteOptions extends Omit<BatchHandlerOptions, 'route' | 'mapping'> {
  readonly kafka: Kafka;
  readonly reader: TopicReader;
  readonly consumer: Config['consumer'];
}

/** Reads the topics of a route, as a member of its group. */
export function recordSourceOf(
  route: Route,
  {
    kafka,
    reader,
    consumer,
    telemetry,
  }: Pick<RunningRouteOptions, 'kafka' | 'reader' | 'consumer' | 'telemetry'>,
): RecordSource {
  return createRecordSource({
    kafka,
    reader,
    groupId: groupOf(route.name),
    identity: route.identity,
    accepts: route.accepts,
    partitionsAtOnce: consumer.partitionsAtOnce,
    sessionTimeoutMs: consumer.sessionTimeoutMs,
    rebalanceTimeoutMs: consumer.rebalanceTimeoutMs,
    onLag: (partition, messages) => {
      telemetry.emit({ type: 'partition-lag', route: route.name, partition, messages });
    },
  });
}

/** Runs a route until `signal` aborts. */
export function startRoute(route: Route, options: RunningRouteOptions, signal: AbortSignal): Promise<void> {
  const { telemetry, sink } = options;
  const source = recordSourceOf(route, options);
  const handler = createBatchHandler({
    ...{ ...options, route: route.name, mapping: route.mapping, accounted: route.accounted },
  });
  return runRoute({ name: route.name, source, handler, prepare: () => sink.prepare(), telemetry }, signal);
}
