import type { Cell, Row } from '../../schemas/contract/cell.ts';
import type { TransactionEnd } from '../../schemas/contract/accounting.ts';
import type {
  BoundaryEvent,
  ChangeEvent,
  ChangeSource,
  SnapshotRow,
  UpsertEvent,
} from '../../schemas/contract/change-event.ts';
import { CounterfoilError, asCounterfoilError } from '../../schemas/contract/errors.ts';
import type { Decoder, RawRecord, SchemaSource } from '../../schemas/contract/ports.ts';
import type { Coordinates, Version } from '../../schemas/contract/position.ts';
import { BoundaryDecoder, transactionName } from './boundary.ts';
import type { Connector } from './column-facts.ts';
import type { Envelope } from './envelope.ts';
import { PAYLOAD_OFFSET, schemaIdOf } from './frame.ts';
import { KeyDecoder } from './key-decoder.ts';
import { SchemaCache } from './schema-cache.ts';
import type { KeyedSchema } from './schema-cache.ts';
import { eraAt, TopicSources } from './topic-sources.ts';
import type { SourceSettings, TopicSource } from './topic-sources.ts';
import { commitPartOf, versionInBinlog, versionInPostgres } from './change-version.ts';

export interface DecoderOptions {
  readonly schemas: SchemaSource;
  /** The captured systems by the topic prefix of their connector. */
  readonly sources: ReadonlyMap<string, SourceSettings>;
  /** What PostgreSQL connectors send for unchanged TOAST values (`unavailable.value.placeholder`). */
  readonly unavailableValue?: string;
  /** Compiled schemas kept, keys and values each; default 1,000. */
  readonly capacity?: number;
}

const PLACEHOLDER = '__debezium_unavailable_value';

/**
 * Decodes Confluent-framed Avro of Debezium's MariaDB, MySQL and PostgreSQL connectors. It remembers where the snapshot of
 * each partition was taken, for the first transactions after one depend on it (see {@link versionInPostgres}): hence
 * `resume`, and a decoder of its own for each route.
 */
export function createDecoder(options: DecoderOptions): Decoder {
  const cache = new SchemaCache(
    options.schemas,
    options.unavailableValue ?? PLACEHOLDER,
    options.capacity ?? 1_000,
  );
  const topics = new TopicSources(options.sources);
  const keys = new KeyDecoder(options.schemas, topics);
  const boundaries = new BoundaryDecoder(options.schemas);

  /** Null for a topic that tells of no transactions. */
  function decodeBoundary(record: RawRecord, value: Buffer): ChangeEvent | Promise<ChangeEvent> | null {
    const connector = topics.boundariesOf(record.topic);
    if (connector === null) return null;
    const event = (end: TransactionEnd | null): BoundaryEvent => ({
      ...{ kind: 'boundary', at: coordinatesOf(record), publishedAt: record.timestamp, end },
    });
    try {
      const end = boundaries.read(value, connector);
      if (!(end instanceof Promise)) return event(end);
      return end.then(event).catch((error: unknown) => Promise.reject(located(record, error)));
    } catch (error) {
      throw located(record, error);
    }
  }

  function decodeNow(record: RawRecord, value: Buffer, schema: KeyedSchema): ChangeEvent {
    try {
      const envelope = schema.value.codec.read(value, PAYLOAD_OFFSET);
      const topic = topics.of(record.topic, schema.value.connector);
      const source = sourceOf(record, envelope, topic);
      const key =
        record.key === null || schema.key === null
          ? []
          : schema.key.read(record.key, PAYLOAD_OFFSET, source.snapshot);
      return eventOf(record, envelope, source, schema, key);
    } catch (error) {
      throw located(record, error);
    }
  }

  return {
    decode(record) {
      const { value } = record;
      if (value === null) {
        return { kind: 'tombstone', at: coordinatesOf(record), publishedAt: record.timestamp };
      }
      const boundary = decodeBoundary(record, value);
      if (boundary !== null) return boundary;
      let schema: KeyedSchema | Promise<KeyedSchema>;
      try {
        const keyId = record.key === null ? null : schemaIdOf(record.key, 'key');
        schema = cache.schemaOf(keyId, schemaIdOf(value, 'value'));
      } catch (error) {
        throw located(record, error);
      }
      if (!(schema instanceof Promise)) return decodeNow(record, value, schema);
      return schema.then(
        (loaded) => decodeNow(record, value, loaded),
        (error: unknown) => Promise.reject(located(record, error)),
      );
    },
    keyOf: (record) => keys.keyOf(record),
    resume(partition, newest) {
      topics.setFloor(partition, newest === null ? 0n : commitPartOf(newest));
    },
  };
}

function eventOf(
  record: RawRecord,
  envelope: Envelope,
  source: ChangeSource,
  schema: KeyedSchema,
  key: readonly Cell[],
): ChangeEvent {
  const at = coordinatesOf(record);
  const publishedAt = record.timestamp;
  const shape = schema.shapeOf(envelope.source);
  const operation = OPERATIONS[envelope.op];
  if (operation !== undefined) {
    if (envelope.after === null)
      throw new CounterfoilError('UNDECODABLE_RECORD', 'the row after the change is missing');
    const row = schema.rowOf(envelope.after, source.snapshot);
    const before = operation === 'update' ? rowBefore(envelope, schema) : null;
    // What was not sent of the row after a change is as it was.
    const after = before === null ? row : { ...before, ...row };
    return { kind: 'upsert', operation, key, before, after, at, publishedAt, source, shape };
  }
  if (envelope.op === 'd')
    return { kind: 'delete', key, before: rowBefore(envelope, schema), at, publishedAt, source, shape };
  if (envelope.op === 't') return { kind: 'truncate', at, publishedAt, source, shape };
  throw new CounterfoilError('UNDECODABLE_RECORD', 'the operation of the event is none of c, u, r, d, t');
}

/** Null where the table has a key, by which the row is found. */
function rowBefore({ before }: Envelope, schema: KeyedSchema): Row | null {
  if (schema.key !== null) return null;
  if (before != null) return schema.rowOf(before, false);
  throw new CounterfoilError(
    'UNDECODABLE_RECORD',
    'the table has no key, and the row before the change is missing',
    {
      remedy:
        'Have the source log whole rows (PostgreSQL: ALTER TABLE … REPLICA IDENTITY FULL; MariaDB, MySQL: binlog_row_image=FULL), then snapshot its tables again.',
    },
  );
}

const OPERATIONS: Readonly<Record<string, UpsertEvent['operation'] | undefined>> = {
  c: 'insert',
  u: 'update',
  r: 'snapshot',
};

function sourceOf(record: RawRecord, envelope: Envelope, topic: TopicSource): ChangeSource {
  const { source } = envelope;
  const snapshot = isSnapshot(source.snapshot ?? null);
  return {
    connector: topic.connector,
    name: topic.name,
    version: versionOf(envelope, snapshot, topic, record),
    // A snapshot read has no commit: what `ts_ms` says there is when the row was read.
    committedAt: snapshot ? null : Number(source.ts_ms),
    capturedAt: Number(envelope.ts_ms ?? source.ts_ms),
    transaction: snapshot ? null : transactionOf(envelope, topic.connector),
    place: snapshot ? null : placeOf(envelope),
    snapshot,
    snapshotRow: snapshot ? (SNAPSHOT_ROWS[source.snapshot ?? ''] ?? 'other') : null,
  };
}

const SNAPSHOT_ROWS: Readonly<Record<string, SnapshotRow | undefined>> = {
  first: 'first',
  first_in_data_collection: 'first',
  last: 'last',
  last_in_data_collection: 'last',
  incremental: 'incremental',
};

function isSnapshot(snapshot: string | null): boolean {
  return snapshot !== null && snapshot !== 'false';
}

function versionOf(
  { source }: Envelope,
  snapshot: boolean,
  topic: TopicSource,
  { partition, offset, timestamp }: RawRecord,
): Version {
  const era = eraAt(topic, timestamp);
  if (topic.connector !== 'postgresql') return versionInBinlog(source, snapshot, era, offset);
  const version = versionInPostgres(source, snapshot, era, topic.floors[partition] ?? 0n);
  if (snapshot) topic.floors[partition] = commitPartOf(version);
  return version;
}

function transactionOf({ transaction, source }: Envelope, connector: Connector): string | null {
  if (transaction != null) return transactionName(transaction.id, connector);
  return (connector === 'postgresql' ? source.txId?.toString() : source.gtid) ?? null;
}

function placeOf({ transaction }: Envelope): number | null {
  const place = transaction?.data_collection_order;
  return place === undefined ? null : Number(place);
}

function coordinatesOf({ topic, partition, offset }: RawRecord): Coordinates {
  return { topic, partition, offset };
}

/** Says which record it was. What avsc throws on bytes that do not fit is the record's fault. */
function located(record: RawRecord, error: unknown): CounterfoilError {
  const cause = asCounterfoilError(error, 'UNDECODABLE_RECORD', 'the bytes do not fit the schema');
  const place = `${record.topic}[${record.partition}]@${record.offset.toString()}`;
  return new CounterfoilError(cause.code, `${place}: ${cause.message}`, {
    cause,
    ...(cause.remedy === undefined ? {} : { remedy: cause.remedy }),
  });
}
