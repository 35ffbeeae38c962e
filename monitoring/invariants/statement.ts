import type { Invariant, Measure, Rule } from '../../schemas/invariants/rule.ts';

export type Dialect = 'postgresql' | 'mysql';

/** Keys of a violation are read as text; so are measures, which are compared and never shown. */
const TEXT = { postgresql: 'text', mysql: 'CHAR' } as const;
const NUMBER = { postgresql: 'numeric', mysql: 'DECIMAL(65,20)' } as const;

/** `SUM(n)` and `SUM(m)` count the rows on the left and on the right. */
const BROKEN: Readonly<Record<Invariant, string>> = {
  equal: 'SUM(a) <> SUM(b)',
  within: 'SUM(n) > 0 AND SUM(a) <> SUM(b)',
  covered: 'SUM(n) > 0 AND SUM(m) = 0',
  'at-most-one': 'SUM(a) < 0 OR SUM(a) > 1',
};

/** Whether rows of the rule say when they were changed, so that those changed lately can be looked at alone. */
export function isIncremental({ left, right }: Rule): boolean {
  return left.changed !== undefined || right?.changed !== undefined;
}

/**
 * Finds groups that break the rule: columns `k1`, `k2`, … and `a`, `b`, `n`, `m`. With `since` (seconds since the epoch) only
 * groups of which a row was changed after that.
 */
export function violationsStatement(rule: Rule, dialect: Dialect, limit: number, since?: number): string {
  const keys = keyNames(rule);
  return (
    `SELECT ${keys}, CAST(SUM(a) AS ${TEXT[dialect]}) AS a, CAST(SUM(b) AS ${TEXT[dialect]}) AS b, ` +
    `CAST(SUM(n) AS ${TEXT[dialect]}) AS n, CAST(SUM(m) AS ${TEXT[dialect]}) AS m ` +
    `FROM (${rows(rule, dialect, since)}) AS both_sides GROUP BY ${keys} HAVING ${BROKEN[rule.must]} ` +
    `ORDER BY ${keys} LIMIT ${limit.toString()}`
  );
}

/** Counts the groups of the rule, as `groups_found`. */
export function groupsStatement(rule: Rule, dialect: Dialect, since?: number): string {
  const keys = keyNames(rule);
  return `SELECT COUNT(*) AS groups_found FROM (SELECT 1 AS one FROM (${rows(rule, dialect, since)}) AS both_sides GROUP BY ${keys}) AS g`;
}

function keyNames({ by }: Rule): string {
  return by.map((_, at) => `k${(at + 1).toString()}`).join(', ');
}

function rows(rule: Rule, dialect: Dialect, since: number | undefined): string {
  const { left, right } = rule;
  const touched = since === undefined ? null : touchedKeys(rule, dialect, since);
  const sides = [side(left, ['value', '0', '1', '0'], dialect, touched)];
  if (right !== undefined) sides.push(side(right, ['0', 'value', '0', '1'], dialect, touched));
  return sides.join(' UNION ALL ');
}

/** `columns` say what a row adds to a, b, n and m. */
function side(
  { from, by, value, where }: Measure,
  columns: readonly string[],
  dialect: Dialect,
  touched: string | null,
): string {
  const keys = by.map(
    (expression, at) => `CAST(${expression} AS ${TEXT[dialect]}) AS k${(at + 1).toString()}`,
  );
  const sums = ['a', 'b', 'n', 'm'].map((name, at) => {
    const column = columns[at] ?? '0';
    return `CAST(${column === 'value' ? value : column} AS ${NUMBER[dialect]}) AS ${name}`;
  });
  const conditions = [
    ...(where === undefined ? [] : [`(${where})`]),
    ...(touched === null ? [] : [`(${by.join(', ')}) IN (${touched})`]),
  ];
  const condition = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return `SELECT ${[...keys, ...sums].join(', ')} FROM ${from}${condition}`;
}

function touchedKeys({ left, right }: Rule, dialect: Dialect, since: number): string {
  const moment =
    dialect === 'postgresql' ? `to_timestamp(${since.toString()})` : `FROM_UNIXTIME(${since.toString()})`;
  return [left, right]
    .flatMap((measure) =>
      measure?.changed === undefined
        ? []
        : [
            `SELECT ${measure.by.join(', ')} FROM ${measure.from} WHERE ${measure.changed} > ${moment}` +
              (measure.where === undefined ? '' : ` AND (${measure.where})`),
          ],
    )
    .join(' UNION ');
}
