import avsc from 'avsc';

/** A number where that is exact, as nearly all are, else a bigint: to make bigints of all costs more than to read the rest. */
export type ExactLong = number | bigint;

/** Avro's long as {@link ExactLong}, to read with: it cannot be written. */
export const EXACT_LONG = avsc.types.LongType.__with(
  {
    fromBuffer: exactLongOf,
    toBuffer: () => {
      throw new TypeError('this type is for reading');
    },
    fromJSON: (value: ExactLong): ExactLong => value,
    toJSON: (value: ExactLong): ExactLong => value,
    isValid: (value: unknown): boolean => typeof value === 'bigint' || Number.isSafeInteger(value),
    compare: (a: ExactLong, b: ExactLong): number => (a < b ? -1 : a > b ? 1 : 0),
  },
  true,
);

/** Of a zigzag varint, the least significant seven bits first. */
function exactLongOf(varint: Buffer): ExactLong {
  let zigzag = 0;
  let factor = 1;
  for (const byte of varint) {
    zigzag += (byte & 0x7f) * factor;
    factor *= 128;
  }
  // No sum of bits that exceeds what is exact comes out as less.
  if (zigzag > Number.MAX_SAFE_INTEGER) return bigLongOf(varint);
  return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
}

function bigLongOf(varint: Buffer): bigint {
  let zigzag = 0n;
  for (const byte of varint.toReversed()) zigzag = (zigzag << 7n) | BigInt(byte & 0x7f);
  return BigInt.asIntN(64, (zigzag >> 1n) ^ -(zigzag & 1n));
}
