import { table } from '../../test/comparison/markdown.ts';
import type { Outcome } from './measure.ts';

const HEAD = ['differences', 'program', 'wall s', 'of it fence s', 'CPU-s client', 'MariaDB', 'PostgreSQL'];

/** Markdown: one line for each contender and number of differences. */
export function outcomeTable(outcomes: readonly Outcome[]): string {
  const head = [...HEAD, 'MB from MariaDB', 'from PostgreSQL'];
  const rows = outcomes.map((outcome) => [
    outcome.differences.toLocaleString('en'),
    outcome.contender,
    outcome.wallSeconds.toFixed(1),
    outcome.fenceSeconds.toFixed(1),
    outcome.clientSeconds.toFixed(1),
    outcome.mariadbSeconds.toFixed(1),
    outcome.postgresSeconds.toFixed(1),
    (outcome.mariadbBytes / 1e6).toFixed(1),
    (outcome.postgresBytes / 1e6).toFixed(1),
  ]);
  return table(head, rows);
}
