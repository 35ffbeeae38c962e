import type { Cell } from '../../../../schemas/contract/cell.ts';
import type { AvroSchema } from '../../../../schemas/contract/ports.ts';
import { fieldNamed, recordOf } from '../../../../processors/decode/avro-tree.ts';
import { planColumn } from '../../../../processors/decode/column-plan.ts';
import type { ColumnPlan } from '../../../../processors/decode/column-plan.ts';
import type { Connector } from '../../../../processors/decode/column-facts.ts';
import { connectType } from './envelopes.ts';

function plan(type: AvroSchema, connector: Connector = 'mariadb'): ColumnPlan {
  const record = recordOf({ type: 'record', name: 'Value', fields: [{ name: 'c', type }] });
  return planColumn(fieldNamed(record, 'c')!, connector);
}
const read = (type: AvroSchema, value: unknown, connector?: Connector): Cell =>
  plan(type, connector).read(value);
const debezium = (avro: string, name: string, rest = {}) =>
  connectType(avro, { name: `io.debezium.${name}`, ...rest });
const connect = (avro: string, name: string, rest = {}) =>
  connectType(avro, { name: `org.apache.kafka.connect.data.${name}`, ...rest });
const variableScale: AvroSchema = {
  type: 'record',
  name: 'VariableScaleDecimal',
  namespace: 'io.debezium.data',
  fields: [
    { name: 'scale', type: 'int' },
    { name: 'value', type: 'bytes' },
  ],
  'connect.name': 'io.debezium.data.VariableScaleDecimal',
};

const shape = (name: string): AvroSchema => ({
  ...(variableScale as object),
  name,
  type: 'record',
  'connect.name': `io.debezium.data.geometry.${name}`,
});

describe('cells and logical types by the name that Connect gives', () => {
  test.each<[string, AvroSchema, unknown, Cell, object]>([
    ['Date', debezium('int', 'time.Date'), 19_782, '2024-02-29', { kind: 'date' }],
    [
      'Time',
      debezium('int', 'time.Time'),
      45_296_700,
      '12:34:56.7',
      { kind: 'time', fraction: 3, beyondDay: true },
    ],
    [
      'MicroTime',
      debezium('long', 'time.MicroTime'),
      45_296_000_001n,
      '12:34:56.000001',
      { kind: 'time', fraction: 6, beyondDay: true },
    ],
    [
      'NanoTime',
      debezium('long', 'time.NanoTime'),
      45_296_000_001_000n,
      '12:34:56.000001',
      { kind: 'time', fraction: 6, beyondDay: true },
    ],
    [
      'Timestamp',
      debezium('long', 'time.Timestamp'),
      1n,
      '1970-01-01 00:00:00.001',
      { kind: 'timestamp', fraction: 3 },
    ],
    [
      'MicroTimestamp',
      debezium('long', 'time.MicroTimestamp'),
      1n,
      '1970-01-01 00:00:00.000001',
      { kind: 'timestamp', fraction: 6 },
    ],
    [
      'NanoTimestamp',
      debezium('long', 'time.NanoTimestamp'),
      1000n,
      '1970-01-01 00:00:00.000001',
      { kind: 'timestamp', fraction: 6 },
    ],
    [
      'ZonedTimestamp',
      debezium('string', 'time.ZonedTimestamp'),
      '2024-01-01T08:00:00+08:00',
      '2024-01-01T00:00:00Z',
      { kind: 'instant', fraction: 6 },
    ],
    ['Year', debezium('int', 'time.Year'), 2024, 2024, { kind: 'int', bits: 16 }],
    [
      'Interval',
      debezium('string', 'time.Interval'),
      'P1Y0M-3DT0H-5M1.50S',
      'P1Y-3DT-5M1.5S',
      { kind: 'text', postgres: 'interval' },
    ],
    [
      'ZonedTime',
      debezium('string', 'time.ZonedTime'),
      '04:00:00.50Z',
      '04:00:00.5+00',
      { kind: 'text', postgres: 'timetz' },
    ],
    ['Ltree', debezium('string', 'data.Ltree'), 'a.b', 'a.b', { kind: 'text' }],
    ['Tsvector', debezium('string', 'data.Tsvector'), "'a':1", "'a':1", { kind: 'text' }],
    [
      'Geometry',
      shape('Geometry'),
      { wkb: Buffer.from('010100000000', 'hex'), srid: 4326 },
      Buffer.from('0101000020e610000000', 'hex'),
      { kind: 'geometry' },
    ],
    [
      'array',
      { type: 'array', items: ['null', 'string'] },
      ['a', null, 'b"'],
      '["a",null,"b\\""]',
      { kind: 'array', element: { kind: 'text' } },
    ],
    ['Json', debezium('string', 'data.Json'), '{"a":1}', '{"a":1}', { kind: 'json' }],
    ['Xml', debezium('string', 'data.Xml'), '<a/>', '<a/>', { kind: 'text' }],
    ['EnumSet', debezium('string', 'data.EnumSet'), 'a,b', 'a,b', { kind: 'text' }],
    [
      'Bits',
      debezium('bytes', 'data.Bits', { parameters: { length: '9' } }),
      Buffer.from([0x55, 0x01]),
      '101010101',
      { kind: 'bits', length: 9 },
    ],
    [
      'VariableScaleDecimal',
      variableScale,
      { scale: 1, value: Buffer.from([15]) },
      '1.5',
      { kind: 'decimal' },
    ],
    ['Connect Date', connect('int', 'Date'), -1, '1969-12-31', { kind: 'date' }],
    [
      'Connect Time',
      connect('int', 'Time'),
      1,
      '00:00:00.001',
      { kind: 'time', fraction: 3, beyondDay: true },
    ],
    [
      'Connect Timestamp',
      connect('long', 'Timestamp'),
      0n,
      '1970-01-01 00:00:00',
      { kind: 'timestamp', fraction: 3 },
    ],
    [
      'Decimal',
      connect('bytes', 'Decimal', { parameters: { scale: '2' } }),
      Buffer.from([0x30, 0x39]),
      '123.45',
      { kind: 'decimal', scale: 2 },
    ],
    ['int8', { type: 'int', 'connect.type': 'int8' }, -1, -1, { kind: 'int', bits: 16 }],
    ['int16', { type: 'int', 'connect.type': 'int16' }, -1, -1, { kind: 'int', bits: 16 }],
    ['plain int', 'int', -1, -1, { kind: 'int', bits: 32 }],
    ['plain long', 'long', 2n ** 60n, 2n ** 60n, { kind: 'int', bits: 64 }],
    ['plain float', 'float', 1.5, 1.5, { kind: 'float', bits: 32 }],
    ['plain double', 'double', 1.5, 1.5, { kind: 'float', bits: 64 }],
    ['plain boolean', 'boolean', true, true, { kind: 'boolean' }],
    ['plain string', 'string', 'x', 'x', { kind: 'text' }],
  ])('%s', (_, type, value, cell, logical) => {
    expect(read(type, value)).toEqual(cell);
    expect(plan(type).column.type).toEqual(logical);
    expect(plan(type).column.nullable).toBe(false);
    expect(plan(['null', type]).column).toEqual({ ...plan(type).column, nullable: true });
    // A column with a default has null as its second branch.
    expect(plan([type, 'null']).column.nullable).toBe(true);
  });
});

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
      } as AvroSchema,
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

describe('what only one way of capture does', () => {
  const timestamp = debezium('long', 'time.MicroTimestamp');
  const zoned = debezium('string', 'time.ZonedTimestamp');
  const inSnapshot = (type: AvroSchema, cell: Cell, connector: Connector = 'postgresql') =>
    plan(type, connector).inSnapshot?.(cell);

  test.each<[AvroSchema, string, string]>([
    [timestamp, '2024-01-01 00:00:00', '2024-01-01 00:00:00'],
    [timestamp, '0000-12-30 00:00:00.5', '0001-01-01 00:00:00.5'],
    [timestamp, '0045-03-13 12:00:00 BC', '0045-03-15 12:00:00 BC'],
    [zoned, '1581-06-25T12:00:00Z', '1581-06-15T12:00:00Z'],
    [zoned, '10000-01-01T00:00:00Z', '10000-01-01T00:00:00Z'],
    [zoned, '-infinity', '-infinity'],
  ])('a snapshot of PostgreSQL is read through the Julian calendar: %#', (type, sent, written) => {
    const asSent = sent.startsWith('0000-') ? sent.replace('0000', '0001').concat(' BC') : sent;
    expect(inSnapshot(type, asSent)).toBe(written);
  });

  test('dates that the reform of the calendar hides are refused', () => {
    expect(() => inSnapshot(timestamp, '1582-10-20 00:00:00')).toThrow(/not certain/);
    expect(() => inSnapshot(timestamp, '1582-10-20 00:00:00', 'mariadb')).toThrow(/not certain/);
    expect(inSnapshot(timestamp, '1582-10-25 00:00:00')).toBe('1582-10-25 00:00:00');
    expect(() => inSnapshot({ type: 'array', items: zoned }, '["1500-01-01T00:00:00Z"]')).toThrow(
      /not exact/,
    );
  });

  test('money has the digits of a double', () => {
    const money = connect('bytes', 'Decimal', { type: 'MONEY', parameters: { scale: '2' } });
    expect(inSnapshot(money, '-9999999999999.99')).toBe('-9999999999999.99');
    expect(() => inSnapshot(money, '92233720368547758.07')).toThrow(/double/);
  });

  test('dates that do not exist are null, or refused where that is not allowed', () => {
    const declared = debezium('string', 'time.ZonedTimestamp', { type: 'TIMESTAMP' });
    expect(read(['null', declared], '1970-01-01T00:00:00Z')).toBeNull();
    expect(() => read(declared, '1970-01-01T00:00:00Z')).toThrow(/no year/);
    expect(read(declared, '1970-01-01T00:00:00Z', 'postgresql')).toBe('1970-01-01T00:00:00Z');
    expect(read(['null', debezium('int', 'time.Date')], -719_528)).toBeNull();
  });
});

test.each<[AvroSchema, unknown, string]>([
  [debezium('int', 'time.Date'), 2_932_897, '10000-01-01'],
  [debezium('int', 'time.Date'), -735_160, '0044-03-15 BC'],
  [debezium('int', 'time.Date'), -622_191_234, 'infinity'],
  [debezium('long', 'time.MicroTimestamp'), -63_517_780_800_000_000n, '0044-03-15 12:00:00 BC'],
  [debezium('long', 'time.MicroTimestamp'), 9_223_372_036_825_200_000n, 'infinity'],
  [debezium('long', 'time.Timestamp'), -9_223_372_036_832_400n, '-infinity'],
  [debezium('long', 'time.Timestamp'), 9_224_318_015_999_999n, '294276-12-31 23:59:59.999'],
  [debezium('string', 'time.ZonedTimestamp'), '-0043-03-15T12:00:00.000000Z', '0044-03-15T12:00:00Z BC'],
  [debezium('string', 'time.ZonedTimestamp'), '+10000-01-01T00:00Z', '10000-01-01T00:00:00Z'],
  [debezium('string', 'time.ZonedTimestamp'), 'infinity', 'infinity'],
])('dates of PostgreSQL beyond four digits: %#', (type, value, cell) => {
  expect(read(type, value, 'postgresql')).toBe(cell);
});

test('times of MariaDB are spans', () => {
  const time = debezium('long', 'time.MicroTime');
  expect(read(time, 3_020_399_999_999n)).toBe('838:59:59.999999');
  expect(read(time, -1n)).toBe('-00:00:00.000001');
  expect(() => read(time, -1n, 'postgresql')).toThrow(/column c/);
});

describe('types that cannot be carried exactly are refused, with column, type and remedy', () => {
  test.each<[string, AvroSchema, RegExp]>([
    ['an array of maps', { type: 'array', items: { type: 'map', values: 'string' } }, /column c .* map/],
    ['a map', { type: 'map', values: 'string' }, /map/],
    ['a union of two types', ['null', 'string', 'long'], /union/],
    ['an Avro enum', { type: 'enum', name: 'E', symbols: ['A'] }, /enum/],
    [
      'a name nobody knows',
      { type: 'array', items: 'double', 'connect.name': 'io.debezium.data.DoubleVector' },
      /io\.debezium\.data\.DoubleVector/,
    ],
    ['a known name on another Avro type', debezium('long', 'time.Date'), /long \(io\.debezium\.time\.Date\)/],
    [
      'a bit string of varying length that may have one bit',
      connectType('boolean', { type: 'VARBIT' }),
      /VARBIT, boolean/,
    ],
    ['a decimal without a scale', connect('bytes', 'Decimal'), /Decimal/],
    [
      'microseconds that Connect has cut off',
      connect('long', 'Timestamp', { type: 'DATETIME', length: 6 }),
      /Timestamp/,
    ],
    [
      'a bit string of varying length',
      debezium('bytes', 'data.Bits', { type: 'VARBIT', parameters: { length: '9' } }),
      /Bits/,
    ],
    ['bits without a length', debezium('bytes', 'data.Bits'), /Bits/],
    ['a geography', shape('Geography'), /Geography/],
  ])('%s', (_, type, message) => {
    expect(() => plan(type)).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED_SCHEMA',
        message: expect.stringMatching(message) as string,
        remedy: expect.any(String) as string,
      }) as Error,
    );
  });

  test.each([
    ['io.debezium.time.MicroDuration', 'long', /interval\.handling\.mode=string/],
    ['io.debezium.time.IsoTimestamp', 'string', /time\.precision\.mode=adaptive_time_microseconds/],
  ])('%s: the remedy names the setting', (name, avro, remedy) => {
    expect(() => plan(connectType(avro, { name }))).toThrow(
      expect.objectContaining({ remedy: expect.stringMatching(remedy) as string }) as Error,
    );
  });
});

test.each<[string, AvroSchema, unknown]>([
  ['a time over 838 hours', debezium('long', 'time.MicroTime'), 3_020_400_000_000n],
  ['an overflow of microseconds', debezium('long', 'time.MicroTimestamp'), -9_223_372_036_853_775_810n],
  ['parts of a microsecond', debezium('long', 'time.NanoTimestamp'), 1n],
  ['a year that no database has', debezium('string', 'time.ZonedTimestamp'), '+292278994-08-16T23:00:00Z'],
  ['a decimal without bytes', connect('bytes', 'Decimal', { parameters: { scale: '2' } }), Buffer.alloc(0)],
  ['a variable decimal without bytes', variableScale, { scale: 2, value: Buffer.alloc(0) }],
])('a value that no cell holds is refused: %s', (_, type, value) => {
  expect(() => read(type, value)).toThrow(expect.objectContaining({ code: 'UNDECODABLE_RECORD' }) as Error);
});
