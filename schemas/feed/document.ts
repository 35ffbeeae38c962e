import { CounterfoilError } from '../contract/errors.ts';
import type { MessageShape } from '../contract/message.ts';
import type { TableShape } from '../contract/table.ts';
import { contentHash } from '../dsl/content-hash.ts';
import type { Entity } from '../dsl/entity.ts';

/** Rows of an entity that belong to a row of another one, as the lines of a claim do. */
export interface NestedEntity {
  readonly entity: string;
  /** The columns that name the row they belong to, aligned with its key. */
  readonly by: readonly string[];
  /** Only rows with exactly these texts. */
  readonly where?: Readonly<Record<string, string>>;
  /** The columns they are in the order of; the key decides between equals. */
  readonly order?: readonly string[];
}

/** A document that is told as a whole: a row of one entity, with rows of others nested in it. */
export interface DocumentDeclaration {
  /** Lower case with hyphens. */
  readonly name: string;
  readonly entity: string;
  /** By the name that they are nested under. */
  readonly nested: Readonly<Record<string, NestedEntity>>;
}

/** A table whose rows are nested in those of another one. */
export interface NestedTable {
  readonly as: string;
  readonly table: TableShape;
  readonly by: readonly string[];
  readonly where: Readonly<Record<string, string>>;
  readonly order: readonly string[];
}

/** A declared document, and the tables of the target that its rows are in. */
export interface WholeDocument {
  readonly name: string;
  /** Of its messages: `documents.<name>_document`, which is in no database, so that they are told from those of rows. */
  readonly shape: MessageShape;
  readonly root: TableShape;
  readonly nested: readonly NestedTable[];
}

/**
 * A document of these entities, whose canonical form is theirs: `messageOf` says what messages about their rows look like.
 * Throws CounterfoilError CONFIGURATION_INVALID when the declaration cannot work.
 */
export function wholeDocument(
  { name, entity, nested }: DocumentDeclaration,
  entities: ReadonlyMap<string, Entity>,
  messageOf: (table: TableShape) => MessageShape,
): WholeDocument {
  const fault = (reason: string) =>
    new CounterfoilError('CONFIGURATION_INVALID', `document ${name}: ${reason}`);
  const shapeOf = (of: string): MessageShape => {
    const [table, ...others] = entities.get(of)?.tables ?? [];
    if (table === undefined) throw fault(`there is no entity "${of}"`);
    if (others.length > 0) throw fault(`rows of ${of} go to several tables`);
    return messageOf(table);
  };
  const root = shapeOf(entity);
  const typeOf = ({ columns }: TableShape, column: string): string => {
    const found = columns.find((candidate) => candidate.name === column);
    if (found === undefined) throw fault(`no column is called ${column}`);
    return JSON.stringify(found.type.kind);
  };
  const id = { namespace: 'documents', name: `${name.replaceAll('-', '_')}_document` };
  const shapes = Object.entries(nested).map(([as, rows]) => [as, rows, shapeOf(rows.entity)] as const);
  return {
    name,
    shape: {
      ...root,
      table: { ...root.table, id },
      version: contentHash([root.version, ...shapes.map(([as, rows, { version }]) => [as, rows, version])]),
      nested: Object.fromEntries(shapes.map(([as, , shape]) => [as, shape])),
    },
    root: root.table,
    nested: shapes.map(([as, { by, where = {}, order = [] }, { table }]) => {
      const kinds = by.map((column) => typeOf(table, column));
      const keys = root.table.key.map((column) => typeOf(root.table, column));
      if (kinds.join() !== keys.join()) throw fault(`${as} do not name the key of ${entity}`);
      for (const column of [...Object.keys(where), ...order]) typeOf(table, column);
      return { as, table, by, where, order: [...order, ...table.key] };
    }),
  };
}
