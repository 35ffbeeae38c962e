import type { AvroSchema } from '../../../../schemas/contract/ports.ts';
import type { Connector } from '../../../../processors/decode/column-facts.ts';
import { connect, debezium, plan, read, shape, variableScale } from './columns.ts';
import { connectType } from './envelopes.ts';

describe('what the source declares', () => {
  test.each<[Connector, string, AvroSchema, object]>([
    [
      'mariadb',
      'DATETIME',
      debezium('long', 'time.Timestamp', { type: 'DATETIME' }),
      { kind: 'timestamp', fraction: 0 },
    ],
    [
      'mariadb',
      'DATETIME(3)',
      debezium('long', 'time.Timestamp', { type: 'DATETIME', length: 3 }),
      { kind: 'timestamp', fraction: 3 },
    ],
    [
      'postgresql',
      'timestamp(0)',
      debezium('long', 'time.Timestamp', { type: 'TIMESTAMP', length: 22, scale: 0 }),
      { kind: 'timestamp', fraction: 0 },
    ],
    [
      'postgresql',
      'timestamptz',
      debezium('string', 'time.ZonedTimestamp', { type: 'TIMESTAMPTZ', length: 35, scale: 6 }),
      { kind: 'instant', fraction: 6 },
    ],
    [
      'mariadb',
      'VARCHAR(50)',
      connectType('string', { type: 'VARCHAR', length: 50 }),
      { kind: 'text', maxLength: 50 },
    ],
    ['mariadb', 'TEXT', connectType('string', { type: 'TEXT', length: 65_535 }), { kind: 'text' }],
    [
      'postgresql',
      'varchar',
      connectType('string', { type: 'VARCHAR', length: 2_147_483_647 }),
      { kind: 'text' },
    ],
    [
      'postgresql',
      'char(5)',
      connectType('string', { type: 'BPCHAR', length: 5 }),
      { kind: 'text', maxLength: 5 },
    ],
    [
      'mariadb',
      'BINARY(4)',
      connectType('bytes', { type: 'BINARY', length: 4 }),
      { kind: 'bytes', maxLength: 4 },
    ],
    [
      'mariadb',
      'BIGINT UNSIGNED',
      connect('bytes', 'Decimal', {
        type: 'BIGINT UNSIGNED',
        length: 20,
        parameters: { scale: '0', 'connect.decimal.precision': '20' },
      }),
      { kind: 'decimal', precision: 20, scale: 0 },
    ],
    [
      'postgresql',
      'money, whose Avro precision is 64',
      connect('bytes', 'Decimal', { precision: 64, type: 'MONEY', parameters: { scale: '2' } }),
      { kind: 'decimal', scale: 2 },
    ],
    [
      'mariadb',
      'BIT(64)',
      debezium('bytes', 'data.Bits', { type: 'BIT', length: 64, parameters: { length: '64' } }),
      { kind: 'bits', length: 64 },
    ],
    [
      'mariadb',
      'FLOAT(7,2), which comes as a double',
      connectType('double', { type: 'FLOAT', length: 7, scale: 2 }),
      { kind: 'float', bits: 32 },
    ],
    [
      'postgresql',
      'numeric(5,-2), whose scale comes as 2046',
      connect('bytes', 'Decimal', { parameters: { scale: '2046', 'connect.decimal.precision': '5' } }),
      { kind: 'decimal', precision: 5, scale: -2 },
    ],
    ['postgresql', 'inet', connectType('string', { type: 'INET' }), { kind: 'text', postgres: 'inet' }],
    ['postgresql', 'citext', connectType('string', { type: 'CITEXT' }), { kind: 'text' }],
    [
      'postgresql',
      'jsonb',
      debezium('string', 'data.Json', { type: 'JSONB' }),
      { kind: 'json', postgres: 'jsonb' },
    ],
    [
      'postgresql',
      'a type that the connector does not know',
      connectType('bytes', { type: 'BOX' }),
      { kind: 'text', postgres: 'box' },
    ],
    ['postgresql', 'a composite type', connectType('bytes', { type: '"S"."PAIR"' }), { kind: 'text' }],
    ['postgresql', 'point', shape('Point'), { kind: 'text', postgres: 'point' }],
    [
      'postgresql',
      'inet[]',
      {
        ...(connectType('array', { type: '_INET' }) as object),
        type: 'array',
        items: ['null', 'string'],
      },
      { kind: 'array', element: { kind: 'text', postgres: 'inet' } },
    ],
  ])('%s %s', (connector, _, type, logical) => {
    expect(plan(type, connector).column.type).toEqual(logical);
  });

  test('labels of an enum: a comma inside one is escaped in the schema, and in what comes from the binlog', () => {
    const type = debezium('string', 'data.Enum', { parameters: { allowed: 'a,b\\,c' } });
    expect(plan(type).column.type).toEqual({ kind: 'enum', values: ['a', 'b,c'] });
    expect(['a', 'b,c', 'b\\,c', ''].map((value) => read(type, value))).toEqual(['a', 'b,c', 'b,c', '']);
  });

  test('bits come in little-endian order, without zero bytes at the end', () => {
    const type = debezium('bytes', 'data.Bits', { parameters: { length: '64' } });
    expect(read(type, Buffer.alloc(8, 0xff))).toBe('1'.repeat(64));
    expect(read(type, Buffer.from([1]))).toBe('1'.padStart(64, '0'));
    expect(read(type, Buffer.alloc(0))).toBe('0'.repeat(64));
  });

  test('a UUID is lower case; one that MariaDB logged and that begins with a zero byte may be another one', () => {
    const type = debezium('string', 'data.Uuid');
    const upper = '123E4567-E89B-12D3-A456-426614174001';
    expect(read(type, upper)).toBe(upper.toLowerCase());
    const zero = '00123e45-67e8-9b12-d3a4-564266141740';
    expect(plan(type, 'postgresql').inStream).toBeNull();
    expect(plan(type).inSnapshot).toBeNull();
    expect(() => plan(type).inStream?.(zero)).toThrow(/column c holds a value that is not certain/);
    const nil = '00000000-0000-0000-0000-000000000000';
    expect(plan(type).inStream?.(nil)).toBe(nil);
  });

  test('year 0000 is logged as 1900, which no YEAR can be', () => {
    expect(read(debezium('int', 'time.Year'), 1900)).toBe(0);
  });

  test('a type that the connector does not know is text, and geometric numbers are as PostgreSQL writes them', () => {
    const opaque = (type: string, text: string) =>
      read(connectType('bytes', { type }), Buffer.from(text), 'postgresql');
    expect(opaque('"S"."PAIR"', '(1,"文")')).toBe('(1,"文")');
    expect(opaque('BOX', '(1.0,1.0E20),(-0.25,1.0E-5)')).toBe('(1,1e+20),(-0.25,1e-05)');
    expect(() => read(connectType('bytes', { type: 'PAIR' }), Buffer.from([0xff]), 'postgresql')).toThrow(
      /UTF-8/,
    );
    expect(read(connectType('bytes', { type: 'BYTEA' }), Buffer.from([0xff]), 'postgresql')).toEqual(
      Buffer.from([0xff]),
    );
  });

  test('elements of arrays are spelled as JSON, exactly', () => {
    const of = (items: AvroSchema, ...values: unknown[]) => read({ type: 'array', items }, values);
    expect(of('long', 2n ** 60n)).toBe('[1152921504606846976]');
    expect(of('float', Math.fround(0.1), Number.NaN, -0)).toBe('[0.1,"NaN",-0]');
    expect(of('double', 0.1, 1e300)).toBe('[0.1,1e+300]');
    expect(of('boolean', true)).toBe('[true]');
    expect(of('bytes', Buffer.from([0, 255]))).toBe('["\\\\x00ff"]');
    expect(of(variableScale, { scale: 1, value: Buffer.from([15]) })).toBe('[1.5]');
    expect(of(debezium('int', 'time.Date'), 0)).toBe('["1970-01-01"]');
  });
});
