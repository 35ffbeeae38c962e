import type { Cell } from '../contract/cell.ts';
import { rowKeyOf } from '../contract/cell.ts';
import { CounterfoilError } from '../contract/errors.ts';
import type { Mapping } from '../contract/mapping.ts';
import { VERSION_COLUMN, tableLabel } from '../contract/table.ts';
import type { TableId, TableShape } from '../contract/table.ts';
import { contentHash } from './content-hash.ts';

export interface MirrorOptions {
  readonly name: string;
  /** Schema or database that the copies are made in. */
  readonly targetNamespace: string;
  readonly accepts: (source: TableId) => boolean;
}

/**
 * Tables as they are, into another namespace: the mapping of mirror routes. A table without a key has no target, and its
 * events are refused with UNSUPPORTED_SCHEMA.
 */
export function mirrorOf({ name, targetNamespace, accepts }: MirrorOptions): Mapping {
  const copies = new WeakMap<TableShape, TableShape>();

  function copyOf(shape: TableShape): TableShape {
    const known = copies.get(shape);
    if (known !== undefined) return known;
    const reason = whyNot(shape);
    if (reason !== null) throw reason;
    const copy = { ...shape, id: { namespace: targetNamespace, name: shape.id.name } };
    copies.set(shape, copy);
    return copy;
  }

  return {
    name,
    version: contentHash({ mirror: 1, targetNamespace }),
    accepts,
    targets: (shape) => (whyNot(shape) === null ? [copyOf(shape)] : []),
    upsert: (shape, key, row) => [{ kind: 'upsert', table: copyOf(shape), key: rowKeyOf(key), cells: row }],
    delete: (shape, key: readonly Cell[]) => [
      { kind: 'delete', table: copyOf(shape), key: rowKeyOf(key), keyCells: key },
    ],
  };
}

/** Why rows of this shape cannot be mirrored; null when they can. */
function whyNot({ id, key, columns }: TableShape): CounterfoilError | null {
  if (key.length === 0) {
    return new CounterfoilError(
      'UNSUPPORTED_SCHEMA',
      `${tableLabel(id)} has no key, so its rows cannot be told apart`,
      {
        remedy:
          'Give the table a primary key, or name its key columns in the connector (message.key.columns).',
      },
    );
  }
  if (columns.some((column) => column.name === VERSION_COLUMN)) {
    return new CounterfoilError(
      'UNSUPPORTED_SCHEMA',
      `${tableLabel(id)} has a column of the reserved name ${VERSION_COLUMN}`,
    );
  }
  return null;
}
