import type { Count, OutcomeCounts } from '../contract/accounting.ts';

export const NOTHING: Count = { events: 0, sum: 0, mixed: 0 };

export function added(a: Count, b: Count): Count {
  return { events: a.events + b.events, sum: a.sum + b.sum, mixed: (a.mixed + b.mixed) >>> 0 };
}

export function isSame(a: Count, b: Count): boolean {
  return a.events === b.events && a.sum === b.sum && a.mixed === b.mixed;
}

/** The count of so many events that all were seen, once each. */
export function countUpTo(events: number): Count {
  let mixed = 0;
  for (let place = 1; place <= events; place++) mixed = (mixed + mix(place)) >>> 0;
  return { events, sum: (events * (events + 1)) / 2, mixed };
}

/** Scatters a place over 32 bits: sums of what is scattered are hardly ever equal by chance. */
export function mix(place: number): number {
  let bits = place | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

export function addedOutcomes(a: OutcomeCounts, b: OutcomeCounts): OutcomeCounts {
  const sums: Record<string, number> = { ...a };
  for (const [outcome, count] of Object.entries(b)) sums[outcome] = (sums[outcome] ?? 0) + count;
  return sums;
}
