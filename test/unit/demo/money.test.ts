import fc from 'fast-check';
import {
  formatCents,
  isCurrency,
  parseCents,
  rateToCny,
  share,
  toCny,
} from '../../../stack/demo/activity/money.ts';

describe('cents', () => {
  test('are written and read without loss, beyond what a number holds', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 18n), 10n ** 18n), (cents) => parseCents(formatCents(cents)) === cents),
    );
    expect(formatCents(9_007_199_254_740_993n)).toBe('90071992547409.93');
    expect(formatCents(5n)).toBe('0.05');
    expect(formatCents(-5n)).toBe('-0.05');
  });

  test('are read from decimals of other scales', () => {
    expect(parseCents('12')).toBe(1200n);
    expect(parseCents('12.5')).toBe(1250n);
    expect(parseCents('12.50000')).toBe(1250n);
    expect(parseCents('0.00')).toBe(0n);
  });

  test.each(['', '1.005', '1e3', 'NaN', '１２', '1,000.00', '.5'])('are not read from %p', (text) => {
    expect(() => parseCents(text)).toThrow(RangeError);
  });
});

describe('share', () => {
  test('is within half a cent of the exact value', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 10n ** 15n),
        fc.bigInt(0n, 1000n),
        fc.bigInt(1n, 1000n),
        (cents, part, whole) => {
          const twiceError = 2n * (share(cents, part, whole) * whole - cents * part);
          return twiceError <= whole && twiceError > -whole;
        },
      ),
    );
    expect(share(1n, 1n, 2n)).toBe(1n);
  });
});

test('amounts are converted at the rates that vouchers name', () => {
  expect(toCny(100n, 'CNY')).toBe(100n);
  expect(toCny(100n, 'USD')).toBe(719n);
  expect(rateToCny('USD')).toBe('7.185000');
  expect(rateToCny('HKD')).toBe('0.920500');
  expect(isCurrency('EUR')).toBe(false);
  expect(isCurrency('toString')).toBe(false);
});
