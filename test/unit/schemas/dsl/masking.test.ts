import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import type { Cell } from '../../../../schemas/contract/cell.ts';
import type { LogicalType } from '../../../../schemas/contract/table.ts';
import { maskColumn } from '../../../../schemas/dsl/masking.ts';
import type { Mask, MaskedColumn } from '../../../../schemas/dsl/masking.ts';

const SECRET = 'a salt of sixteen or more';
const TEXT: LogicalType = { kind: 'text' };

function mask(type: LogicalType, how: Mask, isKey = false): MaskedColumn {
  const column = { name: 'c', type, nullable: false };
  const outcome = maskColumn(column, how, { isKey, secret: SECRET });
  if (typeof outcome === 'string') throw new Error(outcome);
  return outcome;
}

const hash = (type: LogicalType, cell: Exclude<Cell, null>) => mask(type, { method: 'hash' }).apply(cell);

test('a hash is the HMAC-SHA-256 of the value, in a text column', () => {
  const { column, apply } = mask(TEXT, { method: 'hash' });
  expect(column.type).toEqual({ kind: 'text', maxLength: 64 });
  expect(apply('张伟')).toBe(createHmac('sha256', SECRET).update('张伟').digest('hex'));
});

test.each<[string, boolean]>([
  [
    'the same decimal at another scale',
    hash({ kind: 'decimal' }, '1.50') === hash({ kind: 'decimal' }, '1.5'),
  ],
  ['a whole decimal', hash({ kind: 'decimal' }, '10') === hash({ kind: 'decimal' }, '10.00')],
  ['the same number, as integer and as text', hash({ kind: 'int', bits: 64 }, 7n) === hash(TEXT, '7')],
  [
    'the same instant with zeros',
    hash({ kind: 'instant', fraction: 6 }, '2024-02-29T08:00:10.500Z') ===
      hash({ kind: 'instant', fraction: 6 }, '2024-02-29T08:00:10.5Z'),
  ],
  [
    'the same whole second',
    hash({ kind: 'timestamp', fraction: 3 }, '2024-02-29 08:00:10.000') ===
      hash({ kind: 'timestamp', fraction: 3 }, '2024-02-29 08:00:10'),
  ],
  ['bytes of a text', hash({ kind: 'bytes' }, Buffer.from('x')) === hash(TEXT, 'x')],
])('equal hashes: %s', (_, equal) => {
  expect(equal).toBe(true);
});

test.each<[string, Cell, Cell]>([
  ['texts that are one number', '1.50', '1.5'],
  ['a trailing space', 'a', 'a '],
])('unequal hashes: %s', (_, a, b) => {
  expect(hash(TEXT, a!)).not.toBe(hash(TEXT, b!));
});

test('equal texts have equal hashes and others have not, so a hashed key stays a key', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(hash(TEXT, a) === hash(TEXT, b)).toBe(a === b);
    }),
  );
});

test.each([
  [0, 4, '13812345678', '*******5678'],
  [1, 0, '张伟', '张*'],
  [1, 1, '欧阳𠮷', '欧*𠮷'],
  [2, 2, 'abcd', '****'],
  [3, 4, 'abc', '***'],
  [0, 0, 'abc', '***'],
  [0, 4, '', ''],
])('partial keeps the first %i and the last %i', (keepFirst, keepLast, text, shown) => {
  expect(mask(TEXT, { method: 'partial', keepFirst, keepLast }).apply(text)).toBe(shown);
});

test('partial never shows a text whole, nor more than it may', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.nat(5), fc.nat(5), (text, first, last) => {
      const shown = mask(TEXT, { method: 'partial', keepFirst: first, keepLast: last }).apply(text) as string;
      const was = Array.from(text);
      const is = Array.from(shown);
      expect(is).toHaveLength(was.length);
      const kept = is.filter((character, at) => character === was[at] && character !== '*').length;
      expect(kept).toBeLessThanOrEqual(was.length > first + last ? first + last : 0);
    }),
  );
});

test('nullify gives no value, in a column that may be null', () => {
  const { column, apply } = mask({ kind: 'decimal' }, { method: 'nullify' });
  expect(column).toEqual({ name: 'c', type: { kind: 'decimal' }, nullable: true });
  expect(apply('1')).toBeNull();
});

test.each<[string, LogicalType, Mask, boolean, string | null, RegExp]>([
  ['a key nullified', TEXT, { method: 'nullify' }, true, SECRET, /key column cannot be nullified/],
  ['a key in part', TEXT, { method: 'partial', keepFirst: 1, keepLast: 1 }, true, SECRET, /shown in part/],
  [
    'a float hashed',
    { kind: 'float', bits: 64 },
    { method: 'hash' },
    false,
    SECRET,
    /float cannot be hashed/,
  ],
  ['JSON hashed', { kind: 'json' }, { method: 'hash' }, false, SECRET, /json cannot be hashed/],
  [
    'a number in part',
    { kind: 'int', bits: 32 },
    { method: 'partial', keepFirst: 1, keepLast: 1 },
    false,
    SECRET,
    /only text/,
  ],
  ['a hash without a secret', TEXT, { method: 'hash' }, false, null, /no secret/],
])('refuses %s', (_, type, how, isKey, secret, reason) => {
  expect(maskColumn({ name: 'c', type, nullable: true }, how, { isKey, secret })).toMatch(reason);
});
