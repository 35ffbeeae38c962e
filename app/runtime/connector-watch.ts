import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createConnectClient } from '../../connectors/debezium/connect-client.ts';
import { watchConnectors } from '../../connectors/debezium/watcher.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import type { Config } from '../config/schema.ts';

/** Watches the connectors of the configuration and restarts what failed, until `signal` aborts. Never throws. */
export function startConnectorWatch(
  config: Config,
  telemetry: Telemetry,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  return watchConnectors({
    client: createConnectClient({ url: config.connect.url, timeoutMs: 5_000 }),
    connectors: Object.keys(config.sources),
    telemetry,
    intervalMs: 5_000,
    backOff: { firstMs: 5_000, maxMs: 300_000, healthyMs: 60_000 },
    clock: {
      now: Date.now,
      sleep: (milliseconds, until) =>
        sleep(milliseconds, undefined, { signal: until }).catch(() => undefined),
    },
    random: Math.random,
    signal,
    onStatus: (status) => {
      logger.info(status, `connector ${status.name}: ${status.health}`);
    },
  });
}
