import { DEFAULT_POLICY } from '../contract/mapping.ts';
import type { Mapping } from '../contract/mapping.ts';
import { CounterfoilError } from '../contract/errors.ts';
import type { TableShape } from '../contract/table.ts';
import { outcomeOf } from './apply-rule.ts';
import { contentHash } from './content-hash.ts';
import { checkDeclaration } from './declaration-check.ts';
import { prepareEntity } from './prepared-entity.ts';
import type { PreparedEntity } from './prepared-entity.ts';
import type { SourceTable, TargetTable } from './source-table.ts';

/** What an entity is declared with. */
export interface EntityDeclaration {
  /** Lower case with hyphens; the name of its folder. */
  readonly name: string;
  /** Its name in Chinese, as finance people say it. */
  readonly zh: string;
  /** What it is, in a sentence a finance engineer would use. */
  readonly about: string;
  /** The captured system its rows come from, and the system they go to, as the configuration names them. */
  readonly from: string;
  readonly to: string;
  readonly source: SourceTable;
  readonly targets: readonly TargetTable[];
  /** Replaces the hash of the declaration as the mapping's version. */
  readonly version?: string;
}

/** A declared mapping of one source table, with what it was declared as. */
export interface Entity extends Mapping {
  readonly declaration: EntityDeclaration;
  /** The target tables: they follow from the declaration alone. */
  readonly tables: readonly TableShape[];
}

/** Throws CounterfoilError CONFIGURATION_INVALID when the declaration cannot work. */
export function defineEntity(declaration: EntityDeclaration): Entity {
  checkDeclaration(declaration);
  const { name, source, targets } = declaration;
  const tables = targets.map((target) => targetShape(source, target));
  // The decoder gives all events of one schema the same shape object, so the preparation is found by identity.
  const prepared = new WeakMap<TableShape, PreparedEntity | CounterfoilError>();

  function preparedFor(shape: TableShape): PreparedEntity {
    let entity = prepared.get(shape);
    if (entity === undefined) {
      entity = prepareOrFail(declaration, tables, shape);
      prepared.set(shape, entity);
    }
    if (entity instanceof CounterfoilError) throw entity;
    return entity;
  }

  return {
    name,
    version: declaration.version ?? contentHash({ name, source: contentOf(source), targets }),
    declaration,
    tables,
    accepts: (table) => table.namespace === source.id.namespace && table.name === source.id.name,
    targets: () => tables,
    // Rows of an entity may come from several places: no truncate empties them.
    copies: () => [],
    policy: () => DEFAULT_POLICY,
    upsert: (shape, key, row) => preparedFor(shape).upsert(key, row),
    delete: (shape, key) => preparedFor(shape).delete(key),
  };
}

/** A shape that breaks the contract breaks it for each of its rows: the finding is remembered. */
function prepareOrFail(
  { source, targets }: EntityDeclaration,
  tables: readonly TableShape[],
  shape: TableShape,
): PreparedEntity | CounterfoilError {
  try {
    return prepareEntity(source, targets, tables, shape);
  } catch (error) {
    if (error instanceof CounterfoilError) return error;
    throw error;
  }
}

function targetShape(source: SourceTable, { id, key, columns }: TargetTable): TableShape {
  return {
    id,
    columns: Object.entries(columns).map(([name, rule]) => ({ name, ...outcomeOf(rule, source.fields) })),
    key,
  };
}

function contentOf({ id, key, fields }: SourceTable): unknown {
  return { id, key, fields };
}
