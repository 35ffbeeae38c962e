import fc from 'fast-check';
import { normalizerOf } from '../../../../../monitoring/consistency/normal-cell.ts';
import { normalReader, textReader } from '../../../../../monitoring/consistency/readers/cell-text.ts';
import { cellReader, normalTextReader } from '../../../../../monitoring/consistency/readers/mysql-cells.ts';
import { literalOf } from '../../../../../monitoring/consistency/readers/mysql-literal.ts';
import { mysqlType } from '../../../../../monitoring/consistency/readers/mysql-types.ts';
import type { MysqlColumn } from '../../../../../monitoring/consistency/readers/mysql-types.ts';
import { postgresType } from '../../../../../monitoring/consistency/readers/postgres-types.ts';
import type { PostgresColumn } from '../../../../../monitoring/consistency/readers/postgres-types.ts';
import { readError } from '../../../../../monitoring/consistency/readers/read-error.ts';
import { CounterfoilError } from '../../../../../schemas/contract/errors.ts';
import type { LogicalType } from '../../../../../schemas/contract/table.ts';
import type { Cell } from '../../../../../schemas/contract/cell.ts';

const int32: LogicalType = { kind: 'int', bits: 32 };
const int64: LogicalType = { kind: 'int', bits: 64 };
const instant: LogicalType = { kind: 'instant', fraction: 6 };
const timestamp: LogicalType = { kind: 'timestamp', fraction: 6 };
const hex = (text: string): Cell => Buffer.from(text, 'hex');

describe('textReader', () => {
  const cases: readonly (readonly [LogicalType, string, Cell])[] = [
    [{ kind: 'boolean' }, 't', true],
    [{ kind: 'boolean' }, '0', false],
    [{ kind: 'boolean' }, '2', '2'],
    [int32, '-5', -5],
    [int32, 't', true],
    [int32, 'f', false],
    [int32, 'x', 'x'],
    [int64, '9007199254740993', 9007199254740993n],
    [int64, '1.0', '1.0'],
    [{ kind: 'float', bits: 64 }, '1e-7', 1e-7],
    [{ kind: 'float', bits: 64 }, '-Infinity', -Infinity],
    [{ kind: 'float', bits: 64 }, 'NaN', NaN],
    [{ kind: 'float', bits: 64 }, 'abc', 'abc'],
    [{ kind: 'decimal' }, '1.50', '1.50'],
    [{ kind: 'decimal' }, '-0.00', '0.00'],
    [{ kind: 'decimal' }, '-0.01', '-0.01'],
    [{ kind: 'text' }, ' 1.50 ', ' 1.50 '],
    [{ kind: 'uuid' }, 'ABC', 'abc'],
    [{ kind: 'bytes' }, 'ff', Buffer.from([255])],
    [{ kind: 'date' }, '2024-02-29', '2024-02-29'],
    [{ kind: 'date' }, '2024-02-29 00:00:00', '2024-02-29'],
    [{ kind: 'date' }, '2024-02-29 00:00:01', '2024-02-29 00:00:01'],
    [{ kind: 'time', fraction: 6 }, '10:00:00.500000', '10:00:00.5'],
    [timestamp, '2024-01-01 10:00:00.000', '2024-01-01 10:00:00'],
    [timestamp, '2024-01-01 10:00:00.1+00', '2024-01-01 10:00:00.1'],
    [timestamp, '2024-01-01', '2024-01-01 00:00:00'],
    [instant, '2024-01-01 10:00:00.120000', '2024-01-01T10:00:00.12Z'],
    [instant, '2024-01-01 10:00:00+00', '2024-01-01T10:00:00Z'],
    [instant, 'infinity', 'infinity'],
  ];
  test.each(cases)('%j: %s', (type, text, cell) => {
    expect(textReader(type, hex)(text)).toEqual(cell);
  });

  test('the short way to a normal text gives what the way through the cell gives', () => {
    const types = cases.map(([type]) => type);
    const texts = fc.oneof(
      fc.constantFrom(
        ...cases.map(([, text]) => text),
        '',
        '-',
        '007',
        '1e5',
        '+3',
        '٣',
        '2024-01-01 10:00:00.0',
      ),
      fc.bigInt(-(2n ** 70n), 2n ** 70n).map(String),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...types), texts, (type, text) => {
        const cell = textReader(type, hex)(text);
        expect(normalReader(type, hex)(text)).toBe(normalizerOf(type)(cell ?? text));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("values as MariaDB's driver gives them", () => {
  const column = (type: LogicalType, nullable = true) => ({ name: 'c', type, nullable });

  test.each<readonly [LogicalType, string | number | Buffer, Cell]>([
    [int32, 7, 7],
    [int32, '7', 7],
    [{ kind: 'boolean' }, 1, true],
    [{ kind: 'decimal' }, '18446744073709551615', '18446744073709551615'],
    [{ kind: 'bytes' }, Buffer.from([1]), Buffer.from([1])],
    [{ kind: 'bytes' }, 'text', 'text'],
    [{ kind: 'text' }, Buffer.from('报销'), '报销'],
    [{ kind: 'text' }, 7, '7'],
  ])('%j: %p', (type, raw, cell) => {
    expect(cellReader(column(type), 'as-captured')(raw)).toEqual(cell);
    const normal = normalTextReader(column(type), 'as-captured')(raw);
    expect(normal).toBe(normalizerOf(type)(cell!));
  });

  test.each([
    [{ kind: 'date' } as const, '0000-00-00', '1970-01-01'],
    [{ kind: 'date' } as const, '2024-00-10', '1970-01-01'],
    [{ kind: 'date' } as const, '2024-10-00', '1970-01-01'],
    [timestamp, '0000-00-00 00:00:00', '1970-01-01 00:00:00'],
    [instant, '0000-00-00 00:00:00', '1970-01-01T00:00:00Z'],
  ])(
    '%j: dates that do not exist are null where they may be, and no made-up date, %s',
    (type, raw, epoch) => {
      expect(cellReader(column(type, true), 'as-captured')(raw)).toBeNull();
      expect(normalTextReader(column(type, true), 'as-captured')(raw)).toBeNull();
      // Where NULL is not allowed the connector makes up a date, which the check must find.
      expect(cellReader(column(type, false), 'as-captured')(raw)).not.toBe(epoch);
      // In a target they are what somebody put there, and equal to nothing that was sent.
      expect(cellReader(column(type, true), 'as-stored')(raw)).not.toBeNull();
      expect(cellReader(column(type, false), 'as-stored')(raw)).not.toBe(epoch);
    },
  );
});

describe('literalOf', () => {
  test.each<readonly [LogicalType, Cell, string]>([
    [int64, 9007199254740993n, '9007199254740993'],
    [int32, -1, '-1'],
    [{ kind: 'boolean' }, true, '1'],
    [{ kind: 'decimal' }, '1.5', '1.5'],
    [{ kind: 'decimal' }, "1' OR 1=1", "_utf8mb4 X'3127204f5220313d31'"],
    [{ kind: 'text' }, '1', "_utf8mb4 X'31'"],
    [{ kind: 'text' }, '', "''"],
    [{ kind: 'text' }, "'\\", "_utf8mb4 X'275c'"],
    [{ kind: 'bytes' }, Buffer.from([0, 39]), "X'0027'"],
    [{ kind: 'bytes' }, Buffer.alloc(0), "''"],
    [{ kind: 'text' }, null, 'NULL'],
    [
      instant,
      '2024-01-01T10:00:00.5Z',
      `_utf8mb4 X'${Buffer.from('2024-01-01 10:00:00.5').toString('hex')}'`,
    ],
  ])('%j: %p', (type, cell, literal) => {
    expect(literalOf(type, cell)).toBe(literal);
  });
});

describe('types of columns', () => {
  const mysql = (dataType: string, over: Partial<MysqlColumn> = {}): LogicalType =>
    mysqlType({
      ...{ name: 'c', nullable: true, dataType, columnType: dataType },
      ...{ maxLength: null, precision: null, scale: null, fraction: null },
      ...over,
    });
  const postgres = (type: string, modifier = -1, over: Partial<PostgresColumn> = {}): LogicalType =>
    postgresType({
      ...{
        name: 'c',
        nullable: true,
        type,
        typeKind: 'b',
        category: 'X',
        modifier,
        sqlType: type,
        labels: [],
        element: null,
        generated: false,
      },
      ...over,
    });

  test('integers are as wide as their values need', () => {
    const unsigned = (dataType: string) => mysql(dataType, { columnType: `${dataType}(10) unsigned` });
    expect([mysql('tinyint'), mysql('mediumint'), mysql('bigint')]).toEqual([
      { kind: 'int', bits: 16 },
      { kind: 'int', bits: 32 },
      { kind: 'int', bits: 64 },
    ]);
    expect([unsigned('smallint'), unsigned('int'), unsigned('bigint')]).toEqual([
      { kind: 'int', bits: 32 },
      { kind: 'int', bits: 64 },
      { kind: 'decimal', precision: 20, scale: 0 },
    ]);
    expect(mysql('year')).toEqual({ kind: 'int', bits: 16 });
  });

  test('one bit is a boolean, more are bits', () => {
    const bits = [{ kind: 'boolean' }, { kind: 'bits', length: 8 }, { kind: 'bits', length: 64 }];
    expect([1, 8, 64].map((precision) => mysql('bit', { precision }))).toEqual(bits);
    expect([1, 8, 64].map((width) => postgres('bit', width))).toEqual(bits);
  });

  test('labels of enums are read with their quotes and commas', () => {
    expect(mysql('enum', { columnType: "enum('a','it''s','b,c','')" })).toEqual({
      kind: 'enum',
      values: ['a', "it's", 'b,c', ''],
    });
    expect(postgres('mood', -1, { typeKind: 'e', labels: ['ok'] })).toEqual({ kind: 'enum', values: ['ok'] });
  });

  test('numeric keeps precision and scale, or has none', () => {
    expect(postgres('numeric', ((18 << 16) | 2) + 4)).toEqual({ kind: 'decimal', precision: 18, scale: 2 });
    expect(postgres('numeric', ((5 << 16) | (-2 & 0x7ff)) + 4)).toEqual({
      kind: 'decimal',
      precision: 5,
      scale: -2,
    });
    expect(postgres('numeric')).toEqual({ kind: 'decimal' });
  });
});

describe('readError', () => {
  const driverError = (code: string, message: string) => Object.assign(new Error(message), { code });

  test.each([
    ['42501', 'permission denied for table claim'],
    ['ER_TABLEACCESS_DENIED_ERROR', 'SELECT command denied'],
    ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'],
    ['57P01', 'terminating connection'],
  ])('%s: passes on what the server said', (code, message) => {
    expect(readError(driverError(code, message), 'oa.claim').message).toBe(
      `cannot read oa.claim: ${message}`,
    );
  });

  test('quotes no message that may hold a value', () => {
    const error = readError(
      driverError('22P02', 'invalid input syntax for type integer: "secret"'),
      'oa.claim',
    );
    expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE', message: 'cannot read oa.claim (22P02)' });
    expect(readError('secret', 'oa.claim').message).toBe('cannot read oa.claim');
  });

  test('leaves our own errors as they are, and says something when several addresses failed', () => {
    const own = new CounterfoilError('SOURCE_UNAVAILABLE', 'x');
    expect(readError(own, 'y')).toBe(own);
    const both = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
    expect(readError(both, 'y').message).toBe('cannot read y: no address answers');
  });
});
