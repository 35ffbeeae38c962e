import type { DigestsOf, JournalShape } from '../../schemas/journal/shape.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import { RowDigester } from '../consistency/digest.ts';

/** Digests by value, as checks make them: whoever writes rows is given these, and an audit makes them again of what it reads. */
export const journalDigests: DigestsOf = (shape) => {
  const digester = new RowDigester(tableShapeOf(shape));
  return { key: (cells) => digester.key(cells), digest: (cells) => digester.digest(cells) };
};

export function tableShapeOf({ table, key, columns }: JournalShape): TableShape {
  return { id: table, key, columns: columns.map((column) => ({ ...column, nullable: true })) };
}
