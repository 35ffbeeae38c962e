import { CounterfoilError } from '../../../../schemas/contract/errors.ts';
import type { UpsertEvent } from '../../../../schemas/contract/change-event.ts';
import type { AvroSchema } from '../../../../schemas/contract/ports.ts';
import { binlogVersion } from '../../../../schemas/contract/position.ts';
import { createDecoder } from '../../../../processors/decode/decoder.ts';
import type { DecoderOptions } from '../../../../processors/decode/decoder.ts';
import {
  KEY_ID,
  MARIADB,
  POSTGRES,
  VALUE_ID,
  columns,
  decoderOf,
  key,
  keyBytes,
  keys,
  mariadb,
  mariadbRecord,
  refused,
  row,
} from './claim.ts';
import { connectType, envelopeOf, envelopeSchema, framed, recordOf, registryOf } from './envelopes.ts';
import type { AvroColumn } from './envelopes.ts';

describe('an event', () => {
  test('with all there is to know about it', async () => {
    expect(await decoderOf(mariadb).decode(mariadbRecord({ op: 'u' }))).toEqual({
      kind: 'upsert',
      operation: 'update',
      key: [7n],
      before: null,
      after: row,
      at: { topic: 'oa.oa.claim', partition: 0, offset: 42n },
      publishedAt: 1_700_000_001_000,
      source: {
        connector: 'mariadb',
        name: 'oa',
        version: binlogVersion(3, 3, 4711n, 43),
        committedAt: 1_700_000_000_000,
        capturedAt: 1_700_000_000_500,
        transaction: '0-1-7',
        place: null,
        snapshot: false,
        snapshotRow: null,
      },
      shape: {
        id: { namespace: 'oa', name: 'claim' },
        columns: [
          { name: 'id', type: { kind: 'int', bits: 64 }, nullable: false },
          { name: 'title', type: { kind: 'text' }, nullable: true },
        ],
        key: ['id'],
      },
    });
  });

  test.each([
    ['c', 'insert'],
    ['u', 'update'],
    ['r', 'snapshot'],
  ])('of operation %s is an upsert: %s', async (op, operation) => {
    expect(await decoderOf(mariadb).decode(mariadbRecord({ op }))).toMatchObject({
      kind: 'upsert',
      operation,
    });
  });

  test('of a delete has the key alone', async () => {
    const event = await decoderOf(mariadb).decode(mariadbRecord({ op: 'd', before: row, after: null }));
    expect(event).toMatchObject({ kind: 'delete', key: [7n] });
    expect(event).not.toHaveProperty('after');
  });

  test('of a truncate has neither key nor row', async () => {
    const value = framed(VALUE_ID, mariadb, envelopeOf('mariadb', row, { op: 't', after: null }));
    const event = await decoderOf(mariadb).decode(recordOf(null, value));
    expect(event).toMatchObject({ kind: 'truncate', shape: { key: [] } });
  });

  test('of a table without a key has an empty key', async () => {
    const value = framed(VALUE_ID, mariadb, envelopeOf('mariadb', row));
    expect(await decoderOf(mariadb).decode(recordOf(null, value))).toMatchObject({
      key: [],
      shape: { key: [] },
    });
  });

  test('without a value is a tombstone, whatever its key', () => {
    const decoder = decoderOf(mariadb);
    for (const bytes of [null, Buffer.from('no Avro at all')]) {
      expect(decoder.decode(recordOf(bytes, null))).toEqual({
        kind: 'tombstone',
        at: { topic: 'oa.oa.claim', partition: 0, offset: 42n },
        publishedAt: 1_700_000_001_000,
      });
    }
  });
});

describe('schemas', () => {
  test('are asked for once; after that decoding is synchronous and the shape is the same object', async () => {
    const schemas = registryOf({ [KEY_ID]: keys, [VALUE_ID]: mariadb });
    const decoder = createDecoder({ schemas, sources: MARIADB });
    const first = (await decoder.decode(mariadbRecord())) as UpsertEvent;
    const second = decoder.decode(mariadbRecord()) as UpsertEvent;
    expect(second).not.toBeInstanceOf(Promise);
    expect(second.shape).toBe(first.shape);
    expect(schemas.asked).toEqual([KEY_ID, VALUE_ID]);
  });

  test('are compiled once for records that wait for them together', async () => {
    const schemas = registryOf({ [KEY_ID]: keys, [VALUE_ID]: mariadb });
    const decoder = createDecoder({ schemas, sources: MARIADB });
    const events = await Promise.all([1, 2, 3].map(async () => decoder.decode(mariadbRecord())));
    const shapes = new Set(events.map((event) => (event as UpsertEvent).shape));
    expect(shapes.size).toBe(1);
    expect(schemas.asked).toEqual([KEY_ID, VALUE_ID]);
  });

  test('that cannot be used are remembered, too', async () => {
    const flat = { type: 'record', name: 'Flat', fields: columns };
    const schemas = registryOf({ [KEY_ID]: keys, [VALUE_ID]: flat });
    const decoder = createDecoder({ schemas, sources: MARIADB });
    const record = recordOf(keyBytes(), framed(VALUE_ID, flat, row));
    expect((await refused(decoder, record)).code).toBe('UNSUPPORTED_SCHEMA');
    expect(() => decoder.decode(record)).toThrow(CounterfoilError);
    expect(schemas.asked).toEqual([KEY_ID, VALUE_ID]);
  });

  test('that were not there are asked for again', async () => {
    const there: Record<number, AvroSchema> = { [KEY_ID]: keys };
    const decoder = createDecoder({
      schemas: {
        schema: (id) => {
          const schema = there[id];
          if (schema) return Promise.resolve(schema);
          return Promise.reject(new CounterfoilError('REGISTRY_UNAVAILABLE', 'the registry is down'));
        },
      },
      sources: MARIADB,
    });
    expect((await refused(decoder, mariadbRecord())).code).toBe('REGISTRY_UNAVAILABLE');
    there[VALUE_ID] = mariadb;
    expect(await decoder.decode(mariadbRecord())).toMatchObject({ kind: 'upsert' });
  });

  test('beyond the capacity are forgotten, and come back when needed', async () => {
    const ids = [11, 12, 13];
    const schemas = registryOf({ [KEY_ID]: keys, ...Object.fromEntries(ids.map((id) => [id, mariadb])) });
    const decoder = createDecoder({ schemas, sources: MARIADB, capacity: 2 });
    const record = (id: number) => recordOf(keyBytes(), framed(id, mariadb, envelopeOf('mariadb', row)));
    for (const id of [...ids, 13, 12, 11]) await decoder.decode(record(id));
    expect(schemas.asked.filter((id) => id !== KEY_ID)).toEqual([11, 12, 13, 11]);
  });

  test('may name a type once and then refer to it', async () => {
    const variable = {
      type: 'record',
      name: 'VariableScaleDecimal',
      namespace: 'io.debezium.data',
      fields: [
        { name: 'scale', type: 'int' },
        { name: 'value', type: 'bytes' },
      ],
      'connect.name': 'io.debezium.data.VariableScaleDecimal',
    };
    const schema = envelopeSchema('mariadb', [
      ...columns,
      { name: 'score', type: ['null', variable] },
      { name: 'limit', type: ['null', 'io.debezium.data.VariableScaleDecimal'] },
    ]);
    const sent = {
      ...row,
      score: { scale: 1, value: Buffer.from([15]) },
      limit: { scale: 0, value: Buffer.from([7]) },
    };
    const record = recordOf(
      keyBytes(),
      framed(VALUE_ID, schema, envelopeOf('mariadb', sent, { before: sent })),
    );
    const event = (await decoderOf(schema).decode(record)) as UpsertEvent;
    expect(event.after).toEqual({ ...row, score: '1.5', limit: '7' });
  });

  test('shared by several tables give each its own shape', async () => {
    const decoder = decoderOf(mariadb);
    const shapeOf = async (table: string) =>
      ((await decoder.decode(mariadbRecord({ source: { table } }))) as UpsertEvent).shape;
    const [claim, line, again] = [await shapeOf('claim'), await shapeOf('line'), await shapeOf('claim')];
    expect(line.id).toEqual({ namespace: 'oa', name: 'line' });
    expect(again).toBe(claim);
  });
});

describe('values that PostgreSQL did not log', () => {
  const stored: readonly AvroColumn[] = [
    key,
    { name: 'note', type: ['null', 'string'] },
    { name: 'doc', type: ['null', connectType('string', { name: 'io.debezium.data.Json' })] },
    { name: 'scan', type: ['null', 'bytes'] },
    { name: 'amount', type: 'int' },
  ];
  const schema = envelopeSchema('postgresql', stored);
  const placeholder = '__debezium_unavailable_value';
  const after = { id: 7n, note: placeholder, doc: placeholder, scan: Buffer.from(placeholder), amount: 1 };
  const decodeRow = async (
    sources: DecoderOptions['sources'],
    value: AvroSchema,
    sent: object,
    options = {},
  ) => {
    const connector = sources === POSTGRES ? 'postgresql' : 'mariadb';
    const record = recordOf(keyBytes(), framed(VALUE_ID, value, envelopeOf(connector, { ...sent })));
    return ((await decoderOf(value, { sources, ...options }).decode(record)) as UpsertEvent).after;
  };

  test('are left out: text, JSON and bytes', async () => {
    expect(await decodeRow(POSTGRES, schema, after)).toEqual({ id: 7n, amount: 1 });
    expect(await decodeRow(POSTGRES, schema, { ...after, note: 'short' })).toEqual({
      id: 7n,
      note: 'short',
      amount: 1,
    });
  });

  test('have the placeholder that the connector is configured with', async () => {
    const options = { unavailableValue: '<unchanged>' };
    const sent = { ...after, note: '<unchanged>' };
    expect(Object.keys(await decodeRow(POSTGRES, schema, sent, options))).toEqual([
      'id',
      'doc',
      'scan',
      'amount',
    ]);
  });

  test('are no matter of MariaDB: there the text is a text', async () => {
    const row = await decodeRow(MARIADB, envelopeSchema('mariadb', stored), after);
    expect(row).toMatchObject({ note: placeholder });
  });
});
