/**
 * Seeded random choices. Repeatable on every platform and Node version, which Math.random is not.
 * Not for secrets.
 */
export interface Random {
  /** At least 0, less than 1. */
  next(): number;
  /** An integer from `min` to `max`, both included. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  /** Throws RangeError when the list is empty. */
  pick<T>(list: readonly T[]): T;
  /** Picks by weight; entries of weight 0 are never picked. Throws RangeError when every weight is 0. */
  weighted<T>(entries: readonly (readonly [T, number])[]): T;
  bytes(length: number): Uint8Array;
}

/**
 * A stream of its own for each path of numbers, for example (seed, number of the action): what one action draws
 * then does not depend on how often earlier actions drew.
 *
 * The generator is mulberry32: 32 bits of state, integer arithmetic only (Math.imul), hence the same sequence
 * everywhere, in a few lines that need no dependency. Its period of 2^32 is far more than one action draws.
 */
export function randomOf(...path: readonly number[]): Random {
  let state = 0x9e3779b9;
  for (const part of path) state = scramble(state ^ scramble(part | 0));

  function next32(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
  const next = (): number => next32() / 4294967296;
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));

  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick<T>(list: readonly T[]): T {
      if (list.length === 0) throw new RangeError('cannot pick from an empty list');
      return list[int(0, list.length - 1)] as T;
    },
    weighted<T>(entries: readonly (readonly [T, number])[]): T {
      const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
      if (total <= 0) throw new RangeError('cannot pick when every weight is 0');
      let left = next() * total;
      let last: T | undefined;
      for (const [value, weight] of entries) {
        if (weight <= 0) continue;
        last = value;
        left -= weight;
        if (left < 0) break;
      }
      return last as T;
    },
    bytes: (length) => Uint8Array.from({ length }, () => next32() & 0xff),
  };
}

/** A 32-bit number from a text (FNV-1a), to give a document a stream of its own. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** The finaliser of MurmurHash3: every bit of the input moves about half the bits of the output. */
function scramble(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
