import fc from 'fast-check';
import { readJavaValue } from '../../../../packs/process-engine/java-value.ts';
import { Unreadable } from '../../../../packs/process-engine/value.ts';
import { decimalOfUnits } from '../../../../schemas/dsl/decimal-text.ts';
import { DOUBLING, plain, READABLE, REFUSED } from './java-objects.ts';
import { serialized } from './java-writer.ts';
import type { Written } from './java-writer.ts';

const read = (base64: string) => readJavaValue(Buffer.from(base64, 'base64'));

test.each(READABLE)('$what, as a JVM writes it', ({ bytes, means }) => {
  expect(plain(read(bytes))).toEqual(means);
});

test.each(REFUSED)('$what is refused', ({ bytes, why }) => {
  expect(() => read(bytes)).toThrow(new Unreadable(why));
});

test('what is referred to many times is read once', () => {
  const [first, second] = read(DOUBLING) as readonly unknown[];
  expect(first).toBe(second);
});

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.nat(30))
  .map(([units, scale]) => decimalOfUnits(units, scale));
const text = fc.string({ unit: 'binary', maxLength: 12 });
const { value: anyValue } = fc.letrec<{ value: Written }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    text,
    decimal.map((of) => ({ decimal: of })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((long) => ({ long })),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .uniqueArray(fc.tuple(text, tie('value')), { maxLength: 4, selector: ([key]) => key })
      .map((entries) => ({ map: Object.fromEntries(entries) })),
  ),
}));

function meant(value: Written): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly Written[]).map(meant);
  if ('decimal' in value) return value.decimal;
  if ('long' in value) return value.long.toString();
  if ('double' in value) return String(value.double);
  const { map } = value as { readonly map: Readonly<Record<string, Written>> };
  return Object.fromEntries(Object.entries(map).map(([key, each]) => [key, meant(each)]));
}

test('any value is read as it was written', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      expect(plain(readJavaValue(serialized(value)))).toEqual(meant(value));
    }),
  );
});

test('a double has the shortest text that means it', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
      const read = readJavaValue(serialized({ double })) as string;
      expect(read).toMatch(/^-?\d+(\.\d+)?$/);
      expect(Number(read)).toBe(double === 0 ? 0 : double);
    }),
  );
  expect(() => readJavaValue(serialized({ double: NaN }))).toThrow(Unreadable);
  expect(() => readJavaValue(serialized({ double: -Infinity }))).toThrow(Unreadable);
});

test('a value that is cut short, or that something follows, is refused', () => {
  fc.assert(
    fc.property(anyValue, fc.nat(), (value, cut) => {
      const bytes = serialized(value);
      expect(() => readJavaValue(bytes.subarray(0, cut % bytes.length))).toThrow(Unreadable);
      expect(() => readJavaValue(new Uint8Array([...bytes, 0x70]))).toThrow(Unreadable);
    }),
  );
});

test('whatever is damaged is another value or refused, and nothing worse', () => {
  fc.assert(
    fc.property(
      anyValue,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
      (value, damage) => {
        const bytes = serialized(value);
        for (const [at, byte] of damage) bytes[at % bytes.length] = byte;
        try {
          readJavaValue(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Unreadable);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
