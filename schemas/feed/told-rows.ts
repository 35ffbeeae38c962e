import type { CounterfoilError } from '../contract/errors.ts';
import type { MessageShape } from '../contract/message.ts';
import type { Column, TableShape } from '../contract/table.ts';

/** What is told of a row, where that is not all of its columns and nothing else. */
export interface ToldColumns {
  /** Columns that are not told. */
  readonly without?: readonly string[];
  /** Columns of the row that it belongs to which are told with it, by the names they have there. */
  readonly with?: Readonly<Record<string, string>>;
}

/** Makes the error for what is wrong with a declaration. */
export type Fault = (reason: string) => CounterfoilError;

/** What messages look like of rows that are told so; `root` are those that they belong to. */
export function toldRows(
  shape: MessageShape,
  { without = [], with: taken = {} }: ToldColumns,
  root: MessageShape,
  fault: Fault,
): MessageShape {
  for (const column of without) columnOf(shape.table, column, fault);
  const isTold = (column: string) => !without.includes(column);
  const others = Object.entries(taken);
  const docs = others.flatMap(([name, of]) => {
    const doc = root.columns[of];
    return doc === undefined ? [] : [[name, doc] as const];
  });
  return {
    ...shape,
    table: {
      ...shape.table,
      columns: [
        ...shape.table.columns.filter(({ name }) => isTold(name)),
        ...others.map(([name, of]) => ({ ...columnOf(root.table, of, fault), name })),
      ],
      key: shape.table.key.filter(isTold),
    },
    columns: { ...shape.columns, ...Object.fromEntries(docs) },
  };
}

/** Throws the fault when there is none of this name. */
export function columnOf({ columns }: TableShape, name: string, fault: Fault): Column {
  const found = columns.find((column) => column.name === name);
  if (found === undefined) throw fault(`no column is called ${name}`);
  return found;
}
