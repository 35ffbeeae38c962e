import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChangeEvent, DeleteEvent, UpsertEvent } from '../../../../schemas/contract/change-event.ts';
import { CounterfoilError } from '../../../../schemas/contract/errors.ts';
import type { AvroSchema, RawRecord, SchemaSource, Decoder } from '../../../../schemas/contract/ports.ts';
import { offsetOf } from '../../../../schemas/contract/position.ts';
import { createDecoder } from '../../../../processors/decode/decoder.ts';

interface Recording {
  readonly schemas: Readonly<Record<string, string>>;
  readonly records: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly offset: string;
    readonly timestamp: string;
    readonly key: string | null;
    readonly value: string | null;
  }[];
}

/** What real connectors and a real registry once said; see `about` in the file. */
const recording = JSON.parse(readFileSync(join(import.meta.dirname, 'recorded.json'), 'utf8')) as Recording;

const bytes = (text: string | null) => (text === null ? null : Buffer.from(text, 'base64'));

export const recorded: readonly RawRecord[] = recording.records.map((record) => ({
  topic: record.topic,
  partition: record.partition,
  offset: offsetOf(record.offset),
  key: bytes(record.key),
  value: bytes(record.value),
  headers: {},
  timestamp: Number(record.timestamp),
}));

export const recordedSchemas: SchemaSource = {
  schema: (id) => {
    const text = recording.schemas[id];
    return text === undefined
      ? Promise.reject(new CounterfoilError('UNKNOWN_SCHEMA_ID', `no schema ${id}`))
      : Promise.resolve(JSON.parse(text) as AvroSchema);
  },
};

export const recordedSources = new Map([
  ['recording_oa', { connector: 'mariadb', era: 0 }],
  ['recording_finance', { connector: 'postgresql', era: 0 }],
] as const);

export const recordedDecoder = (): Decoder =>
  createDecoder({ schemas: recordedSchemas, sources: recordedSources });

export function recordsOf(table: string): readonly RawRecord[] {
  return recorded.filter(({ topic }) => topic.endsWith(table));
}

export async function decodeAll(
  records: readonly RawRecord[],
  decoder = recordedDecoder(),
): Promise<readonly ChangeEvent[]> {
  const events: ChangeEvent[] = [];
  for (const record of records) events.push(await decoder.decode(record));
  return events;
}

export type RowEvent = UpsertEvent | DeleteEvent;

export function rowEvents(events: readonly ChangeEvent[]): readonly RowEvent[] {
  return events.filter((event): event is RowEvent => event.kind === 'upsert' || event.kind === 'delete');
}
