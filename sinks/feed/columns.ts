import type { Column, LogicalType, TableId } from '../../schemas/contract/table.ts';
import { TargetError } from '../upsert/target-error.ts';

/** The type of a column that a declaration names: that it is there was seen to when the document was made. */
export function typeOf(
  { id, columns }: { readonly id: TableId; readonly columns: readonly Column[] },
  name: string,
): LogicalType {
  const column = columns.find((each) => each.name === name);
  if (column !== undefined) return column.type;
  throw new TargetError('INTERNAL', `${id.name} has no column ${name}`);
}
