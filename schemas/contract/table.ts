/** What a column holds, apart from how a database or Avro spells it. See {@link Cell}. */
export type LogicalType =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'int'; readonly bits: 16 | 32 | 64 }
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  /** Without `scale` each value brings its own (PostgreSQL `numeric` without precision). */
  | { readonly kind: 'decimal'; readonly precision?: number; readonly scale?: number }
  /**
   * `maxLength` counts characters. `postgres` is the type of PostgreSQL's own that the text is written in, such as
   * `inet`: a PostgreSQL target keeps it, any other has the text.
   */
  | { readonly kind: 'text'; readonly maxLength?: number; readonly postgres?: string }
  | { readonly kind: 'enum'; readonly values?: readonly string[] }
  | { readonly kind: 'json'; readonly postgres?: 'jsonb' }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'bytes'; readonly maxLength?: number }
  | { readonly kind: 'bits'; readonly length: number }
  | { readonly kind: 'date' }
  /** `fraction`: digits of the fractional second, 0 to 6. `beyondDay`: from -838 to 838 hours (MariaDB, MySQL). */
  | { readonly kind: 'time'; readonly fraction: number; readonly beyondDay?: true }
  | { readonly kind: 'timestamp'; readonly fraction: number }
  | { readonly kind: 'instant'; readonly fraction: number }
  | { readonly kind: 'array'; readonly element: LogicalType }
  | { readonly kind: 'geometry' };

export type LogicalKind = LogicalType['kind'];

/** `namespace` is a MariaDB/MySQL database or a PostgreSQL schema. */
export interface TableId {
  readonly namespace: string;
  readonly name: string;
}

export interface Column {
  readonly name: string;
  readonly type: LogicalType;
  readonly nullable: boolean;
  /** The source computes it and its log does not carry it (PostgreSQL): only what was read by a snapshot arrives. */
  readonly unlogged?: true;
}

/** A column of a type that cannot be carried exactly: none of its values are read. */
export interface UncarriedColumn {
  readonly name: string;
  /** Names column and type. */
  readonly reason: string;
  readonly remedy: string;
}

/** What is done to a target table whose source table has changed. A change of the key always stops the route. */
export interface SchemaPolicy {
  /** The target lacks a column: it is added, left out, or the route stops. */
  readonly add: 'evolve' | 'ignore' | 'stop';
  /** A column of the target is narrower: it is altered, left as it is (rows that do not fit are set aside), or … */
  readonly widen: 'evolve' | 'ignore' | 'stop';
  /** The target has a column that the source no longer has: it keeps what it holds, or … */
  readonly drop: 'ignore' | 'stop';
}

/** What holds where nothing else is said. */
export const DEFAULT_SCHEMA_POLICY: SchemaPolicy = { add: 'evolve', widen: 'ignore', drop: 'ignore' };

/** `key` names the columns that identify a row, in order; empty when the table has no key. */
export interface TableShape {
  readonly id: TableId;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
  /**
   * Of a source table: it can be mapped by whoever leaves these columns out. Of a table as a record describes it they are
   * not among `columns`.
   */
  readonly uncarried?: readonly UncarriedColumn[];
  /** Of a target table; {@link DEFAULT_SCHEMA_POLICY} when it is missing. */
  readonly schemaPolicy?: SchemaPolicy;
}

/** For messages and metric labels; never for SQL (quoting is the dialect's business). */
export function tableLabel(id: TableId): string {
  return `${id.namespace}.${id.name}`;
}

/**
 * The column that every target table has besides its own: the {@link Version} of the row, by which the sink refuses
 * to overwrite newer with older. Checks leave it out of the comparison.
 */
export const VERSION_COLUMN = 'cf_version';

/**
 * The column that the copy of a table without a key has besides its own: the hash of the row, by which its equals are
 * found (see `rowHashOf`). Checks leave it out of the comparison.
 */
export const ROW_COLUMN = 'cf_row';

/**
 * The column that a target table has besides its own when its rows outlive their source rows (a soft delete): when the
 * row was deleted at the source; null in a row that is alive.
 */
export const DELETED_COLUMN = 'cf_deleted_at';
