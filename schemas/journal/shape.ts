import { hash } from 'node:crypto';
import type { Cell } from '../contract/cell.ts';
import type { LogicalType, TableId } from '../contract/table.ts';

declare const shapeIdBrand: unique symbol;

/** Names a {@link JournalShape} by what it says: 32 hex digits. */
export type ShapeId = string & { readonly [shapeIdBrand]: true };

export interface JournalColumn {
  readonly name: string;
  readonly type: LogicalType;
}

/** What a record tells of: a table, and the columns whose values were written. */
export interface JournalShape {
  readonly table: TableId;
  /** Names of the columns that identify a row; empty when the table has no key. */
  readonly key: readonly string[];
  readonly columns: readonly JournalColumn[];
}

/** How a shape is stored; equal shapes have equal texts. */
export function shapeText({ table, key, columns }: JournalShape): string {
  return JSON.stringify({
    table: { namespace: table.namespace, name: table.name },
    key,
    columns: columns.map(({ name, type }) => ({ name, type })),
  });
}

export function shapeOfText(text: string): JournalShape {
  return JSON.parse(text) as JournalShape;
}

export function shapeIdOf(text: string): ShapeId {
  return hash('sha256', text, 'hex').slice(0, SHAPE_ID_BYTES * 2) as ShapeId;
}

export const SHAPE_ID_BYTES = 16;

/** 16 characters, each one byte. */
export type RowDigest = string;

export const ROW_DIGEST_BYTES = 16;

/**
 * Names and digests rows of one shape. Equal values give equal texts, however a database spells them: who writes a row and
 * who reads it back come to the same.
 */
export interface RowDigests {
  /** Canonical text of the key. `cells` are aligned with the columns of the shape. */
  key(cells: readonly Cell[]): string;
  digest(cells: readonly Cell[]): RowDigest;
}

/** The making of digests belongs to those who verify; whoever writes rows is given it. */
export type DigestsOf = (shape: JournalShape) => RowDigests;
