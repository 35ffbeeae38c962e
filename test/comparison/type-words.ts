import type { PlainValue } from '../integration/types/made-tables.ts';
import type { Phase } from '../integration/types/type-case.ts';
import { shownAs } from './markdown.ts';
import type { ValueOutcome } from './type-outcome.ts';
import type { TypeSinkOutcome } from './type-run.ts';
import type { Form, Verdict } from './type-verdict.ts';

export const FORMS: Readonly<Record<Form, string>> = {
  own: 'right',
  text: 'right, as text',
  bytes: 'right, as bytes',
};
const PHASES: Readonly<Record<Phase, string>> = { snapshot: ' (snapshot)', stream: ' (log)' };
/** Values of each sort that are shown. */
const EXAMPLES = 3;
const LONGEST_VALUE = 32;
const LONGEST_CAUSE = 110;

/** What became of a type in a target, in a few words. */
export function wordsOf({ values, causes }: TypeSinkOutcome): string {
  const right = values.flatMap(({ verdict }) => (verdict.is === 'right' ? [verdict.form] : []));
  const form = right[0] ?? 'own';
  if (right.length === values.length) return FORMS[form];
  const of = (is: Verdict['is']) => values.filter(({ verdict }) => verdict.is === is);
  const reasons = causes.map((cause) => shownAs(cause, LONGEST_CAUSE)).join(', ');
  const missing = of('missing');
  const refused = reasons === '' ? 'missing, without a word' : 'refused';
  if (missing.length === values.length) return `${refused}${reasons === '' ? '' : `: ${reasons}`}`;
  if (of('no column').length === values.length) return 'no column';
  const parts = [
    ...(right.length === 0 ? [] : [`${right.length} of ${values.length} ${FORMS[form]}`]),
    ...listed('wrong', of('wrong'), ({ wanted, verdict }) => changeOf(wanted, verdict)),
    ...listed('no column', of('no column')),
    ...listed(refused, missing),
  ];
  return `${parts.join('; ')}${missing.length === 0 || reasons === '' ? '' : ` (${reasons})`}`;
}

function changeOf(wanted: PlainValue, verdict: Verdict): string {
  const shown = verdict.is === 'wrong' ? verdict.shown : null;
  const [from, to] = apart(wanted, shown);
  return `${shownAs(to, LONGEST_VALUE)} instead of ${shownAs(from, LONGEST_VALUE)}`;
}

/** Long texts that begin alike, from where they differ on. */
function apart(one: PlainValue, other: PlainValue): readonly [PlainValue, PlainValue] {
  if (one === null || other === null || Math.max(one.length, other.length) <= LONGEST_VALUE)
    return [one, other];
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const start = Math.max(0, at - 8);
  const from = (text: string) => (start === 0 ? text : `…${text.slice(start)}`);
  return [from(one), from(other)];
}

function listed(
  sort: string,
  outcomes: readonly ValueOutcome[],
  textOf?: (outcome: ValueOutcome) => string,
): readonly string[] {
  return outcomes.length === 0 ? [] : [`${sort}: ${examplesOf(outcomes, textOf)}`];
}

/** Values with the same text stand once; a value that is so in one of both phases only stands with it. */
export function examplesOf(
  outcomes: readonly ValueOutcome[],
  textOf = ({ wanted }: ValueOutcome) => shownAs(wanted, LONGEST_VALUE),
): string {
  const phases = new Map<string, Set<Phase>>();
  for (const outcome of outcomes) {
    const text = textOf(outcome);
    phases.set(text, (phases.get(text) ?? new Set()).add(outcome.row.phase));
  }
  const texts = [...phases].map(([text, some]) => {
    const [phase] = some;
    return `${text}${some.size === 1 && phase !== undefined ? PHASES[phase] : ''}`;
  });
  const more = texts.length - EXAMPLES;
  return `${texts.slice(0, EXAMPLES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
