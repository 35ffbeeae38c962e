import { createRecordSource } from '../../connectors/kafka/record-source.ts';
import type { TopicReader } from '../../connectors/kafka/topics.ts';
import { createBatchHandler } from '../../processors/pipeline/batch-handler.ts';
import type { BatchHandlerOptions } from '../../processors/pipeline/batch-handler.ts';
import { runRoute } from '../../processors/pipeline/route.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Mapping } from '../../schemas/contract/mapping.ts';
import { tableMatcher } from '../../schemas/contract/table-pattern.ts';
import { mirrorOf } from '../../schemas/dsl/mirror.ts';
import { loadEntities } from '../../schemas/entities/catalogue.ts';
import type { Entity } from '../../schemas/dsl/entity.ts';
import type { Config, RouteConfig } from '../config/schema.ts';
import { combineMappings } from './route-mapping.ts';
import { heartbeatTableTopic, mirrorTopics, tableTopics } from './route-topics.ts';
import type { Kafka } from 'kafkajs';

/** A route as configured, with its mapping and the topics it reads. */
export interface Route {
  readonly name: string;
  readonly config: RouteConfig;
  readonly mapping: Mapping;
  /** Topic of the source's heartbeat table: read by every route, for it says how far the route has come. */
  readonly heartbeatTopic: string;
  readonly accepts: (topic: string) => boolean;
}

export function groupOf(route: string): string {
  return `counterfoil.${route}`;
}

/** Builds the routes of the configuration. Throws CONFIGURATION_INVALID for an entity that does not exist. */
export async function routesOf(config: Config): Promise<readonly Route[]> {
  const entities = new Map((await loadEntities()).map((entity) => [entity.name, entity]));
  return config.routes.map((route) => {
    const source = config.sources[route.source];
    if (source === undefined) throw new CounterfoilError('INTERNAL', `${route.name} has no source`);
    const heartbeatTopic = heartbeatTableTopic(route.source, source.heartbeat.table);
    const { mapping, reads } = route.kind === 'mirror' ? mirrorRoute(route) : entityRoute(route, entities);
    return {
      name: route.name,
      config: route,
      mapping,
      heartbeatTopic,
      accepts: (topic) => topic === heartbeatTopic || reads(topic),
    };
  });
}

function mirrorRoute(route: Extract<RouteConfig, { kind: 'mirror' }>) {
  const accepts = tableMatcher(route.include, route.exclude);
  const mapping = mirrorOf({ name: route.name, targetNamespace: route.namespace, accepts });
  return { mapping, reads: mirrorTopics(route.source, route.include, route.exclude) };
}

function entityRoute(
  route: Extract<RouteConfig, { kind: 'entities' }>,
  entities: ReadonlyMap<string, Entity>,
) {
  const chosen = route.entities.map((name) => {
    const entity = entities.get(name);
    if (entity) return entity;
    const known = [...entities.keys()].sort().join(', ');
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `route ${route.name}: there is no entity "${name}"; there are ${known}`,
    );
  });
  const tables = chosen.map((entity) => entity.declaration.source.id);
  return { mapping: combineMappings(route.name, chosen), reads: tableTopics(route.source, tables) };
}

/** The named routes, or all. Throws CONFIGURATION_INVALID for a name that is no route's. */
export function selectRoutes(
  routes: readonly Route[],
  names: readonly string[] | undefined,
): readonly Route[] {
  if (names === undefined) return routes;
  return names.map((name) => {
    const route = routes.find((candidate) => candidate.name === name);
    if (route) return route;
    const known = routes.map((candidate) => candidate.name).join(', ');
    throw new CounterfoilError('CONFIGURATION_INVALID', `there is no route "${name}"; there are ${known}`);
  });
}

export interface RunningRouteOptions extends Omit<BatchHandlerOptions, 'route' | 'mapping'> {
  readonly kafka: Kafka;
  readonly reader: TopicReader;
  readonly consumer: Config['consumer'];
}

/** Runs a route until `signal` aborts. */
export function startRoute(route: Route, options: RunningRouteOptions, signal: AbortSignal): Promise<void> {
  const { kafka, reader, consumer, telemetry, sink } = options;
  const source = createRecordSource({
    kafka,
    reader,
    groupId: groupOf(route.name),
    accepts: route.accepts,
    partitionsAtOnce: consumer.partitionsAtOnce,
    sessionTimeoutMs: consumer.sessionTimeoutMs,
    onLag: (partition, messages) => {
      telemetry.emit({ type: 'partition-lag', route: route.name, partition, messages });
    },
  });
  const handler = createBatchHandler({ ...options, route: route.name, mapping: route.mapping });
  return runRoute({ name: route.name, source, handler, prepare: () => sink.prepare(), telemetry }, signal);
}
