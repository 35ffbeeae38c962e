import type { KeyObject } from 'node:crypto';
import { groupBy } from '../../schemas/contract/grouping.ts';
import { openAnchor } from './anchor.ts';
import type { ReadAnchor } from './anchor.ts';
import type { ChainReport } from './chains.ts';

/** The anchors of a target, as they were found. */
export interface Anchors {
  readonly genuine: readonly ReadAnchor[];
  /** Lines that another key has signed. */
  readonly false: number;
  /** Lines that are not whole. */
  readonly damaged: number;
  /** Why they could not be read, or not all of them; null when they were. */
  readonly unread: string | null;
}

/** What a report says of them. */
export interface AnchorSummary {
  readonly genuine: number;
  readonly false: number;
  readonly damaged: number;
  /** At least so many are gone. */
  readonly missing: number;
  readonly unread: string | null;
  /** When the newest was put down, milliseconds; null when there is none. */
  readonly newestAt: number | null;
  /** Entries that came after the last anchor of their chains, and how many chains those are. */
  readonly entriesAfter: number;
  readonly chainsAfter: number;
}

export function summaryOf(
  { genuine, unread, damaged, false: others }: Anchors,
  chains: readonly Pick<ChainReport, 'last' | 'anchored'>[],
): AnchorSummary {
  const after = chains
    .map(({ last, anchored }) => Number(last - (anchored ?? 0n)))
    .filter((count) => count > 0);
  return {
    ...{ genuine: genuine.length, false: others, damaged, unread },
    // What was not read may be among what could not be.
    missing: unread === null ? missingAnchors(genuine) : 0,
    newestAt: genuine.reduce<number | null>((newest, { at }) => Math.max(newest ?? at, at), null),
    ...{ entriesAfter: after.reduce((sum, count) => sum + count, 0), chainsAfter: after.length },
  };
}

export const NO_ANCHORS: Anchors = { genuine: [], false: 0, damaged: 0, unread: null };

/** Opens the lines that were found. */
export function anchorsIn(
  { lines, unread }: { readonly lines: readonly string[]; readonly unread: string | null },
  target: string,
  key: KeyObject,
): Anchors {
  const opened = lines.map((line) => openAnchor(line, key));
  return {
    genuine: opened.filter((each): each is ReadAnchor => typeof each === 'object' && each.target === target),
    false: opened.filter((each) => each === 'false').length,
    damaged: opened.filter((each) => each === 'damaged').length,
    unread,
  };
}

/** At least so many anchors are gone, by their numbers and by what others say that they came after. */
export function missingAnchors(anchors: readonly ReadAnchor[]): number {
  const known = new Set(anchors.map(({ hash }) => hash));
  let missing = 0;
  const named = new Set<string>();
  for (const ofWriter of groupBy(anchors, ({ writer }) => writer).values()) {
    const ordered = [...ofWriter].sort((a, b) => a.number - b.number);
    let before = 0;
    for (const { number, after } of ordered) {
      missing += Math.max(0, number - before - 1);
      // Those of a gap are counted by their numbers.
      if (number <= before + 1) for (const each of after) if (!known.has(each)) named.add(each);
      before = number;
    }
  }
  return Math.max(missing, named.size);
}

/** The last anchor of each writer, by its hash. */
export function lastOfEach(anchors: readonly ReadAnchor[]): readonly string[] {
  return [...groupBy(anchors, ({ writer }) => writer).values()].map(
    (ofWriter) => ofWriter.reduce((last, each) => (each.number > last.number ? each : last)).hash,
  );
}
