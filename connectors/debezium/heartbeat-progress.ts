import type { Admin } from 'kafkajs';
import type { CaptureSource } from './capture-source.ts';
import { tableIdOf } from '../../schemas/contract/table-pattern.ts';
import { topicNameOf } from './topic-names.ts';

/** How far each connector's heartbeats have come, by connector name; null when that cannot be said now. */
export type HeartbeatProgress = (connector: string) => Promise<bigint | null>;

/**
 * Reads the end of the topics in which the heartbeat tables' changes arrive. It grows with each beat, whatever the
 * routes do meanwhile, so that a route that stands still does not make its connector look dead. Needs a connected admin.
 */
export function heartbeatProgress(
  admin: Pick<Admin, 'fetchTopicOffsets'>,
  sources: readonly CaptureSource[],
): HeartbeatProgress {
  const topics = new Map(
    sources.map(({ name, heartbeat, naming }) => [
      name,
      topicNameOf(name, tableIdOf(heartbeat.table), naming),
    ]),
  );
  return async (connector) => {
    const topic = topics.get(connector);
    if (topic === undefined) return null;
    try {
      const partitions = await admin.fetchTopicOffsets(topic);
      return partitions.reduce((sum, { high }) => sum + BigInt(high), 0n);
    } catch {
      // Kafka is away or the topic is not there yet: other parts of the product say so.
      return null;
    }
  };
}
