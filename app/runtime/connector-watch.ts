import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { heartbeatProgress } from '../../connectors/debezium/heartbeat-progress.ts';
import { watchConnectors } from '../../connectors/debezium/watcher.ts';
import type { TopicReader } from '../../connectors/kafka/topics.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import type { Config } from '../config/schema.ts';
import { captureSources } from './capture.ts';
import { connectOf } from './connect.ts';
import { gapOf } from './source-log.ts';

/** A connector whose heartbeats stop for so long is dead, whatever it says; see docs/metrics.md. */
const SILENCE_MS = 15_000;

/** Two small questions to source and Connect. */
const GAP_INTERVAL_MS = 30_000;

export interface ConnectorWatchOptions {
  readonly config: Config;
  readonly reader: TopicReader;
  readonly telemetry: Telemetry;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Watches the connectors of the configuration and restarts what failed, until `signal` aborts. Never throws. */
export function startConnectorWatch(options: ConnectorWatchOptions): Promise<void> {
  const { config, reader, telemetry, logger, signal } = options;
  const admin = {
    fetchTopicOffsets: async (topic: string) =>
      (await reader.ranges(topic)).map(({ partition, low, high }) => ({
        partition,
        offset: high.toString(),
        low: low.toString(),
        high: high.toString(),
      })),
  };
  const client = connectOf(config, 5_000);
  return watchConnectors({
    client,
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
    gap: { intervalMs: GAP_INTERVAL_MS, find: (connector) => gapOf(config, client, connector) },
    silence: { limitMs: SILENCE_MS, progress: heartbeatProgress(admin, captureSources(config)) },
    signal,
    onStatus: (status) => {
      logger.info(status, `connector ${status.name}: ${status.health}`);
    },
  });
}
