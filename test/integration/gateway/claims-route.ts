import type { Config } from '../../../app/config/schema.ts';
import type { Route } from '../../../app/runtime/routes.ts';
import { heartbeatTableTopic, tableTopics } from '../../../app/runtime/route-topics.ts';
import { defineEntity } from '../../../schemas/dsl/entity.ts';
import { entity } from '../../../schemas/entities/expense-claim/declaration.ts';

/** The expense claims of the product, read from a database of the test's own. */
export function claimsRoute(config: Config): Route {
  const [route] = config.routes;
  const source = config.sources[Object.keys(config.sources)[0] ?? ''];
  if (route === undefined || source === undefined || source.kind === 'postgresql')
    throw new Error('the configuration is not that of the gateway test');
  const [database = ''] = source.databases;
  const { declaration } = entity;
  const id = { namespace: database, name: 'expense_claim' };
  const mapping = defineEntity({ ...declaration, from: route.source, source: { ...declaration.source, id } });
  const topics = { prefix: route.source, naming: source.naming };
  const heartbeatTopic = heartbeatTableTopic(topics, source.heartbeat.table);
  const reads = tableTopics(topics, [id]);
  return {
    ...{ name: route.name, config: route, identity: 'gateway', mapping, heartbeatTopic },
    accounted: false,
    accepts: (topic) => topic === heartbeatTopic || reads(topic),
    reads,
    targetsOf: () => mapping.tables.map((table) => table.id),
  };
}
