import type { Reach } from '../../sinks/upsert/apply.ts';
import type { OnAltered } from '../../sinks/upsert/tables.ts';
import type { HttpOptions } from '../../sinks/http/options.ts';
import { createHttpPublisher } from '../../sinks/http/publisher.ts';
import { createKafkaPublisher } from '../../sinks/kafka/publisher.ts';
import { createMessageSink } from '../../sinks/messages/sink.ts';
import { createMysqlSink } from '../../sinks/mysql/sink.ts';
import { createPostgresSink } from '../../sinks/postgres/sink.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Sink } from '../../schemas/contract/ports.ts';
import type { Publisher, PublisherPoint } from '../../schemas/contract/publisher.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import type { JournalTools } from '../../schemas/journal/entry.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';
import type { Config } from '../config/schema.ts';
import { isDatabase } from '../config/target-schema.ts';
import type { DatabaseTarget, HttpTarget, MessageTarget, TargetConfig } from '../config/target-schema.ts';
import { driverTls } from '../config/tls.ts';
import { loadCatalogue } from '../packs/catalogue.ts';
import { journalTools } from './journal.ts';
import { kafkaOf } from './kafka.ts';
import { entityMessageShapes } from './message-shapes.ts';
import { registryAddressOf } from './registry.ts';

/** What a pipeline wants to hear of a sink. */
export interface SinkHooks {
  readonly reach?: (point: Parameters<Reach>[0] | PublisherPoint) => void;
  readonly onAltered?: OnAltered;
  readonly telemetry?: Telemetry;
  /** Of databases: keeps a journal of what is written. */
  readonly journal?: JournalTools | undefined;
}

export interface SinkSettings extends SinkHooks {
  /** Connections to the database at most; by default what the configuration says. */
  readonly poolSize?: number;
}

/** The sink of a target. No connection is made before its first use. */
export async function createSink(config: Config, name: string, settings: SinkSettings = {}): Promise<Sink> {
  const target = targetOf(config, name);
  const keeper = createDatabaseSink(
    { ...keeperOf(config, name), ...poolSizeIn(settings) },
    { ...settings, journal: journalTools(config) },
  );
  if (isDatabase(target)) return keeper;
  const shapeOf = entityMessageShapes((await loadCatalogue(config)).entities.values());
  return createMessageSink({ publisher: createPublisher(config, name, target, settings), keeper, shapeOf });
}

/** The sink of a database. */
export function createDatabaseSink(target: DatabaseTarget, hooks: SinkHooks = {}): Sink {
  const { host, port, sink, namespace, poolSize, tls } = target;
  const options = { host, port, ...sink, namespace, poolSize, tls: driverTls(tls, host), ...hooks };
  return target.kind === 'postgresql'
    ? createPostgresSink({ ...options, database: target.database })
    : createMysqlSink(options);
}

/** The database that has positions and dead letters of the routes into a target: the target itself, or its keeper. */
export function keeperOf(config: Config, name: string): DatabaseTarget {
  const target = targetOf(config, name);
  if (isDatabase(target)) return target;
  const keeper = targetOf(config, target.keeper);
  if (isDatabase(keeper)) return keeper;
  throw new CounterfoilError('INTERNAL', `${target.keeper} is no database`);
}

/** The same, as the user who may only read. */
export function keeperReader(config: Config, name: string): Sink {
  const keeper = keeperOf(config, name);
  return createDatabaseSink({ ...keeper, sink: keeper.check, poolSize: 1 });
}

/** Who takes the messages that are sent to a target. No connection is made before its first use. */
export function createPublisher(
  config: Config,
  name: string,
  target: MessageTarget,
  { reach, telemetry = UNHEARD }: SinkHooks = {},
): Publisher {
  switch (target.kind) {
    case 'kafka': {
      const { prefix, partitions, compatibility } = target;
      return createKafkaPublisher({
        kafka: kafkaOf(config, 'publisher'),
        registry: registryAddressOf(config),
        ...{ prefix, partitions, compatibility },
        replicationFactor: config.kafka.replicationFactor,
        reach,
      });
    }
    case 'http':
      return createHttpPublisher({ ...httpOptionsOf(name, target), telemetry, reach });
    default:
      return unreachable(target);
  }
}

/** Of commands, which serve no metrics. */
const UNHEARD: Telemetry = { emit: () => undefined };

/** How a receiver is reached and spoken to. */
export function httpOptionsOf(name: string, { tls, ...settings }: HttpTarget): HttpOptions {
  return { ...settings, name, tls: driverTls(tls) };
}

export function targetOf(config: Config, name: string): TargetConfig {
  const target = config.targets[name];
  if (target === undefined) throw new CounterfoilError('INTERNAL', `there is no target ${name}`);
  return target;
}

function poolSizeIn({ poolSize }: SinkSettings): { poolSize?: number } {
  return poolSize === undefined ? {} : { poolSize };
}
