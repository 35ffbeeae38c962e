import type { CounterfoilError } from '../../../schemas/contract/errors.ts';
import type { TargetChange } from '../../../schemas/contract/mapping.ts';
import { tableLabel } from '../../../schemas/contract/table.ts';
import type { Entity } from '../../../schemas/dsl/entity.ts';
import type { Example, ExpectedChange } from '../../../schemas/dsl/example.ts';
import { agreedShape } from '../../../schemas/dsl/source-table.ts';

/** What an entity makes of an example, on a source table that is exactly as agreed. */
export function outcomeOf(entity: Entity, { change }: Example): Example['outcome'] {
  const shape = agreedShape(entity.declaration.source);
  try {
    const changes =
      'row' in change
        ? entity.upsert(
            shape,
            shape.key.map((column) => change.row[column] ?? null),
            change.row,
          )
        : entity.delete(shape, change.deletedKey);
    return changes.map(expectedOf);
  } catch (error) {
    return { rejected: (error as CounterfoilError).message };
  }
}

function expectedOf(change: TargetChange): ExpectedChange {
  const table = tableLabel(change.table.id);
  return change.kind === 'upsert' ? { table, upsert: change.cells } : { table, delete: change.keyCells };
}
