import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import { createKafka } from '../../connectors/kafka/client.ts';
import { driverTls } from '../config/tls.ts';
import type { Config } from '../config/schema.ts';

/** A kafkajs client of the configured cluster; `role` shows in the brokers' logs. */
export function kafkaOf({ kafka }: Config, role: string, logger?: Logger): Kafka {
  return createKafka({
    brokers: kafka.brokers,
    clientId: `counterfoil-${role}`,
    tls: driverTls(kafka.tls),
    ...(kafka.sasl ? { sasl: kafka.sasl } : {}),
    log: (level, message, fields) => logger?.[level](fields, message),
  });
}
