import { isDeepStrictEqual } from 'node:util';
import { CounterfoilError } from '../contract/errors.ts';
import type { MessageShape } from '../contract/message.ts';
import type { TableShape } from '../contract/table.ts';
import { contentHash } from '../dsl/content-hash.ts';
import type { Entity } from '../dsl/entity.ts';
import type { Balance } from './balance.ts';
import { columnOf, toldRows } from './told-rows.ts';
import type { Fault, ToldColumns } from './told-rows.ts';

/** Rows of an entity that belong to a row of another one, as the lines of a claim do. */
export interface NestedEntity extends ToldColumns {
  readonly entity: string;
  /** The name of the table that they are in, of an entity that has several. */
  readonly table?: string;
  /** The columns that name the row they belong to, aligned with its key. */
  readonly by: readonly string[];
  /** Only rows with exactly these texts. */
  readonly where?: Readonly<Record<string, string>>;
  /** The columns they are in the order of; the key decides between equals. */
  readonly order?: readonly string[];
  /** What they are nested under, where that is not the name of the part: parts of one name come one after the other. */
  readonly as?: string;
}

/** A document that is told as a whole: a row of one entity, with rows of others nested in it. */
export interface DocumentDeclaration {
  /** Lower case with hyphens. */
  readonly name: string;
  readonly entity: string;
  /** The member that its own row is told as; without it its columns stand beside what is nested. */
  readonly as?: string;
  /** Columns of its own row that are not told. */
  readonly without?: readonly string[];
  /** The parts by their names, which they are nested under. */
  readonly nested: Readonly<Record<string, NestedEntity>>;
  /** What must come to nothing: otherwise a row is missing, and the document is refused until it is there. */
  readonly balance?: Balance;
}

/** A table whose rows are nested in those of another one. */
export interface NestedTable {
  readonly part: string;
  readonly as: string;
  readonly table: TableShape;
  readonly by: readonly string[];
  readonly where: Readonly<Record<string, string>>;
  readonly order: readonly string[];
  readonly with: Readonly<Record<string, string>>;
}

/** A declared document, and the tables of the target that its rows are in. */
export interface WholeDocument {
  readonly name: string;
  /** Of its messages: `documents.<name>_document`, which is in no database, so that they are told from those of rows. */
  readonly shape: MessageShape;
  readonly root: TableShape;
  readonly nested: readonly NestedTable[];
  readonly balance: Balance | null;
}

/** The entities that the rows of a document are of. */
export function entitiesOf({ entity, nested }: DocumentDeclaration): readonly string[] {
  return [...new Set([entity, ...Object.values(nested).map((part) => part.entity)])];
}

/**
 * A document of these entities, whose canonical form is theirs: `messageOf` says what messages about their rows look like.
 * Throws CounterfoilError CONFIGURATION_INVALID when the declaration cannot work.
 */
export function wholeDocument(
  declaration: DocumentDeclaration,
  entities: ReadonlyMap<string, Entity>,
  messageOf: (table: TableShape) => MessageShape,
): WholeDocument {
  const { name, entity, as: member, without = [], balance = null } = declaration;
  const fault: Fault = (reason) =>
    new CounterfoilError('CONFIGURATION_INVALID', `document ${name}: ${reason}`);
  const shapeOf = (of: string, named?: string): MessageShape => {
    const tables = entities.get(of)?.tables;
    if (tables === undefined) throw fault(`there is no entity "${of}"`);
    const [table, ...others] = tables.filter(({ id }) => named === undefined || id.name === named);
    if (table === undefined) throw fault(`rows of ${of} go to no table ${named ?? ''}`);
    if (others.length > 0) throw fault(`rows of ${of} go to several tables`);
    return messageOf(table);
  };
  const kindsOf = (table: TableShape, columns: readonly string[]): string =>
    columns.map((column) => columnOf(table, column, fault).type.kind).join();

  const root = shapeOf(entity);
  const parts = Object.entries(declaration.nested).map(([part, rows]) => ({
    ...{ part, rows, as: rows.as ?? part, shape: shapeOf(rows.entity, rows.table) },
  }));
  const nested = parts.map(({ part, rows, as, shape: { table } }): NestedTable => {
    const { by, where = {}, order = [], with: taken = {} } = rows;
    if (kindsOf(table, by) !== kindsOf(root.table, root.table.key))
      throw fault(`${part} do not name the key of ${entity}`);
    for (const column of [...Object.keys(where), ...order]) columnOf(table, column, fault);
    return { part, as, table, by, where, order: [...order, ...table.key], with: taken };
  });

  const shapes = new Map<string, MessageShape>();
  for (const { part, rows, as, shape } of parts) {
    const made = toldRows(shape, rows, root, fault);
    const before = shapes.get(as);
    if (before !== undefined && !isDeepStrictEqual(before.table.columns, made.table.columns))
      throw fault(`${part} have other columns than ${as}`);
    shapes.set(as, before ?? made);
  }
  if (balance !== null) checkBalance(balance, shapes, fault);
  const own = toldRows(root, { without }, root, fault);
  if (own.table.key.length < root.table.key.length) throw fault('its key is not told');
  return {
    name,
    shape: {
      ...own,
      table: { ...own.table, id: { namespace: 'documents', name: messageName(name) } },
      version: contentHash([
        root.version,
        ...(member === undefined && without.length === 0 ? [] : [{ member, without }]),
        ...parts.map(({ part, rows, shape }) => [part, rows, shape.version]),
      ]),
      nested: Object.fromEntries(shapes),
      ...(member === undefined ? {} : { as: member }),
    },
    root: root.table,
    nested,
    balance,
  };
}

function checkBalance(
  { of, by, amount }: Balance,
  shapes: ReadonlyMap<string, MessageShape>,
  fault: Fault,
): void {
  const table = shapes.get(of)?.table;
  if (table === undefined) throw fault(`nothing is nested under ${of}`);
  columnOf(table, by, fault);
  if (columnOf(table, amount, fault).type.kind !== 'decimal') throw fault(`${amount} is no decimal`);
}

/** `expense-claim` is told as `expense_claim_document`, `sap/acc-document` as `sap_acc_document`. */
function messageName(name: string): string {
  return `${name.replace(/-document$/, '').replaceAll(/[-/]/g, '_')}_document`;
}
