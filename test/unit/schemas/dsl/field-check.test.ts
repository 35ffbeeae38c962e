import type { Cell } from '../../../../schemas/contract/cell.ts';
import type { LogicalType } from '../../../../schemas/contract/table.ts';
import { prepareCheck } from '../../../../schemas/dsl/field-check.ts';
import type { Field } from '../../../../schemas/dsl/source-field.ts';
import {
  codes,
  date,
  decimal,
  flag,
  float,
  instant,
  int32,
  int64,
  optional,
  text,
  timestamp,
  uuid,
} from '../../../../schemas/dsl/source-field.ts';

const place = { table: { namespace: 'oa', name: 'claim' }, column: 'c' };

function check(field: Field, cell: Cell, actual: LogicalType = field.type): Cell {
  return prepareCheck(field, { name: 'c', type: actual, nullable: true }, place)(cell);
}

describe('a cell that keeps the contract comes in the form of the declared type', () => {
  test.each<[string, Field, LogicalType, Cell, Cell]>([
    ['text', text(3), { kind: 'text' }, '差旅费', '差旅费'],
    ['text of characters outside the first plane', text(2), { kind: 'text' }, '𠮷䶮', '𠮷䶮'],
    ['an enum as text', text(), { kind: 'enum', values: ['a'] }, 'a', 'a'],
    ['a code', codes('a', 'b'), { kind: 'text' }, 'b', 'b'],
    ['a boolean', flag(), { kind: 'boolean' }, true, true],
    ['a 1 that means yes', flag(), { kind: 'int', bits: 16 }, 1, true],
    ['a 0 that means no', flag(), { kind: 'int', bits: 16 }, 0, false],
    ['a narrower integer', int64(), { kind: 'int', bits: 16 }, -5, -5n],
    ['an integer', int32(), { kind: 'int', bits: 16 }, -5, -5],
    ['a long', int64(), { kind: 'int', bits: 64 }, 2n ** 60n, 2n ** 60n],
    ['a decimal', decimal(18, 2), { kind: 'decimal', precision: 18, scale: 2 }, '1.50', '1.50'],
    ['a decimal without a fixed scale', decimal(18, 2), { kind: 'decimal' }, '1.5', '1.50'],
    [
      'a decimal of greater scale',
      decimal(18, 2),
      { kind: 'decimal', precision: 20, scale: 4 },
      '1.5000',
      '1.50',
    ],
    ['the widest decimal', decimal(4, 2), { kind: 'decimal' }, '-99.99', '-99.99'],
    ['a double', float(), { kind: 'float', bits: 64 }, 0.1, 0.1],
    ['a date', date({ min: '2000-01-01' }), { kind: 'date' }, '2000-01-01', '2000-01-01'],
    [
      'a timestamp of fewer digits',
      timestamp(6),
      { kind: 'timestamp', fraction: 3 },
      '2024-01-01 00:00:00.5',
      '2024-01-01 00:00:00.5',
    ],
    [
      'an instant at its bound',
      instant(3, { max: '2024-01-01T00:00:00Z' }),
      { kind: 'instant', fraction: 3 },
      '2024-01-01T00:00:00Z',
      '2024-01-01T00:00:00Z',
    ],
    ['a UUID', uuid(), { kind: 'uuid' }, 'u', 'u'],
    ['a null where it is allowed', optional(text(3)), { kind: 'text' }, null, null],
  ])('%s', (_, field, actual, cell, expected) => {
    expect(check(field, cell, actual)).toBe(expected);
  });
});

describe('a cell that breaks it is named by table, column and rule, never by its value', () => {
  test.each<[string, Field, LogicalType, Cell, RegExp]>([
    ['null', text(3), { kind: 'text' }, null, /must not be null/],
    ['a text too long', text(3), { kind: 'text' }, 'geheim', /more than 3 characters/],
    [
      'one character too many, counted as characters',
      text(2),
      { kind: 'text' },
      '𠮷䶮x',
      /more than 2 characters/,
    ],
    ['another code', codes('a', 'b'), { kind: 'enum' }, 'geheim', /none of the agreed codes/],
    ['neither yes nor no', flag(), { kind: 'int', bits: 16 }, -1, /neither 0 nor 1/],
    [
      'a fraction that would be rounded',
      decimal(18, 2),
      { kind: 'decimal' },
      '1.505',
      /more than 2 digits after/,
    ],
    ['a number too long', decimal(4, 2), { kind: 'decimal' }, '100.00', /more than 2 digits before/],
    [
      'a number too small',
      decimal(18, 2, { min: '0' }),
      { kind: 'decimal', precision: 18, scale: 2 },
      '-0.01',
      /less than 0/,
    ],
    [
      'a number too great',
      decimal(18, 2, { max: '10' }),
      { kind: 'decimal', precision: 18, scale: 2 },
      '10.01',
      /greater than 10/,
    ],
    [
      'a number too great by a digit that doubles lose',
      decimal(38, 2, { max: '90071992547409929999.98' }),
      { kind: 'decimal' },
      '90071992547409929999.99',
      /greater/,
    ],
    [
      'the date that stands for none',
      date({ min: '2000-01-01' }),
      { kind: 'date' },
      '1970-01-01',
      /less than 2000-01-01/,
    ],
    [
      'an instant after its bound by a fraction',
      instant(3, { max: '2024-01-01T00:00:00Z' }),
      { kind: 'instant', fraction: 3 },
      '2024-01-01T00:00:00.001Z',
      /greater/,
    ],
  ])('%s', (_, field, actual, cell, message) => {
    expect(() => check(field, cell, actual)).toThrow(
      expect.objectContaining({
        code: 'CONTRACT_VIOLATION',
        message: expect.stringMatching(message) as string,
      }) as Error,
    );
    expect(() => check(field, cell, actual)).toThrow(/^oa\.claim\.c: (?!.*geheim)/);
  });
});

describe('a column that has changed its type breaks the contract for every row', () => {
  test.each<[string, Field, LogicalType, RegExp]>([
    ['text', text(), { kind: 'json' }, /is json where text is agreed/],
    ['codes', codes('a'), { kind: 'int', bits: 16 }, /is int where text is agreed/],
    ['flag', flag(), { kind: 'text' }, /is text where boolean is agreed/],
    ['int64', int64(), { kind: 'decimal' }, /is decimal where int is agreed/],
    ['int32 made wider', int32(), { kind: 'int', bits: 64 }, /64 bits where 32 are agreed/],
    ['decimal', decimal(18, 2), { kind: 'float', bits: 64 }, /is float where decimal is agreed/],
    ['a zone lost', instant(3), { kind: 'timestamp', fraction: 3 }, /is timestamp where instant is agreed/],
    [
      'digits of the second added',
      timestamp(3),
      { kind: 'timestamp', fraction: 6 },
      /6 digits of a second where 3 are agreed/,
    ],
    ['date', date(), { kind: 'timestamp', fraction: 0 }, /is timestamp where date is agreed/],
  ])('%s', (_, field, actual, message) => {
    expect(() => prepareCheck(field, { name: 'c', type: actual, nullable: true }, place)).toThrow(message);
  });
});
