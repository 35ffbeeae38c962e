import type { Cell, Row } from '../contract/cell.ts';

/** What an entity makes of one change, written down: the documentation that a test keeps true. */
export interface Example {
  /** What it shows. */
  readonly shows: string;
  /** The source row after the change (columns that were not sent are left out), or the key of a deleted row. */
  readonly change: { readonly row: Row } | { readonly deletedKey: readonly Cell[] };
  /** The target rows, in the order of the declared targets, or what the breach is said to be. */
  readonly outcome: readonly ExpectedChange[] | { readonly rejected: string };
}

export type ExpectedChange =
  | { readonly table: string; readonly upsert: Row }
  | { readonly table: string; readonly delete: readonly Cell[] };
