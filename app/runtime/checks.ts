import { createChecker } from '../../monitoring/consistency/checker.ts';
import type { CheckedRoute, CheckerSettings } from '../../monitoring/consistency/checked-route.ts';
import { createMysqlReader } from '../../monitoring/consistency/readers/mysql.ts';
import { createPostgresReader } from '../../monitoring/consistency/readers/postgres.ts';
import type { DatabaseReader, SourceReader } from '../../monitoring/consistency/reader.ts';
import { runChecks } from '../../monitoring/consistency/runner.ts';
import { heldRanges } from '../../connectors/kafka/held-range.ts';
import type { TopicReader } from '../../connectors/kafka/topics.ts';
import { createDecoder } from '../../processors/decode/decoder.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { TOMBSTONE_TABLE } from '../../schemas/contract/stored-key.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import type { Config } from '../config/schema.ts';
import type { SourceConfig } from '../config/source-schema.ts';
import { isDatabase } from '../config/target-schema.ts';
import type { DatabaseTarget } from '../config/target-schema.ts';
import { driverTls } from '../config/tls.ts';
import type { Route } from './routes.ts';
import { capturedSystems } from './captured-systems.ts';
import { kafkaOf } from './kafka.ts';
import { registryOf } from './registry.ts';
import { createUnreadFence } from './sync/unread-rows.ts';
import { listSourceTables } from './source-tables.ts';
import { keeperReader, targetOf } from './targets.ts';

/** What a check needs of a route. `close` ends the connection that its positions are read on. */
export interface CheckableRoute extends CheckedRoute {
  close(): Promise<void>;
}

/** Why the target of a route is not compared with its source; null when it is. */
export function incomparable({ config: { target } }: Route, config: Config): string | null {
  if (isDatabase(targetOf(config, target))) return null;
  return `not compared: ${target} is sent messages, and has no rows to compare with those of the source`;
}

/** Makes a route into a database checkable: everything is read as the `check` users, in sessions that cannot write. */
export function checkableRoute(route: Route, config: Config, reader: TopicReader): CheckableRoute {
  const source = config.sources[route.config.source];
  const target = targetOf(config, route.config.target);
  if (source === undefined || !isDatabase(target))
    throw new CounterfoilError('INTERNAL', `${route.name} has no two databases to compare`);
  const positions = keeperReader(config, route.config.target);
  const topics = async () => (await reader.list()).filter(route.accepts);
  return {
    name: route.name,
    mapping: route.mapping,
    source: sourceReader(source),
    target: targetReader(target),
    tombstones: { namespace: target.namespace, name: TOMBSTONE_TABLE },
    tables: async () => {
      const all = await listSourceTables(route.config.source, source);
      return all.filter((table) => route.mapping.accepts(table));
    },
    databases: [addressOf(source), addressOf(target)],
    heartbeatTopic: route.heartbeatTopic,
    positions: () => positions.positions(route.name),
    topics,
    endOffsets: (names) => heldRanges(reader, names),
    ...(route.config.sync.mode === 'realtime'
      ? {}
      : {
          unread: createUnreadFence({
            ...{ route, reader, sink: positions, kafka: kafkaOf(config, 'check') },
            newDecoder: () =>
              createDecoder({ schemas: registryOf(config), sources: capturedSystems(config) }),
          }),
        }),
    close: () => positions.close(),
  };
}

/** Reads the source as its check user. */
export function sourceReader(source: SourceConfig): SourceReader {
  const keyColumns = source.keys;
  if (source.kind === 'postgresql')
    return createPostgresReader({ connection: postgresConnection(source), era: source.era, keyColumns });
  return createMysqlReader({ connection: mysqlConnection(source), era: source.era, keyColumns });
}

/** Reads a target as its check user. */
export function targetReader(target: DatabaseTarget): DatabaseReader {
  if (target.kind === 'postgresql') return createPostgresReader({ connection: postgresConnection(target) });
  return createMysqlReader({ connection: mysqlConnection(target), zeroDates: 'as-stored' });
}

type End = SourceConfig | DatabaseTarget;

function addressOf(end: End): string {
  const database = end.kind === 'postgresql' ? `/${end.database}` : '';
  return `${end.kind}://${end.host}:${end.port.toString()}${database}`;
}

function postgresConnection({ host, port, check, tls, database }: Extract<End, { kind: 'postgresql' }>) {
  return { host, port, ...check, database, ssl: driverTls(tls, host) };
}

function mysqlConnection({ host, port, check, tls }: End) {
  const ssl = driverTls(tls, host);
  return { host, port, ...check, ...(ssl === undefined ? {} : { ssl }) };
}

/** The budget of checks, and where they note how far they have come. */
export function checkerSettings({ check }: Pick<Config, 'check'>): CheckerSettings {
  const { rowsPerSecond, timeSharePercent, progressFolder } = check;
  return {
    budget: {
      timeShare: timeSharePercent / 100,
      ...(rowsPerSecond === undefined ? {} : { rowsPerSecond }),
    },
    ...(progressFolder === undefined ? {} : { progressFolder }),
  };
}

export interface ChecksOptions {
  readonly config: Config;
  readonly routes: readonly Route[];
  readonly reader: TopicReader;
  readonly telemetry: Telemetry;
  readonly signal: AbortSignal;
}

/** Checks every route into a database that streams on an interval, until `signal` aborts. Never throws: what fails is inconclusive. */
export async function startChecks({
  config,
  routes,
  reader,
  telemetry,
  signal,
}: ChecksOptions): Promise<void> {
  const { intervalSeconds, deadlineSeconds } = config.check;
  if (intervalSeconds === 0) return;
  // What a schedule runs is checked at the end of each run.
  const checkable = routes
    .filter((route) => route.config.sync.mode === 'realtime' && incomparable(route, config) === null)
    .map((route) => checkableRoute(route, config, reader));
  try {
    await runChecks({
      routes: checkable,
      checker: createChecker(checkerSettings(config)),
      telemetry,
      intervalSeconds,
      deadlineSeconds,
      signal,
    });
  } finally {
    await Promise.allSettled(checkable.map((route) => route.close()));
  }
}
