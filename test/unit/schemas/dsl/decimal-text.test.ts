import fc from 'fast-check';
import {
  compareDecimals,
  decimalOfUnits,
  integerDigits,
  rescaled,
  withoutExponent,
} from '../../../../schemas/dsl/decimal-text.ts';

const units = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n });
const scale = fc.integer({ min: 0, max: 30 });

test.each([
  ['1.50', '1.5', 0],
  ['0.1', '0.10', 0],
  ['-0.01', '0', -1],
  ['-2', '-1.99', -1],
  ['99999999999999999999.99', '99999999999999999999.98', 1],
  // Both are 2^53 as doubles.
  ['9007199254740993', '9007199254740992', 1],
  ['0.123456789012345678', '0.123456789012345679', -1],
])('%s against %s', (a, b, sign) => {
  expect(Math.sign(compareDecimals(a, b))).toBe(sign);
  // Adding 0 makes -0 into 0.
  expect(Math.sign(compareDecimals(b, a))).toBe(-sign + 0);
});

test('comparison is exact, whatever the lengths and scales', () => {
  fc.assert(
    fc.property(units, units, scale, scale, (a, b, left, right) => {
      const exact = a * 10n ** BigInt(right) - b * 10n ** BigInt(left);
      const sign = exact < 0n ? -1 : exact > 0n ? 1 : 0;
      expect(Math.sign(compareDecimals(decimalOfUnits(a, left), decimalOfUnits(b, right))) + 0).toBe(sign);
    }),
  );
});

test.each([
  ['1.5', 2, '1.50'],
  ['1', 2, '1.00'],
  ['1.500', 2, '1.50'],
  ['1.505', 2, null],
  ['100', 0, '100'],
  ['100.000', 0, '100'],
  ['-0.000', 0, '0'],
  ['-0.001', 2, null],
  ['-0.10', 1, '-0.1'],
])('%s with scale %i is %s', (text, wanted, expected) => {
  expect(rescaled(text, wanted)).toBe(expected);
});

test('rescaling keeps the value or refuses', () => {
  fc.assert(
    fc.property(units, scale, scale, (value, from, to) => {
      const text = decimalOfUnits(value, from);
      const result = rescaled(text, to);
      if (result === null) {
        expect(to).toBeLessThan(from);
        expect(value % 10n ** BigInt(from - to)).not.toBe(0n);
        return;
      }
      expect(compareDecimals(result, text)).toBe(0);
      expect((result.split('.')[1] ?? '').length).toBe(to);
    }),
  );
});

test.each([
  ['0.99', 0],
  ['9.99', 1],
  ['-12', 2],
  ['1000.5', 4],
])('%s has %i digits before the point', (text, digits) => {
  expect(integerDigits(text)).toBe(digits);
});

test.each([
  [1234n, 2, '12.34'],
  [-5n, 2, '-0.05'],
  [0n, 2, '0.00'],
  [7n, 0, '7'],
])('%d units at scale %i are %s', (value, places, expected) => {
  expect(decimalOfUnits(value, places)).toBe(expected);
});

test.each([
  ['1.5e+22', '15000000000000000000000'],
  ['12784605.020000005', '12784605.020000005'],
  ['-2.5E-3', '-0.0025'],
  ['1.20e1', '12.0'],
  ['-0e5', '0'],
  ['1e999', null],
  ['NaN', null],
  ['1e', null],
])('%s without an exponent is %s', (text, expected) => {
  expect(withoutExponent(text)).toBe(expected);
});
