import type { Cell } from '../../../../schemas/contract/cell.ts';
import type { AvroSchema } from '../../../../schemas/contract/ports.ts';
import type { Connector } from '../../../../processors/decode/column-facts.ts';
import { connect, debezium, plan, read } from './columns.ts';

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
