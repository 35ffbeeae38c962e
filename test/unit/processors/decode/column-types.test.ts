import type { Cell } from '../../../../schemas/contract/cell.ts';
import type { AvroSchema } from '../../../../schemas/contract/ports.ts';
import { connect, debezium, plan, read, shape, variableScale } from './columns.ts';
import { connectType } from './envelopes.ts';

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
