import type { Cell } from '../../schemas/contract/cell.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { LogicalType } from '../../schemas/contract/table.ts';
import type { ColumnFacts } from './column-facts.ts';
import type { ExactLong } from './exact-long.ts';

/** What avsc gives for a value of each Avro type that a column may have. */
export interface AvroValues {
  readonly boolean: boolean;
  readonly int: number;
  readonly long: ExactLong;
  readonly float: number;
  readonly double: number;
  readonly string: string;
  readonly bytes: Buffer;
  readonly record: Readonly<Record<string, unknown>>;
  readonly array: readonly unknown[];
}

/** Turns a decoded Avro value into a cell; made once per column. */
export type CellReader = (value: unknown) => Cell;

/** Mends, or refuses, what one way of capture does to a cell that is not null. */
export type CellMending = (cell: Cell) => Cell;

/** How columns of one Connect type are read. */
export interface ColumnRule {
  /** The Avro type that the rule is for; another one under the same name is not understood. */
  readonly avro: keyof AvroValues;
  typeOf(facts: ColumnFacts): LogicalType;
  readerOf(facts: ColumnFacts): CellReader;
  /** For what is read from tables, in snapshots, by a driver of its own; null when that is the same as the log. */
  inSnapshot?(facts: ColumnFacts): CellMending | null;
  /** For what is read from the log. */
  inStream?(facts: ColumnFacts): CellMending | null;
}

/** Spells out a rule with the type of the values it reads, which the table of rules cannot express. */
export function rule<A extends keyof AvroValues>(
  avro: A,
  typeOf: (facts: ColumnFacts) => LogicalType,
  readerOf: (facts: ColumnFacts) => (value: AvroValues[A]) => Cell,
  mending: Pick<ColumnRule, 'inSnapshot' | 'inStream'> = {},
): ColumnRule {
  // avsc has checked the bytes against `avro`, so a value of that type is what the reader gets.
  return { avro, typeOf, readerOf: (facts) => readerOf(facts) as CellReader, ...mending };
}

/** The reader of values that are cells already. */
export function asIs<T extends Cell>(value: T): T {
  return value;
}

/** A reader out of a conversion that gives null for what no cell can hold. */
export function checked<T>(
  facts: ColumnFacts,
  limit: string,
  convert: (value: T) => string | null,
): (value: T) => string {
  return (value) => {
    const text = convert(value);
    if (text === null) throw unreadable(facts, limit);
    return text;
  };
}

export function unreadable(facts: ColumnFacts, limit: string): CounterfoilError {
  return new CounterfoilError(
    'UNDECODABLE_RECORD',
    `column ${facts.name} holds a value that is not ${limit}`,
    {
      remedy: 'Correct the value in the source, or leave the column out of the capture.',
    },
  );
}
