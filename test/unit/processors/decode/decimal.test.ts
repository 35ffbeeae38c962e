import fc from 'fast-check';
import { bigIntOf, decimalText } from '../../../../processors/decode/decimal.ts';

const text = (hex: string, scale: number) => decimalText(Buffer.from(hex, 'hex'), scale);

/** What Java's BigInteger.toByteArray gives: the fewest bytes in two's complement, big-endian. */
function bytesOf(value: bigint): Buffer {
  let length = 1;
  while (BigInt.asIntN(length * 8, value) !== value) length += 1;
  const hex = BigInt.asUintN(length * 8, value).toString(16);
  return Buffer.from(hex.padStart(length * 2, '0'), 'hex');
}

// Unscaled bytes as java.math.BigDecimal gives them.
test.each([
  ['00', 0, '0'],
  ['00', 2, '0.00'],
  ['00', 30, `0.${'0'.repeat(30)}`],
  ['3039', 2, '123.45'],
  ['cfc7', 2, '-123.45'],
  ['01', 2, '0.01'],
  ['ff', 2, '-0.01'],
  ['7f', 0, '127'],
  ['80', 0, '-128'],
  ['0080', 0, '128'],
  ['ff7f', 0, '-129'],
  ['00ff', 0, '255'],
  ['7fffffffffff', 0, '140737488355327'],
  ['800000000000', 0, '-140737488355328'],
  ['00800000000000', 0, '140737488355328'],
  ['7fffffffffffffff', 0, '9223372036854775807'],
  ['8000000000000000', 0, '-9223372036854775808'],
  ['00ffffffffffffffff', 0, '18446744073709551615'],
  ['4b3b4ca85a86c47a098a224000000000', 0, `1${'0'.repeat(38)}`],
  ['b4c4b357a5793b85f675ddc000000000', 0, `-1${'0'.repeat(38)}`],
  ['4b3b4ca85a86c47a098a223fffffffff', 0, '9'.repeat(38)],
  ['4b3b4ca85a86c47a098a224000000000', 30, `1${'0'.repeat(8)}.${'0'.repeat(30)}`],
  ['01', 30, `0.${'0'.repeat(29)}1`],
  // A leading byte more than needed changes nothing.
  ['000000003039', 2, '123.45'],
  ['ffffffffffffffffcfc7', 2, '-123.45'],
  // Java allows negative scales.
  ['05', -3, '5000'],
  ['fb', -3, '-5000'],
  ['00', -3, '0'],
])('%s with scale %i is %s', (hex, scale, expected) => {
  expect(text(hex, scale)).toBe(expected);
});

test('no bytes are no number: BigInteger refuses them as well', () => {
  expect(text('', 2)).toBeNull();
});

test('every number and scale, there and back', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 65n), max: 10n ** 65n }),
      fc.integer({ min: 0, max: 38 }),
      (value, scale) => {
        const decimal = decimalText(bytesOf(value), scale)!;
        expect(decimal).toMatch(/^-?(0|[1-9]\d*)(\.\d+)?$/);
        expect((decimal.split('.')[1] ?? '').length).toBe(scale);
        expect(BigInt(decimal.replace('.', ''))).toBe(value);
        expect(decimal).not.toMatch(/^-[0.]+$/);
      },
    ),
  );
});

test("two's complement of any length", () => {
  fc.assert(fc.property(fc.bigInt(), (value) => bigIntOf(bytesOf(value)) === value));
});
