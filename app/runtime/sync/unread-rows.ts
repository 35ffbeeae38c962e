import type { Kafka } from 'kafkajs';
import { heldRanges } from '../../../connectors/kafka/held-range.ts';
import { readRecords } from '../../../connectors/kafka/read-records.ts';
import type { TopicReader } from '../../../connectors/kafka/topics.ts';
import type { FenceOptions, FenceOutcome, UnreadRow } from '../../../monitoring/consistency/fence.ts';
import { isPassed, positionText } from '../../../monitoring/consistency/source-position.ts';
import type { SourcePosition } from '../../../monitoring/consistency/source-position.ts';
import type { UnreadFence } from '../../../monitoring/consistency/unread-rows.ts';
import { isOfTable } from '../../../schemas/contract/change-event.ts';
import { rowKeyOf } from '../../../schemas/contract/cell.ts';
import { withDeadline } from '../../../schemas/contract/deadline.ts';
import type { Decoder, Sink } from '../../../schemas/contract/ports.ts';
import type { Offset, TopicPartition } from '../../../schemas/contract/position.ts';
import { tableLabel } from '../../../schemas/contract/table.ts';
import type { Route } from '../routes.ts';

/** Of so many rows it is known which have changed since the cut-off; with more the route should run first. */
const MOST_ROWS = 1_000_000;
/** Heartbeats from before this are not looked at, milliseconds: the one wanted is yet to come. */
const LOOK_BACK_MS = 10 * 60_000;

export interface UnreadOptions {
  readonly route: Route;
  readonly kafka: Kafka;
  readonly reader: TopicReader;
  readonly sink: Pick<Sink, 'positions'>;
  /** Each reading has its own: it depends on what was decoded before. */
  readonly newDecoder: () => Decoder;
}

/** See {@link UnreadFence}. */
export function createUnreadFence(options: UnreadOptions): UnreadFence {
  return async (position, fence) => {
    const rows = await withDeadline(fence.signal, fence.deadlineSeconds * 1_000, async (until) => {
      const positions = await options.sink.positions(options.route.name);
      const next = new Map(positions.map((each) => [labelOf(each), each.next]));
      if (!(await isCaptured(options, position, next, until))) return null;
      const read = await readRows(options, next, until);
      return until.aborted ? null : read;
    });
    if (rows === null) return late(options.route, position, fence);
    if (rows.length <= MOST_ROWS) return { passed: true, unread: rows };
    return {
      passed: false,
      reason: `more than ${MOST_ROWS.toString()} rows have changed since the route ran last; let it run first`,
    };
  };
}

function late({ heartbeatTopic }: Route, position: SourcePosition, fence: FenceOptions): FenceOutcome {
  fence.signal.throwIfAborted();
  return {
    passed: false,
    reason:
      `what was committed before ${positionText(position)} could not be read from Kafka in ` +
      `${fence.deadlineSeconds.toString()} s; see whether the connector runs and ${heartbeatTopic} receives events`,
  };
}

/** Waits until Kafka has a heartbeat of after the position. */
async function isCaptured(
  { route, kafka, reader, newDecoder }: UnreadOptions,
  position: SourcePosition,
  next: ReadonlyMap<string, Offset>,
  until: AbortSignal,
): Promise<boolean> {
  const at = { topic: route.heartbeatTopic, partition: 0 };
  const recent = await reader.offsetAfter(at, Date.now() - LOOK_BACK_MS);
  const reached = next.get(labelOf(at));
  const decoder = newDecoder();
  let captured = false;
  await readRecords(
    {
      ...{ kafka, reader, accepts: (topic) => topic === route.heartbeatTopic },
      from: () => (reached === undefined || recent > reached ? recent : reached),
      visit: async (record) => {
        const event = await decoder.decode(record);
        captured ||= isOfTable(event) && isPassed(position, event.source.version);
        return captured;
      },
    },
    until,
  );
  return captured;
}

async function readRows(
  { route, kafka, reader, newDecoder }: UnreadOptions,
  next: ReadonlyMap<string, Offset>,
  until: AbortSignal,
): Promise<readonly UnreadRow[]> {
  const accepts = (topic: string) => route.reads(topic);
  const topics = (await reader.list()).filter(accepts);
  const ends = await heldRanges(reader, topics);
  const decoder = newDecoder();
  const rows = new Map<string, UnreadRow>();
  await readRecords(
    {
      ...{ kafka, reader, accepts, ends, from: (at) => next.get(labelOf(at)) ?? null },
      visit: async (record) => {
        const event = await decoder.decode(record);
        if (!isOfTable(event)) return false;
        const key = event.kind === 'truncate' ? [] : event.key;
        rows.set(`${tableLabel(event.shape.id)}\n${rowKeyOf(key)}`, { table: event.shape.id, key });
        return rows.size > MOST_ROWS;
      },
    },
    until,
  );
  return [...rows.values()];
}

function labelOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition.toString()}`;
}
