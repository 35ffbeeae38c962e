/** A number for each group of rows of a database, in its SQL: the sum of `value` by `by`. */
export interface Measure {
  /** What follows FROM: tables, with their joins. */
  readonly from: string;
  /** Expressions that say which group a row is in; as many as the rule has names for, and of the same types on both sides. */
  readonly by: readonly string[];
  /** An exact number. */
  readonly value: string;
  readonly where?: string | undefined;
  /** When a row came or was changed; groups of rows that have not are then looked at by the full recompute alone. */
  readonly changed?: string | undefined;
}

/**
 * What must hold of two measures, of each group:
 * - `equal`: both are the same, 0 where a side has no row;
 * - `within`: the same, of groups that have a row on the left;
 * - `covered`: a group that has a row on the left has one on the right;
 * - `at-most-one`: the left one is 0 or 1, and there is no other.
 */
export type Invariant = 'equal' | 'within' | 'covered' | 'at-most-one';

/** A rule of the business that must hold in a target, whatever happens. */
export interface Rule {
  readonly name: string;
  /** What it says, in a sentence finance people would use. */
  readonly about: string;
  readonly must: Invariant;
  /** Names of what groups are named by: a violation is told as these. */
  readonly by: readonly string[];
  readonly left: Measure;
  readonly right?: Measure | undefined;
}
