import type {
  BinlogSource,
  CaptureSource,
  PostgresqlSource,
} from '../../../../connectors/debezium/capture-source.ts';
import { Secret } from '../../../../connectors/debezium/secret.ts';

export const PASSWORD = 'corr3ct-h0rse';

const common = {
  host: '127.0.0.1',
  user: 'capture',
  password: new Secret(PASSWORD),
  tls: 'off',
  keyColumns: {},
  topics: { partitions: 4, replicationFactor: 1, retentionMs: 1_000_000, maxMessageBytes: 5_000_000 },
  converter: { kind: 'worker' },
  plugin: true,
  naming: 'underscore',
  overrides: {},
} as const;

export function binlogSource(changes: Partial<BinlogSource> = {}): BinlogSource {
  return {
    ...common,
    kind: 'mariadb',
    name: 'oa',
    port: 3306,
    databases: ['oa'],
    serverId: 7,
    schemaHistory: { bootstrapServers: 'kafka:9092', clientSettings: {} },
    tables: { include: ['oa.*'], exclude: ['oa.finance_payment'] },
    heartbeat: { table: 'oa.counterfoil_heartbeat', intervalMs: 1_000 },
    signals: { table: 'oa.counterfoil_signal' },
    ...changes,
  };
}

export function postgresqlSource(changes: Partial<PostgresqlSource> = {}): PostgresqlSource {
  return {
    ...common,
    kind: 'postgresql',
    name: 'finance',
    port: 5432,
    database: 'finance',
    slot: 'slot_one',
    publication: 'pub',
    failoverSlot: false,
    tables: { include: ['finance.*'], exclude: [] },
    heartbeat: { table: 'counterfoil.heartbeat', intervalMs: 1_000 },
    signals: { table: 'counterfoil.signal' },
    ...changes,
  };
}

export const EVERY_KIND: readonly CaptureSource[] = [
  binlogSource(),
  binlogSource({ kind: 'mysql' }),
  postgresqlSource(),
];
