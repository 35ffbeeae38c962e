import { tableIdOf } from '../contract/table-pattern.ts';
import type { TableId, TableShape } from '../contract/table.ts';
import { converters } from './rule.ts';
import type { CellOf, Converters, Fields, Named, Rule } from './rule.ts';

/** What a column of a row that qualifies has: one of these values, none at all, or any. */
export type Qualifying<Value = unknown> = readonly Value[] | 'null' | 'not-null';

/** Rows that qualify, by what their columns have. A column that is not named is not looked at. */
export type Condition<F extends Fields> = {
  readonly [Name in Named<F, 'text' | 'boolean' | 'int'>]?: Qualifying<CellOf<F[Name]>>;
};

/** What a target table is declared with. */
export interface TargetDeclaration<F extends Fields, Columns extends Readonly<Record<string, Rule>>> {
  /** What a row of the table is, in a sentence. */
  readonly about: string;
  /** Columns that identify a row; made by `copy` from the source's key, so that a delete can be mapped. */
  readonly key: readonly (keyof Columns & string)[];
  /** Target columns, in order, and how each comes about. */
  readonly columns: (converters: Converters<F>) => Columns;
  /** Only rows that qualify are in the target; one that no longer does is deleted there. */
  readonly only?: Condition<F>;
}

/** A declared target table. */
export interface TargetTable {
  readonly id: TableId;
  readonly about: string;
  readonly key: readonly string[];
  readonly columns: Readonly<Record<string, Rule>>;
  readonly only: Readonly<Record<string, Qualifying>>;
}

/** A declared source table. */
export interface SourceTable {
  readonly id: TableId;
  /** Columns that identify a row. */
  readonly key: readonly string[];
  readonly fields: Fields;
}

/** A declared source table of which the compiler knows the columns. */
export interface DeclaredSource<F extends Fields> extends SourceTable {
  readonly fields: F;
  /** Declares a target of its rows; `table` is `namespace.name`. */
  into<const Columns extends Readonly<Record<string, Rule>>>(
    table: string,
    target: TargetDeclaration<F, Columns>,
  ): TargetTable;
}

/** Declares what is agreed about a source table; `table` is `namespace.name`. Columns not named are not looked at. */
export function sourceTable<const F extends Fields>(
  table: string,
  declaration: { readonly key: readonly (keyof F & string)[]; readonly fields: F },
): DeclaredSource<F> {
  return {
    id: tableIdOf(table),
    ...declaration,
    into: (target, { about, key, columns, only = {} }) => ({
      id: tableIdOf(target),
      about,
      key,
      columns: columns(converters as unknown as Converters<F>),
      only: only as Readonly<Record<string, Qualifying>>,
    }),
  };
}

/** The shape that a source table has when it is exactly as agreed: for examples and tests. */
export function agreedShape(source: SourceTable): TableShape {
  const columns = Object.entries(source.fields).map(([name, field]) => ({
    name,
    type: field.type,
    nullable: !field.required,
  }));
  return { id: source.id, columns, key: source.key };
}
