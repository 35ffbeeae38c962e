import avsc from 'avsc';

/**
 * Avro's long as bigint. avsc's own throws above 2^53, which every event passes (`source.ts_ns`). `isValid` accepts
 * bigints of 64 bits and nothing else: were it wider, a union with another type would be ambiguous.
 */
export const LONG = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer): bigint => bytes.readBigInt64LE(0),
  toBuffer: (value: bigint): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: (value: number | string): bigint => BigInt(value),
  toJSON: (value: bigint): string => value.toString(),
  isValid: (value: unknown): boolean => typeof value === 'bigint' && BigInt.asIntN(64, value) === value,
  compare: (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0),
});
