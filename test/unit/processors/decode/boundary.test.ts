import avsc from 'avsc';
import { BoundaryDecoder } from '../../../../processors/decode/boundary.ts';
import { LONG } from '../../../../schemas/avro/long.ts';
import type { AvroSchema } from '../../../../schemas/contract/ports.ts';

/** As the registry has it of Debezium 3.5. */
const SCHEMA: AvroSchema = {
  ...{ type: 'record', name: 'TransactionMetadataValue', namespace: 'io.debezium.connector.common' },
  fields: [
    { name: 'status', type: 'string' },
    { name: 'id', type: 'string' },
    { name: 'event_count', type: ['null', 'long'], default: null },
    {
      name: 'data_collections',
      type: [
        'null',
        {
          type: 'array',
          items: [
            'null',
            {
              ...{ type: 'record', name: 'collection', namespace: 'event', 'connect.version': 1 },
              fields: [
                { name: 'data_collection', type: 'string' },
                { name: 'event_count', type: 'long' },
              ],
            },
          ],
        },
      ],
      default: null,
    },
    { name: 'ts_ms', type: 'long' },
  ],
  'connect.name': 'io.debezium.connector.common.TransactionMetadataValue',
};

const writer = avsc.Type.forSchema(SCHEMA as avsc.Schema, { registry: { long: LONG }, wrapUnions: 'never' });
const frame = (value: object) => Buffer.concat([Buffer.from([0, 0, 0, 0, 9]), writer.toBuffer(value)]);
const decoder = (schema: AvroSchema = SCHEMA) =>
  new BoundaryDecoder({ schema: () => Promise.resolve(schema) });

const end = {
  ...{ status: 'END', event_count: 3n, ts_ms: 1_795_854_915_000n },
  data_collections: [
    { data_collection: 'oa.报销', event_count: 2n },
    { data_collection: 'oa.line', event_count: 1n },
  ],
};

test.each([
  ['mariadb', '0-1-141', '0-1-141'],
  ['mysql', '3e11fa47-71ca-11e1-9e33-c80aa9429562:23', '3e11fa47-71ca-11e1-9e33-c80aa9429562:23'],
  ['postgresql', '914:44862456', '914'],
] as const)('an end of a transaction of %s', async (connector, id, transaction) => {
  const reader = decoder();
  for (let times = 0; times < 2; times++)
    expect(await reader.read(frame({ ...end, id }), connector)).toEqual({
      ...{ transaction, committedAt: 1_795_854_915_000, events: { 'oa.报销': 2, 'oa.line': 1 } },
    });
});

test('an end of a transaction that touched no captured table', async () => {
  const nothing = { ...end, id: '1', event_count: 0n, data_collections: null };
  expect(await decoder().read(frame(nothing), 'mariadb')).toMatchObject({ events: {} });
});

test('a beginning says nothing', async () => {
  const begin = { status: 'BEGIN', id: '1', event_count: null, data_collections: null, ts_ms: 5n };
  expect(await decoder().read(frame(begin), 'mariadb')).toBeNull();
});

test('anything else is refused', async () => {
  const other: AvroSchema = { type: 'record', name: 'other', fields: [{ name: 'status', type: 'string' }] };
  await expect(decoder(other).read(frame({ ...end, id: '1' }), 'mariadb')).rejects.toMatchObject({
    code: 'UNSUPPORTED_SCHEMA',
  });
});
