import type { Reach } from '../../sinks/upsert/apply.ts';
import { createMysqlSink } from '../../sinks/mysql/sink.ts';
import { createPostgresSink } from '../../sinks/postgres/sink.ts';
import type { Sink } from '../../schemas/contract/ports.ts';
import type { TargetConfig } from '../config/target-schema.ts';
import { driverTls } from '../config/tls.ts';

/** The sink of a configured target. No connection is made before its first use. */
export function createSink(target: TargetConfig, reach?: Reach): Sink {
  const { host, port, sink, namespace, poolSize, tls } = target;
  const options = { host, port, ...sink, namespace, poolSize, tls: driverTls(tls, host), reach };
  return target.kind === 'postgresql'
    ? createPostgresSink({ ...options, database: target.database })
    : createMysqlSink(options);
}
