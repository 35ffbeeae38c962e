import { pastLines } from './past-text.ts';
import type { Past } from './past.ts';
import { isKnown } from './trace.ts';
import type { Trace } from './trace.ts';
import { factsText, keyText, standingText, treeLines } from './tree-text.ts';

/** All that is known of a row, to read. */
export function traceLines(trace: Trace, withValues: boolean): readonly string[] {
  const { standing, facts, unanswered } = trace;
  const label = labelOf(trace);
  if (!isKnown(trace) && unanswered.length === 0) return [`${label}: nothing is known of such a row`];
  const state = standing === null ? 'could not be looked at' : standingText(standing);
  const more = Object.keys(facts).length === 0 ? '' : `; ${factsText(facts)}`;
  return [
    `${label}: ${state}${more}`,
    ...section('made of', treeLines(trace.madeOf, 'back')),
    ...section('became', treeLines(trace.became, 'on')),
    ...section('changes, the newest first', pastLines(trace.past, withValues)),
    ...trace.pastOfDocument.flatMap((past) =>
      section(`changes of ${labelOf(past)}, which it was made of`, pastLines(past, withValues)),
    ),
    ...(trace.lineage.config.journal === undefined ? NO_JOURNAL : []),
    ...section(
      'not answered',
      unanswered.map(({ part, reason }) => `${part}: ${reason}`),
    ),
  ];
}

const NO_JOURNAL = [
  '',
  'No journal is kept: of which record rows were written, and when, is not known (docs/audit.md).',
];

function labelOf({ table, key, in: place }: Pick<Past, 'table' | 'key' | 'in'>): string {
  return `${table} ${keyText(key)} in ${place}`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((each) => `  ${each}`)];
}
