import type { Digest } from './digest.ts';
import { BUCKETS, SpooledRows } from './spool.ts';
import { compareCounts } from './compare-counts.ts';
import type { Spool } from './spool.ts';

export type DifferenceKind = 'missing' | 'extra' | 'different';

/** A key whose rows are not equal on both sides; null where there is no row. */
export interface Difference {
  readonly key: string;
  readonly kind: DifferenceKind;
  readonly expected: Digest | null;
  readonly actual: Digest | null;
  /** How many rows are missing or too many; 1 under a key. */
  readonly rows: number;
  /** The source row that the expected one was made from; null for extra rows. */
  readonly origin: { readonly table: number; readonly key: string } | null;
}

export interface Comparison {
  /** Distinct keys of either side. */
  readonly keys: number;
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
  /** The differences, up to the limit. */
  readonly differences: readonly Difference[];
  /** Rows whose source row is gone and that stay in the target by the table's delete policy. */
  readonly kept: number;
  /** Keys to which more than one source row maps, with unequal outcomes: there is no telling what to expect. */
  readonly ambiguous: number;
}

/**
 * Which rows a target may hold that no source row is expected to make: none, those that are marked as deleted (their `table`
 * in the spool is {@link MARKED}), or any.
 */
export type Kept = 'none' | 'marked' | 'any';

/** What the spool of a target has as the table of a row that is marked as deleted. */
export const MARKED = 1;

/** Bytes of one bucket that are taken into memory: some ten million rows, of which each table has 256 times as many. */
const MAX_BUCKET = 1 << 30;

/**
 * Compares both sides bucket by bucket; only one bucket of each side is in memory as rows. Rows without a key are counted
 * instead. Throws RangeError when a bucket is too large, as that of a row which is there millions of times may be.
 */
export async function compareSpools(
  expected: Spool,
  actual: Spool,
  limit: number,
  kept: Kept | 'counted',
): Promise<Comparison> {
  const differences: Difference[] = [];
  const count = { keys: 0, missing: 0, extra: 0, different: 0, ambiguous: 0, kept: 0 };
  for (let number = 0; number < BUCKETS; number += 1) {
    const sides = [await expected.bucket(number), await actual.bucket(number)] as const;
    if (sides.some(({ length }) => length > MAX_BUCKET))
      throw new RangeError('a table has more rows, or more equal rows, than a check can hold in memory');
    const found = kept === 'counted' ? compareCounts(...sides) : compareBuckets(...sides, kept);
    count.keys += found.keys;
    count.ambiguous += found.ambiguous;
    count.kept += found.kept;
    for (const difference of found.differences) {
      count[difference.kind] += difference.rows;
      if (differences.length < limit) differences.push(difference);
    }
  }
  return { ...count, differences };
}

/** Compares the rows of one bucket. */
export function compareBuckets(
  expectedBytes: Buffer,
  actualBytes: Buffer,
  kept: Kept = 'none',
): {
  readonly keys: number;
  readonly ambiguous: number;
  readonly kept: number;
  readonly differences: readonly Difference[];
} {
  const expected = new SpooledRows(expectedBytes);
  const actual = new SpooledRows(actualBytes);
  const differences: Difference[] = [];
  // Where the expected row of each key is; FOUND once its actual row was seen: a second one of its key is one too many.
  const waiting = new Map<string, number>();
  let ambiguous = 0;
  let extraKeys = 0;
  let keptRows = 0;
  for (const at of expected.places()) {
    const key = expected.key(at);
    const before = waiting.get(key);
    if (before === undefined) waiting.set(key, at);
    else if (!expected.isEqual(at, expected, before)) ambiguous += 1;
  }
  for (const at of actual.places()) {
    const key = actual.key(at);
    const match = waiting.get(key);
    if (match === undefined && (kept === 'any' || (kept === 'marked' && actual.table(at) === MARKED))) {
      keptRows += 1;
      continue;
    }
    if (match === undefined || match === FOUND) {
      if (match === undefined) extraKeys += 1;
      differences.push({
        key,
        kind: 'extra',
        rows: 1,
        expected: null,
        actual: actual.digest(at),
        origin: null,
      });
      continue;
    }
    waiting.set(key, FOUND);
    if (actual.isEqual(at, expected, match)) continue;
    differences.push({
      ...expectedPart(expected, match),
      kind: 'different',
      rows: 1,
      actual: actual.digest(at),
    });
  }
  for (const at of waiting.values())
    if (at !== FOUND)
      differences.push({ ...expectedPart(expected, at), kind: 'missing', rows: 1, actual: null });
  return { keys: waiting.size + extraKeys, ambiguous, kept: keptRows, differences };
}

const FOUND = -1;

function expectedPart(rows: SpooledRows, at: number): Pick<Difference, 'key' | 'expected' | 'origin'> {
  return { key: rows.key(at), expected: rows.digest(at), origin: rows.origin(at) };
}
