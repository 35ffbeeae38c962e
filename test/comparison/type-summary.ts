import { table, wayOf } from './markdown.ts';
import type { TypeOutcome, TypeSinkOutcome } from './type-run.ts';

/** How the values of types have come out. */
interface Count {
  readonly types: number;
  readonly rightTypes: number;
  readonly values: number;
  readonly right: number;
  readonly asText: number;
  readonly asBytes: number;
  readonly wrong: number;
  readonly refused: number;
  readonly unsaid: number;
  readonly noColumn: number;
}

function countOf(outcomes: readonly TypeSinkOutcome[]): Count {
  const isRight = ({ values }: TypeSinkOutcome) => values.every(({ verdict }) => verdict.is === 'right');
  const verdicts = outcomes.flatMap(({ values, causes }) =>
    values.map(({ verdict }) => ({ ...verdict, isSaid: causes.length > 0 })),
  );
  const of = (is: (verdict: (typeof verdicts)[number]) => boolean) => verdicts.filter(is).length;
  return {
    types: outcomes.length,
    rightTypes: outcomes.filter(isRight).length,
    values: verdicts.length,
    right: of(({ is }) => is === 'right'),
    asText: of((verdict) => verdict.is === 'right' && verdict.form === 'text'),
    asBytes: of((verdict) => verdict.is === 'right' && verdict.form === 'bytes'),
    wrong: of(({ is }) => is === 'wrong'),
    refused: of(({ is, isSaid }) => is === 'missing' && isSaid),
    unsaid: of(({ is, isSaid }) => is === 'missing' && !isSaid),
    noColumn: of(({ is }) => is === 'no column'),
  };
}

/** Counts for each way and sink. */
export function summaryTable(outcomes: readonly TypeOutcome[]): string {
  const ways = new Map<string, TypeOutcome[]>();
  for (const outcome of outcomes) ways.set(wayOf(outcome), [...(ways.get(wayOf(outcome)) ?? []), outcome]);
  const rows = [...ways].flatMap(([way, some]) => [
    [way, 'counterfoil', ...cellsOf(countOf(some.map(({ ours }) => ours)))],
    [way, 'JDBC sink', ...cellsOf(countOf(some.map(({ jdbc }) => jdbc)))],
  ]);
  const counts = ['types right', 'values right', 'of these as text', 'as bytes', 'wrong', 'refused'];
  return table(['way', 'sink', ...counts, 'missing, without a word', 'no column'], rows);
}

const cellsOf = (count: Count): readonly string[] => [
  `${count.rightTypes} of ${count.types}`,
  `${count.right} of ${count.values}`,
  ...[count.asText, count.asBytes, count.wrong, count.refused, count.unsaid, count.noColumn].map(String),
];
