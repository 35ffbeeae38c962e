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
  readonly ids: readonly bigint[];
}

/** So many for each place, however many partitions there are. */
export const MARKS = 32;

export function idsFrom(first: bigint, count = MARKS): readonly bigint[] {
  return Array.from({ length: count }, (_, at) => first + BigInt(at));
}
