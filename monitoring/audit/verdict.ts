import { chainLabel } from '../../schemas/contract/chain.ts';
import type { Verdict } from '../../schemas/contract/telemetry.ts';
import { worstVerdict } from '../consistency/report.ts';
import type { AnchorSummary } from './anchors.ts';
import type { ChainReport } from './chains.ts';
import type { Expected } from './expected.ts';
import type { JournalGap } from './gaps.ts';
import type { AuditedTable } from './report.ts';
import type { RowsContext, TableAudit } from './rows.ts';

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: string | null;
}

export function verdictOfTable(found: TableAudit, { gaps }: RowsContext): Judgement {
  if (found.altered + found.removed + found.added > 0)
    return { verdict: 'mismatch', reason: goneText(found.goneColumns) };
  if (found.unjournaled > 0) return { verdict: 'inconclusive', reason: gapsText(gaps) };
  if (found.unsealed > 0) return { verdict: 'inconclusive', reason: OLDER };
  return { verdict: 'match', reason: null };
}

const READ_ANEW = 'read the table anew to take them in (`counterfoil connectors resnapshot`)';

const OLDER = `rows that are older than the journal are in none of its entries, or somebody has put them there: ${READ_ANEW}; what is left then, the source does not have (\`counterfoil check\`)`;

function gapsText(gaps: readonly JournalGap[]): string {
  const places = gaps.slice(-3).map(placeOf).join('; ');
  const more = gaps.length > 3 ? `, and ${gaps.length - 3} before` : '';
  return `rows may have changed while no journal was kept (${places}${more}): ${READ_ANEW}`;
}

function placeOf({ chain, first, next, until }: JournalGap): string {
  return `offsets ${first} to ${next - 1n} of ${chainLabel(chain)}, until ${new Date(until).toISOString()}`;
}

function goneText(columns: readonly string[]): string | null {
  if (columns.length === 0) return null;
  return columns.length === 1
    ? `column ${columns.join()} is not there: somebody has dropped or renamed it`
    : `columns ${columns.join(', ')} are not there: somebody has dropped or renamed them`;
}

function shapesText(entries: readonly string[]): string {
  const more = entries.length > 3 ? ', and others' : '';
  return `${entries.length} shapes of records are missing or altered; rows of these entries cannot be looked up: ${entries.slice(0, 3).join(', ')}${more}`;
}

/** A mismatch anywhere outranks what could not be read. */
export function verdictOf(
  chains: readonly ChainReport[],
  tables: readonly AuditedTable[],
  {
    unknownShapes,
    unreadable,
    anchors,
  }: Pick<Expected, 'unknownShapes'> & { readonly unreadable: number; readonly anchors: AnchorSummary },
): Judgement {
  if (unreadable > 0)
    return {
      verdict: 'mismatch',
      reason: `${unreadable} rows of the journal are no entries: somebody has altered them`,
    };
  if (unknownShapes.length > 0) return { verdict: 'mismatch', reason: shapesText(unknownShapes) };
  if (chains.some(({ findings }) => findings.length > 0)) return { verdict: 'mismatch', reason: null };
  const verdict = worstVerdict(tables.map((table) => table.verdict));
  if (verdict === 'mismatch') return { verdict, reason: null };
  if (anchors.false > 0)
    return { verdict: 'mismatch', reason: 'there are anchors that this key has not signed' };
  if (anchors.missing > 0)
    return { verdict: 'mismatch', reason: 'anchors are missing: others say that they came after them' };
  if (chains.length === 0) return { verdict: 'inconclusive', reason: 'there is no journal' };
  if (anchors.unread !== null)
    return {
      verdict: 'inconclusive',
      reason: `entries at the ends of chains may be gone: ${anchors.unread}`,
    };
  if (anchors.genuine === 0)
    return {
      verdict: 'inconclusive',
      reason: 'there is no anchor: entries at the ends of chains may be gone',
    };
  return { verdict, reason: null };
}
