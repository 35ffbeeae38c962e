import type { ErrorCode } from '../../schemas/contract/errors.ts';
import type { Version } from '../../schemas/contract/position.ts';
import type { Comparison, Difference, DifferenceKind } from './compare.ts';
import type { Digest } from './digest.ts';
import type { ComparedPart } from './progress.ts';
import type { Finding, TableReport, Way } from './report.ts';

/** What both sides hold under one key, in a look taken after another fence. */
export interface Look {
  readonly expected: Digest | null;
  readonly actual: Digest | null;
  readonly kind: DifferenceKind;
  /** See {@link Difference.rows}. */
  readonly rows: number;
  readonly columns: readonly string[];
  readonly code: ErrorCode | null;
  /** Of the change that the target row comes from, or that deleted it; null when it comes from none, or there is no telling. */
  readonly version: Version | null;
}

/**
 * - `settled`: both sides are equal now; the difference was a change on its way.
 * - `confirmed`: both sides are as they were before the fence, and unequal. The source row did not change, the route has
 *   passed everything up to then, and the target row still is not what it should be.
 * - `changed`: one side has moved since, or may have: a row that goes to and fro between two states can look the same twice
 *   while its changes are on their way. Only another look can tell.
 */
export type Judgement = 'settled' | 'confirmed' | 'changed';

/** A difference as it was last seen; without a version when that was the first look, which reads none. */
export type Seen = Pick<Difference, 'expected' | 'actual'> & Partial<Pick<Look, 'version'>>;

export function judge(before: Seen, now: Look): Judgement {
  if (now.expected === now.actual) return 'settled';
  if (before.expected !== now.expected || before.actual !== now.actual) return 'changed';
  return now.version === null || now.version === before.version ? 'confirmed' : 'changed';
}

/** `rows` counts the rows of the target under the key; of more than one, all but one are too many. */
export function kindOf(expected: Digest | null, rows: number): DifferenceKind {
  if (rows === 0) return 'missing';
  return expected === null || rows > 1 ? 'extra' : 'different';
}

export interface Confirmed {
  /** For people: a JSON array of the key cells. */
  readonly key: string;
  readonly look: Look;
}

export interface TableOutcome {
  readonly table: string;
  readonly comparison: Comparison;
  readonly confirmed: readonly Confirmed[];
  /** Keys that changed in each round, until there were no more rounds. */
  readonly hot: number;
  /** What else kept the check from looking at everything; each a sentence. */
  readonly obstacles: readonly string[];
  /** Keys that differ since after the cut-off of a route that rests. */
  readonly later?: number;
  /** How many keys are shown. */
  readonly shownKeys: number;
  readonly way: Way;
  readonly parts: readonly ComparedPart[];
}

/** A match needs every row to have been compared and found equal; a confirmed difference outweighs all doubts. */
export function tableReport(outcome: TableOutcome): TableReport {
  const { comparison, confirmed, hot } = outcome;
  const doubts = [...outcome.obstacles];
  const seen = comparison.differences.reduce((sum, difference) => sum + difference.rows, 0);
  const unseen = comparison.missing + comparison.extra + comparison.different - seen;
  if (comparison.ambiguous > 0)
    doubts.push(`${rows(comparison.ambiguous)} of the source map to a key that another row maps to as well`);
  if (hot > 0) doubts.push(`${hot.toString()} keys changed between all looks at them`);
  const base = {
    table: outcome.table,
    rowsCompared: comparison.keys,
    kept: comparison.kept,
    keys: findings(outcome),
    way: outcome.way,
    ...(outcome.parts.length > 1 ? { parts: outcome.parts } : {}),
    ...(outcome.later === undefined || outcome.later === 0 ? {} : { later: outcome.later }),
  };
  if (confirmed.length === 0) {
    if (unseen > 0) doubts.push(`${unseen.toString()} more keys differed than were looked at again`);
    const none = { missing: 0, extra: 0, different: 0 };
    if (doubts.length > 0) return { ...base, ...none, verdict: 'inconclusive', reason: doubts.join('; ') };
    return { ...base, ...none, verdict: 'match', reason: null };
  }
  // All of a flood of differences are not looked at again: the sample confirmed, the first look counts for the others.
  const counts = unseen > 0 ? comparison : countKinds(confirmed);
  const notes =
    unseen > 0 ? [`only ${comparison.differences.length.toString()} keys were looked at again`] : [];
  return {
    ...base,
    missing: counts.missing,
    extra: counts.extra,
    different: counts.different,
    verdict: 'mismatch',
    reason: [mismatchReason(confirmed), ...notes, ...doubts].join('; '),
  };
}

/** A table that could not be compared. */
export function inconclusive(table: string, reason: string): TableReport {
  return {
    ...{ table, verdict: 'inconclusive', reason, rowsCompared: 0 },
    ...{ missing: 0, extra: 0, different: 0, kept: 0, keys: [] },
  };
}

function mismatchReason(confirmed: readonly Confirmed[]): string {
  const rejected = confirmed.filter(({ look }) => look.code !== null).length;
  if (rejected > 0)
    return `${rows(rejected)} of the source break their contract: the route sends them to the dead letters`;
  return 'the route has passed these rows; look for them in its dead letters, and for other writers of the table';
}

function countKinds(confirmed: readonly Confirmed[]): Record<DifferenceKind, number> {
  const counts = { missing: 0, extra: 0, different: 0 };
  for (const { look } of confirmed) counts[look.kind] += look.rows;
  return counts;
}

function findings({ confirmed, shownKeys }: TableOutcome): readonly Finding[] {
  return confirmed.slice(0, shownKeys).map(({ key, look }) => ({
    key,
    kind: look.kind,
    columns: look.kind === 'different' ? look.columns : [],
    code: look.code,
  }));
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${count.toString()} rows`;
}
