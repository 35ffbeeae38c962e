import fc from 'fast-check';
import { convertAll, factorOf } from '../../../../processors/posting/convert.ts';
import type { Minor } from '../../../../schemas/posting/money.ts';
import { baseMinor, minor, minorOf, sumOf } from '../../../../schemas/posting/money.ts';

const CNY = { code: 'CNY', minorUnits: 2 };
const USD = { code: 'USD', minorUnits: 2 };
const JPY = { code: 'JPY', minorUnits: 0 };
const KWD = { code: 'KWD', minorUnits: 3 };
const minors = (...units: bigint[]): Minor[] => units.map(minor);

test.each([
  ['a rate of one', '1', CNY, 12345n, 12345n],
  ['no cents in yen', '0.0478', JPY, 1000n, 4780n],
  ['thousandths of a dinar', '23.4', KWD, 1000n, 2340n],
  ['half a cent goes up', '0.5', USD, 1n, 1n],
  ['less than half goes down', '0.49', USD, 1n, 0n],
  ['beyond what a number holds', '7.185', USD, 9007199254740993n, 64716726645314035n],
])('%s', (_, rate, currency, amount, expected) => {
  expect(convertAll(minors(amount), factorOf(rate, currency, CNY))).toEqual([baseMinor(expected)]);
});

test('what rounding left over goes to the largest remainders, earlier ones first', () => {
  const factor = factorOf('7.185', USD, CNY);
  expect(convertAll(minors(3333n, 3334n, 3333n), factor)).toEqual([23948n, 23955n, 23947n]);
  expect(convertAll([], factor)).toEqual([]);
});

const amounts = fc.array(fc.bigInt(0n, 10n ** 18n).map(minor), { minLength: 1, maxLength: 30 });
const rates = fc.tuple(fc.bigInt(1n, 10n ** 10n), fc.integer({ min: 0, max: 8 })).map(([units, scale]) => {
  const digits = units.toString().padStart(scale + 1, '0');
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
});

test('no cent drifts: the parts come to the whole, rounded once, and none is off by a unit', () => {
  fc.assert(
    fc.property(amounts, rates, fc.constantFrom(USD, JPY, KWD), (parts, rate, currency) => {
      const factor = factorOf(rate, currency, CNY);
      const converted = convertAll(parts, factor);
      expect([sumOf(converted)]).toEqual(convertAll([sumOf(parts)], factor));
      parts.forEach((part, index) => {
        const off = converted[index]! * factor.denominator - part * factor.numerator;
        expect(off < factor.denominator && off > -factor.denominator).toBe(true);
      });
    }),
  );
});

test.each([
  ['1234.5600', 123456n],
  ['1234', 123400n],
  ['-0.01', -1n],
  ['90071992547409.93', 9007199254740993n],
  ['0.001', null],
  ['1e3', null],
  ['１２', null],
  ['', null],
])('%j is so many cents', (text, expected) => {
  expect(minorOf(text, CNY)).toBe(expected);
});
