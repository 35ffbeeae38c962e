import { CounterfoilError } from '../../../../schemas/contract/errors.ts';
import type { SchemaSource } from '../../../../schemas/contract/ports.ts';
import { createDecoder } from '../../../../processors/decode/decoder.ts';
import {
  MARIADB,
  VALUE_ID,
  columns,
  decoderOf,
  expectRefusal,
  keyBytes,
  mariadb,
  mariadbRecord,
  postgres,
  postgresRecord,
  refused,
  row,
} from './claim.ts';
import { connectType, envelopeOf, envelopeSchema, framed, recordOf } from './envelopes.ts';

test('a column of a type that no cell carries exactly is named with its type, and nothing of it is read', async () => {
  const point = [...columns, { name: 'place', type: { type: 'map', values: 'double' } }];
  const schema = envelopeSchema('mariadb', point);
  const value = framed(VALUE_ID, schema, envelopeOf('mariadb', { ...row, place: { x: 1 } }));
  const event = await decoderOf(schema).decode(recordOf(keyBytes(), value));
  const plain = await decoderOf(mariadb).decode(mariadbRecord());
  if (event.kind !== 'upsert' || plain.kind !== 'upsert') throw new Error('both are inserts');
  expect(event.after).toEqual(plain.after);
  expect(event.shape.columns).toEqual(plain.shape.columns);
  expect(event.shape.uncarried).toEqual([
    {
      name: 'place',
      reason: expect.stringMatching(/column place .* map/) as string,
      remedy: expect.stringContaining('Exclude the column') as string,
    },
  ]);
});

describe('a record is refused', () => {
  const place = /^oa\.oa\.claim\[0\]@42: /;

  test.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['four bytes', Buffer.alloc(4)],
    ['JSON', Buffer.from('{"op":"c"}')],
    ['another magic byte', Buffer.from([1, 0, 0, 0, 2, 0])],
  ])('when its value is no frame: %s', async (_, value) => {
    await expectRefusal(recordOf(keyBytes(), value), 'UNDECODABLE_RECORD', place);
    await expectRefusal(recordOf(keyBytes(), value), 'UNDECODABLE_RECORD', /the value is not Avro/);
  });

  test('when its key is no frame', async () => {
    const record = { ...mariadbRecord(), key: Buffer.from('7') };
    await expectRefusal(record, 'UNDECODABLE_RECORD', /the key is not Avro/);
  });

  test('when bytes are missing or left over, wherever it is cut', async () => {
    const whole = mariadbRecord().value!;
    const decoder = decoderOf(mariadb);
    await decoder.decode(mariadbRecord());
    for (let end = 5; end < whole.length; end += 1) {
      const cut = recordOf(keyBytes(), whole.subarray(0, end));
      expect(() => decoder.decode(cut)).toThrow(
        expect.objectContaining({ code: 'UNDECODABLE_RECORD' }) as Error,
      );
    }
    const long = recordOf(keyBytes(), Buffer.concat([whole, Buffer.alloc(1)]));
    await expectRefusal(long, 'UNDECODABLE_RECORD', /too many bytes/);
  });

  test('when it is no envelope', async () => {
    const flat = { type: 'record', name: 'Flat', fields: columns };
    const record = recordOf(keyBytes(), framed(VALUE_ID, flat, row));
    await expectRefusal(record, 'UNSUPPORTED_SCHEMA', /not a Debezium change event/, flat);
    await expectRefusal(
      recordOf(null, framed(VALUE_ID, 'string', 'x')),
      'UNSUPPORTED_SCHEMA',
      /not an Avro record/,
      'string',
    );
  });

  test("when its connector is another one than configured, or its topic nobody's", async () => {
    await expectRefusal(
      postgresRecord(),
      'UNSUPPORTED_SCHEMA',
      /configured as mariadb, but its connector is postgresql/,
      postgres,
    );
    await expectRefusal(
      mariadbRecord({}, { topic: 'hr.oa.claim' }),
      'UNSUPPORTED_SCHEMA',
      /no configured source/,
    );
    await expectRefusal(
      mariadbRecord({}, { topic: 'oaoa.claim' }),
      'UNSUPPORTED_SCHEMA',
      /no configured source/,
    );
  });

  test('when its operation is unknown, or the row is missing', async () => {
    await expectRefusal(mariadbRecord({ op: 'm' }), 'UNDECODABLE_RECORD', /operation/);
    await expectRefusal(mariadbRecord({ after: null }), 'UNDECODABLE_RECORD', /row after the change/);
  });

  test('when its binlog file has no number', async () => {
    await expectRefusal(
      mariadbRecord({ source: { file: 'binlog' } }),
      'UNSUPPORTED_SCHEMA',
      /binlog file name/,
    );
  });

  test('when a value cannot be carried: the column is named, the value is not', async () => {
    const schema = envelopeSchema('mariadb', [
      ...columns,
      { name: 'due', type: connectType('int', { name: 'io.debezium.time.Date', type: 'DATE' }) },
    ]);
    const value = framed(VALUE_ID, schema, envelopeOf('mariadb', { ...row, due: 2_147_000_000 }));
    const error = await refused(decoderOf(schema), recordOf(keyBytes(), value));
    expect(error.code).toBe('UNDECODABLE_RECORD');
    expect(error.message).toMatch(/column due holds a value that is not a date/);
    expect(error.message).not.toMatch(/2147/);
  });

  test('when two columns cannot be told apart', async () => {
    const name = (original: string) =>
      connectType('string', { parameters: { '__debezium.source.column.name': original } });
    const schema = envelopeSchema('mariadb', [...columns, { name: 'a_b', type: name('title') }]);
    const value = framed(VALUE_ID, schema, envelopeOf('mariadb', { ...row, a_b: 'x' }));
    await expectRefusal(recordOf(keyBytes(), value), 'UNSUPPORTED_SCHEMA', /told apart/, schema);
  });

  test('when the key is not among the columns of the row', async () => {
    const schema = envelopeSchema('mariadb', columns.slice(1));
    const value = framed(VALUE_ID, schema, envelopeOf('mariadb', { title: null }));
    await expectRefusal(recordOf(keyBytes(), value), 'UNSUPPORTED_SCHEMA', /key column id/, schema);
  });
});

test('an error of the registry keeps its code and says where it happened', async () => {
  const schemas: SchemaSource = {
    schema: () =>
      Promise.reject(new CounterfoilError('UNKNOWN_SCHEMA_ID', 'no schema 2', { remedy: 'look' })),
  };
  const error = await refused(createDecoder({ schemas, sources: MARIADB }), mariadbRecord());
  expect(error).toMatchObject({
    code: 'UNKNOWN_SCHEMA_ID',
    message: 'oa.oa.claim[0]@42: no schema 2',
    remedy: 'look',
  });
});
