/**
 * The text of a decimal: `unscaled` is a big-endian two's-complement integer, as Java's BigInteger writes it, and the
 * value is unscaled × 10^-scale. The scale is kept: 1.50 stays 1.50. Null for no bytes at all, which no BigInteger has.
 */
export function decimalText(unscaled: Buffer, scale: number): string | null {
  const length = unscaled.length;
  if (length === 0) return null;
  if (length <= 6) {
    const value = unscaled.readIntBE(0, length);
    return value < 0 ? `-${placePoint(String(-value), scale)}` : placePoint(String(value), scale);
  }
  const value = bigIntOf(unscaled);
  return value < 0n ? `-${placePoint((-value).toString(), scale)}` : placePoint(value.toString(), scale);
}

/** A big-endian two's-complement integer of at least one byte. */
export function bigIntOf(bytes: Buffer): bigint {
  if (bytes.length === 8) return bytes.readBigInt64BE(0);
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
}

function placePoint(digits: string, scale: number): string {
  if (scale <= 0) return scale === 0 || digits === '0' ? digits : digits + '0'.repeat(-scale);
  const padded = digits.length > scale ? digits : digits.padStart(scale + 1, '0');
  return `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}
