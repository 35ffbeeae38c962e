import type { Spelling } from './raw-rows.ts';

/**
 * Whether two cells, neither of them null, are seen to be of equal value from their bytes alone. A yes is certain; a no is
 * not: the values are to be read then.
 */
export type SameCell = (
  left: Buffer,
  leftStart: number,
  leftEnd: number,
  right: Buffer,
  rightStart: number,
  rightEnd: number,
) => boolean;

/** The rule for a column that one side spells one way and the other side another. */
export function sameCellOf(left: Spelling, right: Spelling): SameCell {
  if (left === 'unlike' || right === 'unlike') return () => false;
  if (left === 'raw' && right === 'hex') return sameAsHex;
  if (left === 'hex' && right === 'raw')
    return (a, aStart, aEnd, b, bStart, bEnd) => sameAsHex(b, bStart, bEnd, a, aStart, aEnd);
  if (left !== right) return () => false;
  switch (left) {
    case 'time':
      return sameTime;
    case 'timestamp':
    case 'instant':
      return sameMoment;
    case 'truth':
      return sameTruth;
    case 'text':
    case 'raw':
    case 'hex':
      return sameBytes;
  }
}

const sameBytes: SameCell = (left, leftStart, leftEnd, right, rightStart, rightEnd) => {
  if (leftEnd - leftStart !== rightEnd - rightStart) return false;
  for (let a = leftStart, b = rightStart; a < leftEnd; a += 1, b += 1) if (left[a] !== right[b]) return false;
  return true;
};

const [SPACE, PLUS, POINT, ZERO, ONE, NINE, F, T] = [32, 43, 46, 48, 49, 57, 102, 116];

/** A fraction may end with zeros. */
const sameTime: SameCell = (left, leftStart, leftEnd, right, rightStart, rightEnd) =>
  sameBytes(
    left,
    leftStart,
    withoutZeros(left, leftStart, leftEnd),
    right,
    rightStart,
    withoutZeros(right, rightStart, rightEnd),
  );

/** PostgreSQL says the zone, which is UTC, and no zeros at the end of the fraction. */
const sameMoment: SameCell = (left, leftStart, leftEnd, right, rightStart, rightEnd) => {
  const a = clockEnd(left, leftStart, leftEnd);
  const b = clockEnd(right, rightStart, rightEnd);
  if (a < 0 || b < 0) return sameBytes(left, leftStart, leftEnd, right, rightStart, rightEnd);
  return sameBytes(left, leftStart, a, right, rightStart, b);
};

/** `1` is `t`, and `0` is `f`. */
const sameTruth: SameCell = (left, leftStart, leftEnd, right, rightStart, rightEnd) => {
  if (leftEnd - leftStart !== 1 || rightEnd - rightStart !== 1)
    return sameBytes(left, leftStart, leftEnd, right, rightStart, rightEnd);
  return digitOf(left[leftStart]) === digitOf(right[rightStart]);
};

/** Bytes against `\x` and their hex digits. */
const sameAsHex: SameCell = (raw, rawStart, rawEnd, hex, hexStart, hexEnd) => {
  if (hexEnd - hexStart !== 2 + 2 * (rawEnd - rawStart)) return false;
  if (hex[hexStart] !== 92 || hex[hexStart + 1] !== 120) return false;
  for (let at = rawStart, digit = hexStart + 2; at < rawEnd; at += 1, digit += 2) {
    const byte = raw[at] ?? 0;
    if (hex[digit] !== HEX[byte >> 4] || hex[digit + 1] !== HEX[byte & 15]) return false;
  }
  return true;
};

const HEX = Buffer.from('0123456789abcdef');

function digitOf(letter: number | undefined): number | undefined {
  if (letter === T) return ONE;
  return letter === F ? ZERO : letter;
}

const DAY = 10;
const CLOCK = 19;

/** Where `YYYY-MM-DD HH:MM:SS.f` ends without zone and idle zeros; negative for what is not written so. */
function clockEnd(bytes: Buffer, start: number, end: number): number {
  let at = start + CLOCK;
  if (at > end || bytes[start + DAY] !== SPACE) return -1;
  let last = at;
  if (at < end && bytes[at] === POINT)
    for (at += 1; at < end && isDigit(bytes[at] ?? 0); at += 1) if (bytes[at] !== ZERO) last = at + 1;
  const isZone = end - at === 3 && bytes[at] === PLUS && bytes[at + 1] === ZERO && bytes[at + 2] === ZERO;
  return at === end || isZone ? last : -1;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function withoutZeros(bytes: Buffer, start: number, end: number): number {
  let last = end;
  while (last > start && bytes[last - 1] === ZERO) last -= 1;
  if (last > start && bytes[last - 1] === POINT) return last - 1;
  for (let at = last - 1; at >= start; at -= 1) if (bytes[at] === POINT) return last;
  return end;
}
