import type { MessageShape } from '../../schemas/contract/message.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import { messageShapesOf } from '../../schemas/dsl/avro-contract.ts';
import type { Entity } from '../../schemas/dsl/entity.ts';
import { SHIPPED_DICTIONARY, loadDictionary } from '../dictionary/load.ts';

/** What messages about rows of the tables of these entities look like, with what the dictionary says of their columns. */
export function entityMessageShapes(entities: Iterable<Entity>): (table: TableShape) => MessageShape {
  const { dictionary } = loadDictionary(SHIPPED_DICTIONARY);
  const shapes = [...entities].flatMap((entity) => messageShapesOf(entity, dictionary));
  const byTable = new Map(shapes.map((shape) => [tableLabel(shape.table.id), shape]));
  return ({ id }) => {
    const shape = byTable.get(tableLabel(id));
    if (shape === undefined) throw new CounterfoilError('INTERNAL', `no entity makes ${tableLabel(id)}`);
    return shape;
  };
}
