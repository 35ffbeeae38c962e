import { chainLabel } from '../../schemas/contract/chain.ts';
import type { Chain } from '../../schemas/contract/chain.ts';
import type { Offset } from '../../schemas/contract/position.ts';
import type { EntryHead } from './evidence.ts';

/** Records that were applied while no journal was kept: from `first` up to, not including, `next`. */
export interface JournalGap {
  readonly chain: Chain;
  readonly first: Offset;
  readonly next: Offset;
  /** When the journal went on, by the clock of the process, milliseconds. */
  readonly until: number;
}

/**
 * Gaps as the journal itself tells of them, where it goes on. What its entries tell of is no gap, whatever somebody made the
 * product believe of its position. `heads` are in the order of their chains.
 */
export function gapsIn(heads: readonly EntryHead[]): readonly JournalGap[] {
  const gaps: JournalGap[] = [];
  const told = new Map<string, Offset>();
  for (const { chain, kind, first, next, appliedAt } of heads) {
    if (kind !== 'batch' && kind !== 'resumption') continue;
    const label = chainLabel(chain);
    const before = told.get(label);
    const from = before === undefined || before < first ? first : before;
    if (kind === 'resumption' && from < next) gaps.push({ chain, first: from, next, until: appliedAt });
    if (before === undefined || before < next) told.set(label, next);
  }
  return gaps;
}

/** Whether the journal says that nothing was applied to its target before it began. */
export function isWhole(heads: readonly EntryHead[]): boolean {
  return heads.some(({ kind }) => kind === 'beginning');
}
