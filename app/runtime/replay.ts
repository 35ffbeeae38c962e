import { createTopicReader } from '../../connectors/kafka/topics.ts';
import type { TopicReader } from '../../connectors/kafka/topics.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Sink, StoredPosition } from '../../schemas/contract/ports.ts';
import type { Offset, TopicPartition } from '../../schemas/contract/position.ts';
import type { Config } from '../config/schema.ts';
import { kafkaOf } from './kafka.ts';
import type { Route } from './routes.ts';
import { createSink } from './targets.ts';

/** Where a replay begins; a time is that of Kafka's records, milliseconds since the epoch. */
export type ReplayStart =
  | { readonly kind: 'beginning' }
  | { readonly kind: 'offset'; readonly offset: Offset }
  | { readonly kind: 'time'; readonly time: number };

/** What would be read again of one partition. */
export interface PartitionReplay extends TopicPartition {
  readonly next: Offset;
  /** The position now: what is read again ends before it. */
  readonly until: Offset;
  /** At most so many: transaction markers occupy offsets, too. */
  readonly records: bigint;
  /** Offsets that were asked for but are no longer in Kafka; null when all are. */
  readonly gone: { readonly from: Offset; readonly to: Offset } | null;
  /** Commit time at the source of what the position stands at, milliseconds; null when unknown. */
  readonly sourceTime: number | null;
}

export interface Replay {
  readonly route: string;
  readonly partitions: readonly PartitionReplay[];
  /** Sets the positions back. A process that runs the route goes on from there by itself. */
  run(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Looks what a replay would read again; nothing is changed before `run`. Without `topics`: all of the route but its
 * heartbeats. Throws CONFIGURATION_INVALID for a topic that the route has no position in.
 */
export async function planReplay(
  config: Config,
  route: Route,
  start: ReplayStart,
  topics: readonly string[] | undefined,
): Promise<Replay> {
  const sink = await createSink(config, route.config.target, { poolSize: 1 });
  const reader = createTopicReader(kafkaOf(config, 'replay'));
  try {
    const positions = await chosenPositions(sink, route, topics);
    const planned = await Promise.all(positions.map((position) => planPartition(reader, position, start)));
    const partitions = planned.filter(({ next, until }) => next < until);
    return {
      route: route.name,
      partitions,
      run: () => sink.rewind(route.name, partitions),
      close: () => sink.close(),
    };
  } catch (error) {
    await sink.close();
    throw error;
  } finally {
    await reader.close();
  }
}

async function chosenPositions(
  sink: Sink,
  route: Route,
  topics: readonly string[] | undefined,
): Promise<readonly StoredPosition[]> {
  const positions = await sink.positions(route.name);
  if (topics === undefined) return positions.filter(({ topic }) => route.reads(topic));
  const known = new Set(positions.map(({ topic }) => topic));
  for (const topic of topics) {
    if (known.has(topic)) continue;
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `route ${route.name} has no position in ${topic}; it has some in ${[...known].join(', ') || 'no topic'}`,
    );
  }
  return positions.filter(({ topic }) => topics.includes(topic));
}

async function planPartition(
  reader: TopicReader,
  { topic, partition, next: until, sourceTime }: StoredPosition,
  start: ReplayStart,
): Promise<PartitionReplay> {
  const range = (await reader.ranges(topic)).find((each) => each.partition === partition);
  const low = range?.low ?? until;
  const wanted = await wantedOffset(reader, { topic, partition }, start);
  const next = wanted < low ? low : wanted;
  const gone = wanted < low ? { from: wanted, to: (low - 1n) as Offset } : null;
  const records = next < until ? until - next : 0n;
  return { topic, partition, next, until, records, gone, sourceTime };
}

async function wantedOffset(
  reader: TopicReader,
  partition: TopicPartition,
  start: ReplayStart,
): Promise<Offset> {
  switch (start.kind) {
    case 'beginning':
      return 0n as Offset;
    case 'offset':
      return start.offset;
    case 'time':
      return reader.offsetAfter(partition, start.time - 1);
  }
}
