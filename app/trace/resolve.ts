import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import { nearest } from '../config/faults.ts';
import { bookTable, databaseName, sameTable } from './lineage.ts';
import type { BookTable, Lineage, TracedTable } from './lineage.ts';

/** What narrows down a name that means several tables. */
export interface Choice {
  readonly source?: string | undefined;
  readonly target?: string | undefined;
  readonly route?: string | undefined;
}

const BOOK_TABLES: readonly BookTable[] = ['document', 'voucher', 'voucher_entry', 'budget_release'];

/**
 * The tables that a name means: that of an entity is the source table whose rows it takes, any other is of a source, a target
 * or the books, with or without its namespace. Throws CONFIGURATION_INVALID when there is none.
 */
export function tablesNamed(lineage: Lineage, name: string, choice: Choice): readonly TracedTable[] {
  const steps = lineage.steps.filter(
    ({ route }) => choice.route === undefined || route.name === choice.route,
  );
  const all = distinct([
    ...steps.flatMap(({ from, to }) => [from, ...(to === null ? [] : [to])]),
    ...lineage.books
      .filter(({ route }) => choice.route === undefined || route === choice.route)
      .flatMap((books) => BOOK_TABLES.map((each) => bookTable(books, each))),
  ]).filter(
    ({ database }) =>
      (choice.source === undefined || database.sources.includes(choice.source)) &&
      (choice.target === undefined || database.targets.includes(choice.target)),
  );
  const ofEntity = distinct(steps.filter(({ entity }) => entity === name).map(({ from }) => from));
  if (ofEntity.length > 0) return ofEntity;
  const found = all.filter(({ id }) => tableLabel(id) === name || id.name === name);
  if (found.length > 0) return found;
  throw unknown(name, [
    ...all.map(({ id }) => tableLabel(id)),
    ...steps.flatMap(({ entity }) => entity ?? []),
  ]);
}

function unknown(name: string, known: readonly string[]): CounterfoilError {
  const near = nearest(name, known);
  return new CounterfoilError(
    'CONFIGURATION_INVALID',
    `no route or posting has a table or entity "${name}"${near === null ? '' : `; did you mean ${near}?`}`,
    { remedy: 'Name a table of a source or a target as namespace.table, or an entity of a route.' },
  );
}

function distinct(tables: readonly TracedTable[]): readonly TracedTable[] {
  return tables.filter((table, at) => tables.findIndex((other) => sameTable(other, table)) === at);
}

/**
 * The key that was given on the command line: values in the order of the key, or `column=value` of each. Throws
 * CONFIGURATION_INVALID.
 */
export function keyGiven(table: TracedTable, shape: TableShape, given: readonly string[]): readonly string[] {
  const { key } = shape;
  const label = `${tableLabel(table.id)} of ${databaseName(table.database)}`;
  if (key.length === 0)
    throw new CounterfoilError('CONFIGURATION_INVALID', `${label} has no key: its rows cannot be told apart`);
  const named = new Map(
    given.map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
  );
  const byName = key.flatMap((column) => named.get(column) ?? []);
  if (given.length === key.length) {
    const values = byName.length === key.length ? byName : given;
    for (const [at, column] of key.entries()) refuseOtherType(label, shape, column, values[at] ?? '');
    return values;
  }
  throw new CounterfoilError(
    'CONFIGURATION_INVALID',
    `the key of ${label} is ${key.join(', ')}: ${given.length.toString()} values were given`,
  );
}

/** A value that no row can have is a slip, and not a row of which nothing is known. */
function refuseOtherType(label: string, shape: TableShape, column: string, value: string): void {
  const type = shape.columns.find(({ name }) => name === column)?.type;
  if (type?.kind !== 'int' || /^-?\d+$/.test(value)) return;
  throw new CounterfoilError(
    'CONFIGURATION_INVALID',
    `${column} of ${label} is a whole number, and "${value}" is none`,
    { remedy: `Give the value alone, or ${column}=<value>.` },
  );
}
