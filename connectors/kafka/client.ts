import kafkajs from 'kafkajs';
import type { Kafka, KafkaConfig, LogEntry } from 'kafkajs';

export interface KafkaOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Without it nothing is encrypted. */
  readonly tls?: { readonly ca?: string; readonly checkServerIdentity?: () => undefined } | undefined;
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** Receives what kafkajs has to say; it carries no record values. */
  readonly log?: (
    level: 'error' | 'warn' | 'info' | 'debug',
    message: string,
    fields: Readonly<Record<string, unknown>>,
  ) => void;
}

/**
 * kafkajs, with its log bridged. Retries of single requests are kept short: waiting out an outage is the route's
 * business, where it is seen in health and metrics.
 */
export function createKafka(options: KafkaOptions): Kafka {
  const { log } = options;
  const config: KafkaConfig = {
    brokers: [...options.brokers],
    clientId: options.clientId,
    connectionTimeout: 5_000,
    requestTimeout: 30_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 6 },
    logLevel: kafkajs.logLevel.INFO,
    logCreator: () => (entry) => {
      log?.(levelOf(entry), `kafka: ${entry.log.message}`, fieldsOf(entry));
    },
  };
  if (options.tls) config.ssl = { ...options.tls };
  if (options.sasl) config.sasl = saslOf(options.sasl);
  return new kafkajs.Kafka(config);
}

type Sasl = NonNullable<KafkaOptions['sasl']>;

function saslOf({ mechanism, username, password }: Sasl): NonNullable<KafkaConfig['sasl']> {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
  }
}

/**
 * kafkajs calls every rebalance and retried request an error or a warning. What ends a session reaches people through
 * the route's state, so its own voice is lowered by one level.
 */
function levelOf(entry: LogEntry): 'error' | 'warn' | 'info' | 'debug' {
  if (entry.level === kafkajs.logLevel.ERROR) return 'warn';
  return entry.level === kafkajs.logLevel.WARN ? 'info' : 'debug';
}

function fieldsOf(entry: LogEntry): Record<string, unknown> {
  const { groupId, topic, partition, error, broker } = entry.log as Record<string, unknown>;
  const fields = { namespace: entry.namespace, groupId, topic, partition, broker, error: textOf(error) };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function textOf(error: unknown): string | undefined {
  if (error instanceof Error) return error.message;
  return typeof error === 'string' ? error : undefined;
}
