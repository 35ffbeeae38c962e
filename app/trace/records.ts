import { heldRanges } from '../../connectors/kafka/held-range.ts';
import { readRanges } from '../../connectors/kafka/read-ranges.ts';
import { createTopicReader } from '../../connectors/kafka/topics.ts';
import { createDecoder } from '../../processors/decode/decoder.ts';
import { schemaIdOf } from '../../processors/decode/frame.ts';
import { isRowEvent } from '../../schemas/contract/change-event.ts';
import type { RowEvent } from '../../schemas/contract/change-event.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Decoder, RawRecord } from '../../schemas/contract/ports.ts';
import type { Offset, OffsetRange, PartitionRange } from '../../schemas/contract/position.ts';
import type { Config } from '../config/schema.ts';
import { capturedSystems } from '../runtime/captured-systems.ts';
import { kafkaOf } from '../runtime/kafka.ts';
import { registryOf } from '../runtime/registry.ts';
import type { FoundRecord, LowOf } from './changes.ts';

/** What Kafka holds, and the records in it that are about the row. */
export interface HeldRecords {
  readonly found: readonly FoundRecord[];
  readonly lowOf: LowOf;
}

export interface RecordsWanted {
  readonly ranges: readonly OffsetRange[];
  readonly isOfRow: (event: RowEvent) => boolean;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** So many offsets are read without a word. */
const QUIETLY = 20_000n;

/** Reads some ranges of Kafka, and no more of them than it holds. Throws KAFKA_UNAVAILABLE and REGISTRY_UNAVAILABLE. */
export async function readHeld(config: Config, wanted: RecordsWanted): Promise<HeldRecords> {
  if (wanted.ranges.length === 0) return { found: [], lowOf: () => null };
  const kafka = kafkaOf(config, 'trace');
  const reader = createTopicReader(kafka);
  const topics = [...new Set(wanted.ranges.map(({ topic }) => topic))];
  const held = await reader
    .list()
    .then((known) =>
      heldRanges(
        reader,
        topics.filter((topic) => known.includes(topic)),
      ),
    )
    .finally(() => reader.close());
  const rangeOf = ({ topic, partition }: OffsetRange) =>
    held.get(topic)?.find((each) => each.partition === partition) ?? null;
  const ranges = wanted.ranges.flatMap((range) => heldPart(range, rangeOf(range)));
  const offsets = ranges.reduce((sum, { first, next }) => sum + next - first, 0n);
  if (offsets > QUIETLY) wanted.onProgress(`reading ${offsets.toString()} offsets of ${topics.join(', ')}`);

  const decoder = decoderOf(config);
  const found: FoundRecord[] = [];
  await readRanges(
    kafka,
    ranges,
    async (record) => {
      const read = await foundIn(decoder, record);
      if (read !== null && wanted.isOfRow(read.event)) found.push(read);
    },
    wanted.signal,
  );
  return { found, lowOf: (range) => rangeOf(range)?.low ?? null };
}

function heldPart(range: OffsetRange, held: PartitionRange | null): readonly OffsetRange[] {
  if (held === null) return [];
  const first = range.first > held.low ? range.first : held.low;
  const next: Offset = range.next < held.high ? range.next : held.high;
  return first < next ? [{ ...range, first, next }] : [];
}

export function decoderOf(config: Config): Decoder {
  return createDecoder({ schemas: registryOf(config), sources: capturedSystems(config) });
}

/** Null for a record that is about no row, or cannot be decoded: dead letters tell of those. */
export async function foundIn(decoder: Decoder, record: RawRecord): Promise<FoundRecord | null> {
  try {
    const event = await decoder.decode(record);
    if (!isRowEvent(event) || record.value === null) return null;
    return { event, schemaId: schemaIdOf(record.value, 'value') };
  } catch (error) {
    if (error instanceof CounterfoilError && error.disposition === 'dead-letter') return null;
    throw error;
  }
}
