import type { Kafka } from 'kafkajs';
import { readRecords } from '../../../connectors/kafka/read-records.ts';
import type { TopicReader } from '../../../connectors/kafka/topics.ts';
import { isOfTable } from '../../../schemas/contract/change-event.ts';
import type { ChangeEvent } from '../../../schemas/contract/change-event.ts';
import type { Decoder } from '../../../schemas/contract/ports.ts';
import type { Offset } from '../../../schemas/contract/position.ts';
import type { CutOff } from '../../../schemas/contract/sync-run.ts';
import type { Route } from '../routes.ts';

/** How far a clock of Kafka or Connect may be off before the search begins anew further back; then the whole topic is read. */
const MARGINS_MS = [10 * 60_000, 24 * 3_600_000, Number.POSITIVE_INFINITY];

export interface HeartbeatReading {
  readonly kafka: Kafka;
  readonly reader: TopicReader;
  readonly decoder: Decoder;
}

/**
 * The cut-off of a moment (milliseconds since the epoch): the first heartbeat that the source has committed at or after it,
 * by its own clock. A heartbeat is a transaction of its own, and changes have the order of their commits: so no transaction
 * is parted, and everything committed before the moment lies before the cut-off, however late it is looked for. Waits for
 * a moment that is to come; null when `signal` aborts.
 */
export async function findCutOff(
  route: Route,
  moment: number,
  reading: HeartbeatReading,
  signal: AbortSignal,
): Promise<CutOff | null> {
  for (const margin of MARGINS_MS) {
    const found = await firstHeartbeat(route, moment, margin, reading, signal);
    if (found === null || found.isFirst) return found?.cutOff ?? null;
  }
  return null;
}

interface Found {
  readonly cutOff: CutOff;
  /** None of after the moment can have been skipped. */
  readonly isFirst: boolean;
}

async function firstHeartbeat(
  route: Route,
  moment: number,
  margin: number,
  { kafka, reader, decoder }: HeartbeatReading,
  signal: AbortSignal,
): Promise<Found | null> {
  const at = { topic: route.heartbeatTopic, partition: 0 };
  const start: Offset | null = Number.isFinite(margin) ? await reader.offsetAfter(at, moment - margin) : null;
  let isFirst = start === null || (await reader.ranges(at.topic)).every(({ low }) => start <= low);
  const found: CutOff[] = [];
  await readRecords(
    {
      ...{ kafka, reader, accepts: (topic) => topic === route.heartbeatTopic, from: () => start },
      visit: async (record) => {
        const heartbeat = streamed(await decoder.decode(record));
        if (heartbeat === null) return false;
        if (heartbeat.time < moment) isFirst = true;
        else found.push(heartbeat);
        return found.length > 0;
      },
    },
    signal,
  );
  const [cutOff] = found;
  return cutOff === undefined ? null : { cutOff, isFirst };
}

/** A heartbeat that a snapshot has read is no place in the order of commits. */
function streamed(event: ChangeEvent): CutOff | null {
  if (!isOfTable(event) || event.source.committedAt === null) return null;
  return { version: event.source.version, time: event.source.committedAt };
}
