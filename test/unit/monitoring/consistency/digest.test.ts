import fc from 'fast-check';
import { digestOfNoRow, RowDigester } from '../../../../monitoring/consistency/digest.ts';
import type { Cells } from '../../../../monitoring/consistency/digest.ts';
import type { LogicalType, TableShape } from '../../../../schemas/contract/table.ts';
import type { Cell } from '../../../../schemas/contract/cell.ts';

const TYPES = {
  id: { kind: 'int', bits: 64 },
  code: { kind: 'text' },
  amount: { kind: 'decimal', precision: 18, scale: 2 },
  remark: { kind: 'text' },
  blob: { kind: 'bytes' },
  paid: { kind: 'boolean' },
  ratio: { kind: 'float', bits: 64 },
  at: { kind: 'instant', fraction: 6 },
} as const satisfies Record<string, LogicalType>;

const shape: TableShape = {
  id: { namespace: 'ap', name: 'claim' },
  columns: Object.entries(TYPES).map(([name, type]) => ({ name, type, nullable: true })),
  key: ['code', 'id'],
};
const digester = new RowDigester(shape);

const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '',
    ' ',
    'a ',
    'A',
    'ａ',
    '﻿',
    '1:',
    '3:abc',
    'null;',
    'absent;',
    '报销',
    '𠮷',
    '\u0000',
    'e\u0301',
    'é',
  ),
);
const nullable = <T>(cells: fc.Arbitrary<T>) => fc.oneof(fc.constant(null), cells);
const cell: Readonly<Record<keyof typeof TYPES, fc.Arbitrary<Cell>>> = {
  id: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  code: odd,
  amount: nullable(fc.bigInt(-(10n ** 17n), 10n ** 17n).map(String)),
  remark: nullable(odd),
  blob: nullable(fc.uint8Array({ maxLength: 8 })),
  paid: nullable(fc.boolean()),
  ratio: nullable(fc.double({ noNaN: true })),
  at: nullable(fc.constantFrom('2024-01-01T00:00:00Z', '2024-01-01T00:00:00.000001Z')),
};
const row: fc.Arbitrary<Cell[]> = fc.tuple(...Object.values(cell));

describe('RowDigester', () => {
  test('any change of a single cell changes the digest, and is named', () => {
    const change = fc
      .integer({ min: 0, max: shape.columns.length - 1 })
      .chain((at) => fc.tuple(fc.constant(at), Object.values(cell)[at]!));
    fc.assert(
      fc.property(row, change, (before, [at, to]) => {
        const after: Cell[] = before.with(at, to);
        const changed = !sameValue(before[at]!, to);
        expect(digester.digest(after) !== digester.digest(before)).toBe(changed);
        expect(digester.differingColumns(before, after)).toEqual(changed ? [shape.columns[at]!.name] : []);
      }),
      { numRuns: 500 },
    );
  });

  test('null, an empty text and a missing cell are three things', () => {
    const base: Cells = [1n, 'a', '1', '', new Uint8Array(), true, 0, null];
    const digests = [base, base.with(3, null), base.with(3, undefined)].map((cells) =>
      digester.digest(cells),
    );
    expect(new Set(digests).size).toBe(3);
    expect(digester.differingColumns(base, base.with(3, undefined))).toEqual(['remark']);
  });

  test('texts do not run into one another', () => {
    const texts = shape.columns.filter(({ type }) => type.kind === 'text');
    const pairs = new RowDigester({ ...shape, columns: texts, key: [] });
    fc.assert(
      fc.property(odd, odd, odd, odd, (a, b, c, d) => {
        expect(pairs.digest([a, b]) === pairs.digest([c, d])).toBe(a === c && b === d);
      }),
    );
    expect(pairs.digest(['1:a', ''])).not.toBe(pairs.digest(['1:', 'a']));
    expect(pairs.digest([null, 'null;'])).not.toBe(pairs.digest(['null;', null]));
  });

  test('digests of texts and of cells agree', () => {
    fc.assert(
      fc.property(row, (cells) => {
        const texts = cells.map((value, at) => (value === null ? null : textOf(at, value)));
        expect(digester.digestOfTexts(texts)).toBe(digester.digest(cells));
        expect(digester.keyOfTexts(texts)).toBe(digester.key(cells));
      }),
    );
  });

  test('keys are equal exactly when their cells are, and can be read again', () => {
    fc.assert(
      fc.property(row, row, (a, b) => {
        expect(digester.keyCells(digester.key(a))).toEqual([a[1], a[0]]);
        expect(digester.key(a) === digester.key(b)).toBe(a[0] === b[0] && a[1] === b[1]);
        expect(digester.keyOfKeyCells([a[1]!, a[0]!])).toBe(digester.key(a));
      }),
    );
  });

  test('a key of odd text is compared by its characters, not by a collation', () => {
    const keys = ['a', 'A', 'ä', 'a ', ' a', 'ａ', 'é', 'e\u0301', ''].map((code) =>
      digester.keyOfKeyCells([code, 1n]),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('a key with null in it is an error that names the column, not the row', () => {
    expect(() => digester.key([null, 'secret'])).toThrow(
      new RangeError('key column id holds no value in some row'),
    );
  });

  test('the digest of no row is the digest of no row there is', () => {
    const digest = digestOfNoRow('CONTRACT_VIOLATION');
    expect(digest).toHaveLength(16);
    expect(digest).not.toBe(digestOfNoRow('MAPPING_FAILED'));
  });
});

function sameValue(a: Cell, b: Cell): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.from(a).equals(Buffer.from(b));
  return a === b;
}

function textOf(at: number, value: Exclude<Cell, null>): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value === 'boolean') return value ? '1' : '0';
  return shape.columns[at]!.type.kind === 'float' && value === 0 ? '0' : String(value);
}
