import { compareVersions } from '../../schemas/contract/position.ts';
import type { Version } from '../../schemas/contract/position.ts';

/**
 * The version guard in one place: a change is kept out by what the target holds for its key, the row or the tombstone
 * of its delete, when that is as new or newer. A row without a version is older than everything.
 */
export function reasonToWithhold(
  mine: Version,
  row: Version | null,
  tombstone: Version | null,
): 'superseded' | 'duplicate' | null {
  const order = Math.max(orderOf(row, mine), orderOf(tombstone, mine));
  return order < 0 ? null : order === 0 ? 'duplicate' : 'superseded';
}

/** Of what a row's own tombstone and its table's say, what counts. */
export function newerOf(a: Version | null, b: Version | null): Version | null {
  if (a === null || b === null) return a ?? b;
  return compareVersions(a, b) < 0 ? b : a;
}

function orderOf(held: Version | null, mine: Version): number {
  return held === null ? -1 : compareVersions(held, mine);
}
