import { setTimeout as sleep } from 'node:timers/promises';
import type { TopicReader } from '../../connectors/kafka/topics.ts';
import { offsetGap } from '../../monitoring/consistency/fence.ts';
import type { Sink } from '../../schemas/contract/ports.ts';
import type { Version } from '../../schemas/contract/position.ts';
import type { Route } from './routes.ts';

const POLL_MS = 50;

/**
 * A place in the history of the source up to which the route has applied everything, in all of its partitions: what a
 * transaction has written before it is there as a whole. The heartbeat that the route has passed last names the place;
 * the connector publishes in order, so that all before it was in Kafka when it was read, and is applied once the route
 * has passed what the topics held after that. Null when no heartbeat was passed yet, or `signal` aborts.
 */
export async function takeCut(
  route: Route,
  sink: Pick<Sink, 'positions'>,
  reader: Pick<TopicReader, 'list' | 'ranges'>,
  signal: AbortSignal,
): Promise<Version | null> {
  const cut = newestHeartbeat(route, await sink.positions(route.name));
  if (cut === null) return null;
  const topics = (await reader.list()).filter(route.accepts);
  const ends = new Map(
    await Promise.all(topics.map(async (topic) => [topic, await reader.ranges(topic)] as const)),
  );
  while (offsetGap(ends, await sink.positions(route.name)) !== null) {
    if (signal.aborted) return null;
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  return cut;
}

function newestHeartbeat(
  { heartbeatTopic }: Route,
  positions: Awaited<ReturnType<Sink['positions']>>,
): Version | null {
  return positions
    .filter(({ topic }) => topic === heartbeatTopic)
    .reduce<Version | null>(
      (newest, { sourceVersion }) =>
        sourceVersion !== null && (newest === null || sourceVersion > newest) ? sourceVersion : newest,
      null,
    );
}
