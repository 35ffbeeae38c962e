import type { Reach } from '../../sinks/upsert/apply.ts';
import type { OnAltered } from '../../sinks/upsert/tables.ts';
import { createMysqlSink } from '../../sinks/mysql/sink.ts';
import { createPostgresSink } from '../../sinks/postgres/sink.ts';
import type { Sink } from '../../schemas/contract/ports.ts';
import type { TargetConfig } from '../config/target-schema.ts';
import { driverTls } from '../config/tls.ts';

/** What a pipeline wants to hear of a sink. */
export interface SinkHooks {
  readonly reach?: Reach;
  readonly onAltered?: OnAltered;
}

/** The sink of a configured target. No connection is made before its first use. */
export function createSink(target: TargetConfig, hooks: SinkHooks = {}): Sink {
  const { host, port, sink, namespace, poolSize, tls } = target;
  const options = { host, port, ...sink, namespace, poolSize, tls: driverTls(tls, host), ...hooks };
  return target.kind === 'postgresql'
    ? createPostgresSink({ ...options, database: target.database })
    : createMysqlSink(options);
}
