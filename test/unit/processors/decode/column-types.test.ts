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

describe('cells and logical types by the name that Connect gives', () => {
  test.each<[string, AvroSchema, unknown, Cell, object]>([
    ['Date', debezium('int', 'time.Date'), 19_782, '2024-02-29', { kind: 'date' }],
    ['Time', debezium('int', 'time.Time'), 45_296_700, '12:34:56.7', { kind: 'time', fraction: 3 }],
    [
      'MicroTime',
      debezium('long', 'time.MicroTime'),
      45_296_000_001n,
      '12:34:56.000001',
      { kind: 'time', fraction: 6 },
    ],
    [
      'NanoTime',
      debezium('long', 'time.NanoTime'),
      45_296_000_001_000n,
      '12:34:56.000001',
      { kind: 'time', fraction: 6 },
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
    ['Interval', debezium('string', 'time.Interval'), 'P1Y', 'P1Y', { kind: 'text' }],
    ['Json', debezium('string', 'data.Json'), '{"a":1}', '{"a":1}', { kind: 'json' }],
    ['Xml', debezium('string', 'data.Xml'), '<a/>', '<a/>', { kind: 'text' }],
    ['EnumSet', debezium('string', 'data.EnumSet'), 'a,b', 'a,b', { kind: 'text' }],
    [
      'Bits',
      debezium('bytes', 'data.Bits', { parameters: { length: '9' } }),
      Buffer.from([0x55, 0x01]),
      341n,
      { kind: 'int', bits: 64 },
    ],
    [
      'VariableScaleDecimal',
      variableScale,
      { scale: 1, value: Buffer.from([15]) },
      '1.5',
      { kind: 'decimal' },
    ],
    ['Connect Date', connect('int', 'Date'), -1, '1969-12-31', { kind: 'date' }],
    ['Connect Time', connect('int', 'Time'), 1, '00:00:00.001', { kind: 'time', fraction: 3 }],
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
      { kind: 'decimal', precision: 20, scale: 0 },
    ],
  ])('%s %s', (connector, _, type, logical) => {
    expect(plan(type, connector).column.type).toEqual(logical);
  });

  test('labels of an enum: a comma inside one is escaped in the schema, and in what comes from the binlog', () => {
    const type = debezium('string', 'data.Enum', { parameters: { allowed: 'a,b\\,c' } });
    expect(plan(type).column.type).toEqual({ kind: 'enum', values: ['a', 'b,c'] });
    expect(['a', 'b,c', 'b\\,c', ''].map((value) => read(type, value))).toEqual(['a', 'b,c', 'b,c', '']);
  });

  test('64 bits', () => {
    const type = debezium('bytes', 'data.Bits', { parameters: { length: '64' } });
    expect(read(type, Buffer.alloc(8, 0xff))).toBe('18446744073709551615');
  });

  test('a UUID is lower case; one of MariaDB that begins with a zero byte may be another one', () => {
    const type = debezium('string', 'data.Uuid');
    const upper = '123E4567-E89B-12D3-A456-426614174001';
    expect(read(type, upper)).toBe(upper.toLowerCase());
    const zero = '00123e45-67e8-9b12-d3a4-564266141740';
    expect(read(type, zero, 'postgresql')).toBe(zero);
    expect(() => read(type, zero)).toThrow(/column c holds a value that is not certain/);
  });
});

describe('types that cannot be carried exactly are refused, with column, type and remedy', () => {
  test.each<[string, AvroSchema, RegExp]>([
    ['an array', { type: 'array', items: 'string' }, /column c .* array/],
    ['a map', { type: 'map', values: 'string' }, /map/],
    ['a union of two types', ['null', 'string', 'long'], /union/],
    ['an Avro enum', { type: 'enum', name: 'E', symbols: ['A'] }, /enum/],
    ['a name nobody knows', debezium('string', 'data.Ltree'), /io\.debezium\.data\.Ltree/],
    ['a known name on another Avro type', debezium('long', 'time.Date'), /long \(io\.debezium\.time\.Date\)/],
    ['a time with a zone', debezium('string', 'time.ZonedTime', { type: 'TIMETZ' }), /TIMETZ, string/],
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
    ['more than 64 bits', debezium('bytes', 'data.Bits', { parameters: { length: '65' } }), /Bits/],
    [
      'a geometry',
      {
        ...(variableScale as object),
        name: 'Geometry',
        type: 'record',
        'connect.name': 'io.debezium.data.geometry.Geometry',
      },
      /Geometry/,
    ],
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
  ['a date after 9999', debezium('int', 'time.Date'), 2_932_897],
  ['a time over 24 hours', debezium('long', 'time.MicroTime'), 90_000_000_000n],
  ['a negative time', debezium('long', 'time.MicroTime'), -1n],
  ['parts of a microsecond', debezium('long', 'time.NanoTimestamp'), 1n],
  ['infinity', debezium('string', 'time.ZonedTimestamp'), '+292278994-08-16T23:00:00Z'],
  ['a decimal without bytes', connect('bytes', 'Decimal', { parameters: { scale: '2' } }), Buffer.alloc(0)],
  ['a variable decimal without bytes', variableScale, { scale: 2, value: Buffer.alloc(0) }],
])('a value that no cell holds is refused: %s', (_, type, value) => {
  expect(() => read(type, value)).toThrow(expect.objectContaining({ code: 'UNDECODABLE_RECORD' }) as Error);
});
