/** Rows and changes of a source, as they come to the sinks in topics. */
export interface Workload {
  readonly name: string;
  /** For the report: what of it is measured. */
  readonly title: string;
  readonly tables: readonly string[];
  /** Makes and fills the tables; what they hold comes by snapshot. Statements of MariaDB. */
  readonly fill: readonly string[];
  /** Changes that come from the log, a transaction each. */
  readonly changes: () => Iterable<readonly string[]>;
  /** Events that are measured: those of the second half. */
  readonly events: number;
  /** Between these two, everything is measured. */
  readonly marks: { readonly halfway: Marks; readonly end: Marks };
  /** One line that is the same in two databases when their rows are; a query of both systems. */
  readonly digest: (table: string) => string;
}

/** Rows that a target has when it has come so far; several, so that each partition has some. */
export interface Marks {
  readonly table: string;
  /** Ids of the first and the last of them. */
  readonly range: readonly [number, number];
}

/** So many for each place, however many partitions there are. */
const MARKS = 32;
/** Ids of rows that are there to be marks are above all others. */
const ABOVE_ALL = 1_000_000_000;

/** The rows in the middle and at the end of a table that is read in the order of its ids. */
export function rowsOf(table: string, rows: number): Workload['marks'] {
  const upTo = (last: number): Marks => ({ table, range: [last - MARKS + 1, last] });
  return { halfway: upTo(Math.floor(rows / 2)), end: upTo(rows) };
}

/** Rows that are inserted when half of the changes are made, and when all of them are. */
export function marksAfter(table: string): Workload['marks'] {
  const from = (first: number): Marks => ({ table, range: [first, first + MARKS - 1] });
  return { halfway: from(ABOVE_ALL), end: from(ABOVE_ALL + MARKS) };
}
