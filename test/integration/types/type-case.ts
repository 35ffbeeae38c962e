import type { ErrorCode } from '../../../schemas/contract/errors.ts';

/** Why a row does not arrive in a target: the code of its dead letter. */
export interface Refused {
  readonly refused: ErrorCode;
}

/** The text in which a target's own server shows the value; null is NULL. */
export type Expected = string | null | Refused;

/** What each target must show. */
export interface Outcome {
  readonly postgres: Expected;
  readonly mariadb: Expected;
}

export type Phase = 'snapshot' | 'stream';

/** A value as an SQL expression of the source, and what becomes of it. */
export interface TypeValue {
  readonly sql: string;
  /** What the value is, in the target's form: a check must find every row that holds anything else. */
  readonly exact: Outcome;
  /** What arrives instead, where the connector loses something in this phase. */
  readonly lossy: Partial<Record<Phase, Outcome>>;
  /** Where the value would stop the connector in the other phase. */
  readonly onlyIn?: Phase;
}

/** One column type of a source, and the columns that it becomes. A table of its own in the test. */
export interface TypeCase {
  /** Name of the table. */
  readonly name: string;
  /** As the source declares the column. */
  readonly type: string;
  /** The column's type in each target, as its catalogue shows it. */
  readonly columns: { readonly postgres: string; readonly mariadb: string };
  readonly values: readonly TypeValue[];
}

type InBoth = Expected | readonly [postgres: Expected, mariadb: Expected];

/**
 * `[sql]`: both targets show the text of the literal; `[sql, text]`; `[sql, [postgres, mariadb]]`; and last of all what
 * arrives where that is something else.
 */
export type Shorthand =
  | readonly [sql: string]
  | readonly [sql: string, exact: InBoth]
  | readonly [
      sql: string,
      exact: InBoth,
      lossy: Partial<Record<Phase, InBoth>> & { readonly onlyIn?: Phase },
    ];

export const REJECTED: Refused = { refused: 'ROW_REJECTED' };
export const UNDECODABLE: Refused = { refused: 'UNDECODABLE_RECORD' };
export const UNSUPPORTED: Refused = { refused: 'UNSUPPORTED_SCHEMA' };

/** The column that the connector leaves out. */
export const ABSENT = 'absent';

/** `columns` is the type in both targets, or in each. */
export function typeCase(
  name: string,
  type: string,
  columns: string | readonly [postgres: string, mariadb: string],
  ...values: readonly (Shorthand | string)[]
): TypeCase {
  const [postgres, mariadb] = typeof columns === 'string' ? [columns, columns] : columns;
  return {
    name,
    type,
    columns: { postgres, mariadb },
    values: values.map((value) => valueOf(typeof value === 'string' ? [value] : value)),
  };
}

function valueOf([sql, exact = unquoted(sql), lossy = {}]: Shorthand): TypeValue {
  const { snapshot, stream, onlyIn } = lossy;
  return {
    sql,
    ...(onlyIn === undefined ? {} : { onlyIn }),
    exact: outcomeOf(exact),
    lossy: {
      ...(snapshot === undefined ? {} : { snapshot: outcomeOf(snapshot) }),
      ...(stream === undefined ? {} : { stream: outcomeOf(stream) }),
    },
  };
}

function outcomeOf(expected: InBoth): Outcome {
  if (!isPair(expected)) return { postgres: expected, mariadb: expected };
  return { postgres: expected[0], mariadb: expected[1] };
}

function isPair(expected: InBoth): expected is readonly [Expected, Expected] {
  return Array.isArray(expected);
}

function unquoted(sql: string): string {
  return /^'.*'$/su.test(sql) ? sql.slice(1, -1).replaceAll("''", "'") : sql;
}

export function isRefused(expected: Expected): expected is Refused {
  return typeof expected === 'object' && expected !== null;
}

/** What must be in a target after this phase. */
export function arriving(value: TypeValue, phase: Phase): Outcome {
  return value.lossy[phase] ?? value.exact;
}
