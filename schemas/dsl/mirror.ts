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

/** Tables as they are, into another namespace: the mapping of mirror routes. A table without a key cannot be mirrored. */
export function mirrorOf({ name, targetNamespace, accepts }: MirrorOptions): Mapping {
  const copies = new WeakMap<TableShape, TableShape>();

  function copyOf(shape: TableShape): TableShape {
    const known = copies.get(shape);
    if (known !== undefined) return known;
    refuse(shape);
    const copy = { ...shape, id: { namespace: targetNamespace, name: shape.id.name } };
    copies.set(shape, copy);
    return copy;
  }

  return {
    name,
    version: contentHash({ mirror: 1, targetNamespace }),
    accepts,
    targets: (shape) => [copyOf(shape)],
    upsert: (shape, key, row) => [{ kind: 'upsert', table: copyOf(shape), key: rowKeyOf(key), cells: row }],
    delete: (shape, key: readonly Cell[]) => [
      { kind: 'delete', table: copyOf(shape), key: rowKeyOf(key), keyCells: key },
    ],
  };
}

function refuse({ id, key, columns }: TableShape): void {
  if (key.length === 0) {
    throw new CounterfoilError(
      'MAPPING_FAILED',
      `${tableLabel(id)} has no key, so its rows cannot be told apart`,
      {
        remedy:
          'Give the table a primary key, or name its key columns in the connector (message.key.columns).',
      },
    );
  }
  if (columns.some((column) => column.name === VERSION_COLUMN)) {
    throw new CounterfoilError(
      'MAPPING_FAILED',
      `${tableLabel(id)} has a column of the reserved name ${VERSION_COLUMN}`,
    );
  }
}
