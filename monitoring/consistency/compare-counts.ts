import type { Difference } from './compare.ts';
import { SpooledRows } from './spool.ts';

/** How often a row is there on each side. */
interface Counts {
  expected: number;
  actual: number;
}

/** Compares the rows of one bucket of a table without a key: each has to be there as often on both sides. */
export function compareCounts(
  expectedBytes: Buffer,
  actualBytes: Buffer,
): {
  readonly keys: number;
  readonly ambiguous: number;
  readonly kept: number;
  readonly differences: readonly Difference[];
} {
  const rows = new Map<string, Counts>();
  count(rows, new SpooledRows(expectedBytes), 'expected');
  count(rows, new SpooledRows(actualBytes), 'actual');
  let keys = 0;
  const differences: Difference[] = [];
  for (const [key, counts] of rows) {
    keys += Math.max(counts.expected, counts.actual);
    if (counts.expected !== counts.actual)
      differences.push({ key, ...differenceOf(counts), ...countTexts(counts), origin: null });
  }
  return { keys, ambiguous: 0, kept: 0, differences };
}

/** What is wrong about a row that is not there as often as it should be. */
export function differenceOf({ expected, actual }: Counts): Pick<Difference, 'kind' | 'rows'> {
  return { kind: actual < expected ? 'missing' : 'extra', rows: Math.abs(actual - expected) };
}

/** Counts in place of digests, to see whether they have changed between two looks. */
export function countTexts({ expected, actual }: Counts): Pick<Difference, 'expected' | 'actual'> {
  return { expected: String(expected), actual: String(actual) };
}

function count(rows: Map<string, Counts>, spooled: SpooledRows, side: keyof Counts): void {
  for (const at of spooled.places()) {
    const key = spooled.key(at);
    const counts = rows.get(key) ?? { expected: 0, actual: 0 };
    rows.set(key, counts);
    counts[side] += 1;
  }
}
