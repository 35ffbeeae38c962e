import { randomBytes } from 'node:crypto';
import { createTopicReader } from '../../connectors/kafka/topics.ts';
import { followTopic } from '../../connectors/kafka/follow-topic.ts';
import { createDecoder } from '../../processors/decode/decoder.ts';
import { schemaIdOf } from '../../processors/decode/frame.ts';
import { compileReadable } from '../../processors/decode/readable.ts';
import type { Readable } from '../../processors/decode/readable.ts';
import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import type { Offset, PartitionRange } from '../../schemas/contract/position.ts';
import type { Decoder, RawRecord, SchemaSource } from '../../schemas/contract/ports.ts';
import type { Config } from '../config/schema.ts';
import { capturedSystems } from '../runtime/captured-systems.ts';
import { kafkaOf } from '../runtime/kafka.ts';
import { registryOf } from '../runtime/registry.ts';
import { kindOf, unknownTopic } from './topics.ts';

/** A record of a topic, decoded. Values are cells, or what a nested record has of them. */
export interface TopicRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: Offset;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly key: Readable | null;
  /** What became of the row, in topics that sources are captured into; null in canonical ones. */
  readonly operation: string | null;
  /** Null when the row, or the document, is no longer there. */
  readonly value: Readable | null;
  /** Why the record cannot be decoded; null when it can. */
  readonly fault: string | null;
}

export interface TailSettings {
  readonly fromBeginning: boolean;
  readonly follow: boolean;
  /** Records at most; of a topic that is not read from its beginning, the newest of what is there. */
  readonly max: number;
  /** Only records of this key: its values as text, with commas between them. */
  readonly key: string | undefined;
}

/** Hands out the committed records of a topic, decoded. Throws CONFIGURATION_INVALID, KAFKA_UNAVAILABLE, REGISTRY_UNAVAILABLE. */
export async function tail(
  config: Config,
  topic: string,
  settings: TailSettings,
  onRecord: (record: TopicRecord) => void,
  signal: AbortSignal,
): Promise<void> {
  const kind = kindOf(config, topic);
  const kafka = kafkaOf(config, 'tail');
  const reader = createTopicReader(kafka);
  const ranges = await reader
    .list()
    .then((topics) => {
      if (kind === null || !topics.includes(topic)) throw unknownTopic(topic);
      return reader.ranges(topic);
    })
    .finally(() => reader.close());
  const { fromBeginning, follow, max, key } = settings;
  const decode = kind === 'raw' ? changeReader(config) : messageReader(registryOf(config));
  const groupId = `counterfoil.tail.${randomBytes(6).toString('hex')}`;
  const ends = new Map(ranges.map(({ partition, high }) => [partition, high]));

  /** Hands out what is there by now, or what comes as well, until `show` says that it is enough. */
  async function read(
    from: ReadonlyMap<number, Offset>,
    onward: boolean,
    show: (record: TopicRecord) => boolean,
  ): Promise<void> {
    const ended = new AbortController();
    await followTopic(
      {
        ...{ kafka, topic, groupId, from, ends },
        onRecord: async (raw) => {
          if (!onward && raw.offset >= (ends.get(raw.partition) ?? 0n)) return;
          const record = await decode(raw);
          const wanted = key === undefined || keyText(record.key) === key;
          if (wanted && show(record)) ended.abort();
        },
        onCaughtUp: () => {
          if (!onward) ended.abort();
        },
      },
      AbortSignal.any([signal, ended.signal]),
    );
  }

  /** The newest records; offsets of transaction markers have none, so that more of them may have to be looked at. */
  async function lookBack(offsets: number): Promise<TopicRecord[]> {
    const found: TopicRecord[] = [];
    const from = new Map(ranges.map((range) => [range.partition, startOf(range, offsets, key)]));
    await read(from, false, (record) => {
      found.push(record);
      return false;
    });
    const isAll = ranges.every(({ partition, low }) => from.get(partition) === low);
    return found.length >= max || isAll || signal.aborted ? found : lookBack(offsets * 4);
  }

  if (!fromBeginning) {
    const newest = await lookBack(max);
    // What comes while it is followed is not counted.
    newest.sort((a, b) => a.time - b.time || a.partition - b.partition || Number(a.offset - b.offset));
    for (const record of newest.slice(-max)) onRecord(record);
    if (!follow) return;
  }
  const from = fromBeginning ? new Map(ranges.map(({ partition, low }) => [partition, low])) : ends;
  let left = max;
  await read(from, follow, (record) => {
    if (left > 0) onRecord(record);
    left -= 1;
    return left <= 0;
  });
}

/** Records of one key may be anywhere. */
function startOf({ low, high }: PartitionRange, max: number, key: string | undefined): Offset {
  const start = Number.isFinite(max) ? high - BigInt(max) : low;
  return key !== undefined || start < low ? low : (start as Offset);
}

function keyText(key: Readable | null): string | null {
  return key === null ? null : Object.values(key).map(String).join(',');
}

type RecordReader = (record: RawRecord) => Promise<TopicRecord>;

/** Canonical topics: Avro as it stands there. */
function messageReader(schemas: SchemaSource): RecordReader {
  const compiled = new Map<number, (bytes: Buffer) => Readable>();
  const read = async (bytes: Buffer | null, part: 'key' | 'value'): Promise<Readable | null> => {
    if (bytes === null) return null;
    const id = schemaIdOf(bytes, part);
    const reader = compiled.get(id) ?? compileReadable(await schemas.schema(id));
    compiled.set(id, reader);
    return reader(bytes);
  };
  return (record) =>
    guarded(record, async () => ({
      key: await read(record.key, 'key'),
      operation: null,
      value: await read(record.value, 'value'),
    }));
}

/** Topics that a source is captured into: changes as the routes see them. */
function changeReader(config: Config): RecordReader {
  const decoder: Decoder = createDecoder({ schemas: registryOf(config), sources: capturedSystems(config) });
  return (record) =>
    guarded(record, async () => {
      const event = await decoder.decode(record);
      switch (event.kind) {
        case 'tombstone':
          return { key: null, operation: 'tombstone', value: null };
        case 'boundary':
          return {
            key: null,
            operation: event.end === null ? 'begin' : 'end',
            value: event.end === null ? null : { ...event.end },
          };
        case 'truncate':
          return { key: null, operation: 'truncate', value: null };
        case 'delete':
        case 'upsert': {
          const { shape, key } = event;
          const named = Object.fromEntries(shape.key.map((name, at) => [name, key[at] ?? null]));
          return event.kind === 'delete'
            ? { key: named, operation: 'delete', value: event.before }
            : { key: named, operation: event.operation, value: event.after };
        }
      }
    });
}

/** A record that cannot be decoded is shown with its fault; what is not its fault is thrown. */
async function guarded(
  { topic, partition, offset, timestamp }: RawRecord,
  decode: () => Promise<Pick<TopicRecord, 'key' | 'operation' | 'value'>>,
): Promise<TopicRecord> {
  const at = { topic, partition, offset, time: timestamp };
  try {
    return { ...at, ...(await decode()), fault: null };
  } catch (error) {
    const failure = asCounterfoilError(error, 'UNDECODABLE_RECORD', 'the record cannot be decoded');
    if (failure.disposition !== 'dead-letter') throw failure;
    return { ...at, key: null, operation: null, value: null, fault: failure.message };
  }
}
