import type { Kafka } from 'kafkajs';
import { heldRanges } from '../../connectors/kafka/held-range.ts';
import { readRanges } from '../../connectors/kafka/read-ranges.ts';
import type { TopicReader } from '../../connectors/kafka/topics.ts';
import type { TransactionRecords } from '../../monitoring/accounting/closer-look.ts';
import type { TransactionEnd } from '../../schemas/contract/accounting.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { isOfTable } from '../../schemas/contract/change-event.ts';
import type { ChangeEvent } from '../../schemas/contract/change-event.ts';
import type { Decoder, RawRecord, Sink } from '../../schemas/contract/ports.ts';
import { offsetOf } from '../../schemas/contract/position.ts';
import type { Offset, OffsetRange } from '../../schemas/contract/position.ts';
import { tableLabel } from '../../schemas/contract/table.ts';

/** A connector that goes back in the log sends an end again soon after it has sent it before. */
const ENDS_LOOKED_AT = 100_000n;

export interface TransactionRecordsOptions {
  readonly route: string;
  readonly kafka: Kafka;
  readonly reader: TopicReader;
  readonly newDecoder: () => Decoder;
  readonly sink: Pick<Sink, 'letters'>;
  /** In which the connector tells of transactions. */
  readonly boundaryTopic: string;
  readonly topicOf: (table: string) => string;
  readonly signal: AbortSignal;
}

/** What the topics, and the dead letters, tell of a transaction. */
export function transactionRecords(options: TransactionRecordsOptions): TransactionRecords {
  const { route, newDecoder, sink, topicOf } = options;
  return {
    async places(transaction, table, ranges) {
      const places: number[] = [];
      const decoder = newDecoder();
      const complete = await readHeld(options, ranges, async (record) => {
        const event = await decoded(decoder, record);
        const place = event === null ? null : placeIn(event, transaction, table);
        if (place !== null) places.push(place);
      });
      return complete ? places : null;
    },
    async endedBefore({ transaction, end, endIn }) {
      if (end === null || endIn === null) return false;
      const ends = await endsOf(options, transaction, endIn.next);
      return ends.filter(({ committedAt }) => committedAt === end.committedAt).length > 1;
    },
    async hasEnded(transaction) {
      return (await endsOf(options, transaction, null)).length > 0;
    },
    async unidentified(table) {
      const letters = await sink.letters.list(route, { topic: topicOf(table) });
      return letters.filter(({ version }) => version === null).length;
    },
  };
}

/** The newest ends of a transaction; `before` an offset, or all. */
async function endsOf(
  options: TransactionRecordsOptions,
  transaction: string,
  before: Offset | null,
): Promise<readonly TransactionEnd[]> {
  const { reader, newDecoder, boundaryTopic: topic } = options;
  const ranges = (await reader.ranges(topic)).map(({ partition, low, high }) => {
    const next = before ?? high;
    return {
      topic,
      partition,
      first: offsetOf(next - ENDS_LOOKED_AT > low ? next - ENDS_LOOKED_AT : low),
      next,
    };
  });
  const decoder = newDecoder();
  const ends: TransactionEnd[] = [];
  await readHeld(options, ranges, async (record) => {
    const event = await decoded(decoder, record);
    if (event?.kind === 'boundary' && event.end?.transaction === transaction) ends.push(event.end);
  });
  return ends;
}

/** Null for a record that cannot be decoded: it has a dead letter. */
async function decoded(decoder: Decoder, record: RawRecord): Promise<ChangeEvent | null> {
  try {
    return await decoder.decode(record);
  } catch (error) {
    if (error instanceof CounterfoilError && error.disposition === 'dead-letter') return null;
    throw error;
  }
}

function placeIn(event: ChangeEvent, transaction: string, table: string): number | null {
  if (!isOfTable(event) || event.source.transaction !== transaction) return null;
  return tableLabel(event.shape.id) === table ? event.source.place : null;
}

/** Hands out the records of these ranges; false, and none of them, when Kafka no longer holds them all. */
async function readHeld(
  { kafka, reader, signal }: TransactionRecordsOptions,
  ranges: readonly OffsetRange[],
  visit: (record: RawRecord) => Promise<void>,
): Promise<boolean> {
  const held = await heldRanges(reader, [...new Set(ranges.map(({ topic }) => topic))]);
  const isHeld = ({ topic, partition, first }: OffsetRange) =>
    held.get(topic)?.some((range) => range.partition === partition && range.low <= first) === true;
  if (!ranges.every(isHeld)) return false;
  await readRanges(kafka, ranges, visit, signal);
  return true;
}
