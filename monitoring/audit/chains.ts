import type { KeyObject } from 'node:crypto';
import { chainLabel } from '../../schemas/contract/chain.ts';
import { groupBy } from '../../schemas/contract/grouping.ts';
import { chainedHash } from '../../schemas/journal/entry.ts';
import type { Chain, ChainHead } from '../../schemas/contract/chain.ts';
import { isSigned } from './keys.ts';
import type { Anchor } from './anchor.ts';
import type { EntryHead } from './evidence.ts';

/**
 * - `altered`: an entry does not say what it said when it was signed, or nobody who may has signed it;
 * - `missing`: entries are gone;
 * - `relinked`: an entry does not follow from the one before it: one was put in, taken out, or moved between them;
 * - `replaced`: the chain is whole, and not the one that was anchored.
 */
export type EntryFault = 'altered' | 'missing' | 'relinked' | 'replaced';

export interface EntryFinding {
  readonly chain: Chain;
  readonly fault: EntryFault;
  /** The first and the last entry that this may be about. */
  readonly from: bigint;
  readonly to: bigint;
}

export interface ChainReport {
  readonly chain: Chain;
  readonly entries: number;
  /** The last entry; 0 when there is none. */
  readonly last: bigint;
  /** The last entry that an anchor vouches for; null when none does. */
  readonly anchored: bigint | null;
  readonly findings: readonly EntryFinding[];
}

/** Judges the chains of a journal by their hashes, signatures and anchors. `heads` are in the order of their chains. */
export function auditChains(
  heads: readonly EntryHead[],
  anchors: readonly Pick<Anchor, 'heads'>[],
  key: KeyObject,
): readonly ChainReport[] {
  const chains = new Map<
    string,
    { readonly chain: Chain; readonly entries: EntryHead[]; readonly anchored: ChainHead[] }
  >();
  const of = (chain: Chain) => {
    const label = chainLabel(chain);
    const known = chains.get(label) ?? { chain, entries: [], anchored: [] };
    chains.set(label, known);
    return known;
  };
  for (const head of heads) of(head.chain).entries.push(head);
  for (const anchor of anchors) for (const head of anchor.heads) of(head.chain).anchored.push(head);
  return [...chains.values()].map(({ chain, entries, anchored }) => ({
    ...{ chain, entries: entries.length, last: entries.at(-1)?.sequence ?? 0n },
    anchored: anchored.reduce<bigint | null>(
      (last, { sequence }) => (last === null || sequence > last ? sequence : last),
      null,
    ),
    findings: [...linkFindings(chain, entries, key), ...anchorFindings(chain, entries, anchored)],
  }));
}

function linkFindings(chain: Chain, entries: readonly EntryHead[], key: KeyObject): readonly EntryFinding[] {
  const findings: EntryFinding[] = [];
  let before: EntryHead | null = null;
  for (const entry of entries) {
    const { sequence, digest, signature } = entry;
    const expected = (before?.sequence ?? 0n) + 1n;
    if (sequence > expected) findings.push({ chain, fault: 'missing', from: expected, to: sequence - 1n });
    // What comes behind a gap cannot follow from what is there.
    else if (!chainedHash(before?.hash ?? null, digest).equals(entry.hash))
      findings.push({ chain, fault: 'relinked', from: before?.sequence ?? sequence, to: sequence });
    if (!isSigned(digest, signature, key)) noteAltered(findings, chain, sequence);
    before = entry;
  }
  return findings;
}

/** Adds what was found in the bodies of entries. One that another sign has given away already is named once. */
export function withFindings(
  chains: readonly ChainReport[],
  more: readonly EntryFinding[],
): readonly ChainReport[] {
  const byChain = groupBy(more, ({ chain }) => chainLabel(chain));
  return chains.map((chain) => {
    const own = byChain.get(chainLabel(chain.chain));
    if (own === undefined) return chain;
    const known = new Set(chain.findings.flatMap(alteredIn));
    return { ...chain, findings: [...chain.findings, ...own.filter(({ from }) => !known.has(from))] };
  });
}

/** Without those that were altered, or that the product has not written: they are believed in nothing. */
export function unaltered(heads: readonly EntryHead[], chains: readonly ChainReport[]): readonly EntryHead[] {
  const altered = new Set(
    chains.flatMap(({ chain, findings }) =>
      findings.flatMap(alteredIn).map((sequence) => `${chainLabel(chain)}/${sequence}`),
    ),
  );
  return heads.filter(({ chain, sequence }) => !altered.has(`${chainLabel(chain)}/${sequence}`));
}

function alteredIn({ fault, from, to }: EntryFinding): readonly bigint[] {
  if (fault !== 'altered') return [];
  return Array.from({ length: Number(to - from) + 1 }, (_, at) => from + BigInt(at));
}

/** Entries one after the other that were all altered are one finding. */
function noteAltered(findings: EntryFinding[], chain: Chain, sequence: bigint): void {
  const at = findings.findLastIndex(({ fault }) => fault === 'altered');
  const last = findings[at];
  if (last?.to === sequence - 1n) findings[at] = { ...last, to: sequence };
  else findings.push({ chain, fault: 'altered', from: sequence, to: sequence });
}

/** Compares with what was put down outside: an anchor that agrees vouches for all that is before it. */
function anchorFindings(
  chain: Chain,
  entries: readonly EntryHead[],
  anchored: readonly ChainHead[],
): readonly EntryFinding[] {
  const bySequence = new Map(entries.map((entry) => [entry.sequence, entry]));
  const last = entries.at(-1)?.sequence ?? 0n;
  const ends = [...anchored].sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
  const end = ends.at(-1)?.sequence ?? 0n;
  const findings: EntryFinding[] = end > last ? [{ chain, fault: 'missing', from: last + 1n, to: end }] : [];
  let vouched = 0n;
  for (const { sequence, hash } of ends) {
    const entry = bySequence.get(sequence);
    // One that is missing is found by its gap.
    if (entry === undefined) continue;
    if (!entry.hash.equals(hash))
      return [
        ...findings,
        { chain, fault: 'replaced', from: vouched < sequence ? vouched + 1n : sequence, to: sequence },
      ];
    vouched = sequence;
  }
  return findings;
}
