import avsc from 'avsc';
import fc from 'fast-check';
import { EXACT_LONG } from '../../../../processors/decode/exact-long.ts';
import { LONG } from '../../../../schemas/avro/long.ts';

const fields = [{ name: 'n', type: 'long' }];
const typeWith = (long: avsc.Type) =>
  avsc.Type.forSchema({ type: 'record', name: 'r', fields }, { registry: { long } });
const writer = typeWith(LONG);
const reader = typeWith(EXACT_LONG);

const edges = [53n, 56n, 62n, 63n].flatMap((bits) =>
  [-1n, 0n, 1n].flatMap((by) => [(1n << bits) + by, -(1n << bits) + by]),
);
const any = fc.oneof(
  fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
  fc.maxSafeInteger().map(BigInt),
);

test('every long is read as it is, a number where that is exact', () => {
  fc.assert(
    fc.property(any, (n) => {
      const { n: read } = reader.fromBuffer(writer.toBuffer({ n })) as { n: number | bigint };
      expect(BigInt(read)).toBe(n);
      expect(typeof read).toBe(n >= -(1n << 52n) && n < 1n << 52n ? 'number' : typeof read);
      expect(Object.is(read, -0)).toBe(false);
    }),
    { examples: edges.filter((n) => BigInt.asIntN(64, n) === n).map((n) => [n]), numRuns: 2_000 },
  );
});

test('too few bytes are a fault', () => {
  expect(() => void reader.fromBuffer(Buffer.from([0x80]))).toThrow('truncated');
});
