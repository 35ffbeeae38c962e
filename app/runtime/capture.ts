import type { CaptureSource, Converter } from '../../connectors/debezium/capture-source.ts';
import { Secret } from '../../connectors/debezium/secret.ts';
import type { Config } from '../config/schema.ts';
import type { SourceConfig } from '../config/source-schema.ts';
import { kafkaClientSettings } from './kafka-client-settings.ts';

const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;

/** The sources of the configuration as the connector templates want them. */
export function captureSources(config: Config): readonly CaptureSource[] {
  return Object.entries(config.sources).map(([name, source]) => captureSource(name, source, config));
}

function captureSource(name: string, source: SourceConfig, config: Config): CaptureSource {
  const common = {
    name,
    host: source.host,
    port: source.port,
    user: source.capture.user,
    password: new Secret(source.capture.password),
    tls: source.tls?.mode ?? ('off' as const),
    tables: { include: source.include, exclude: source.exclude },
    heartbeat: source.heartbeat,
    signals: source.signals ?? null,
    keyColumns: source.keys,
    topics: {
      partitions: source.partitions,
      replicationFactor: config.kafka.replicationFactor,
      retentionMs: WEEK_MS,
      maxMessageBytes: 32 * 1024 * 1024,
    },
    naming: source.naming,
    converter: converterOf(config),
    plugin: config.connect.plugin,
    overrides: source.connector,
  };
  if (source.kind === 'postgresql') {
    const { kind, database, slot, publication } = source;
    return { ...common, kind, database, slot, publication, failoverSlot: false };
  }
  return {
    ...common,
    kind: source.kind,
    databases: source.databases,
    serverId: source.serverId,
    schemaHistory: {
      bootstrapServers: config.kafka.brokers.join(','),
      clientSettings: kafkaClientSettings(config.kafka),
    },
  };
}

/** Without the address of the registry's own API, the connector has what the Connect worker has by default. */
function converterOf({ registry }: Config): Converter {
  if (registry.converterUrl === undefined) return { kind: 'worker' };
  const { converterUrl: url, auth } = registry;
  if (auth === undefined) return { kind: 'apicurio', url };
  return { kind: 'apicurio', url, auth: { user: auth.user, password: new Secret(auth.password) } };
}
