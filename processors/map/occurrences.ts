import type { Row } from '../../schemas/contract/cell.ts';
import type { RowEvent } from '../../schemas/contract/change-event.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Mapping, TargetOccurrence } from '../../schemas/contract/mapping.ts';
import { rowHashOf } from '../../schemas/contract/row-hash.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';

/** A change of a table without a key, as the row that has gone and the row that has come. */
export function occurrencesOf(event: RowEvent, mapping: Mapping): readonly TargetOccurrence[] {
  const { shape, before } = event;
  const gone = before === null ? [] : rowsOf(mapping, shape, before, -1);
  return event.kind === 'delete' ? gone : [...gone, ...rowsOf(mapping, shape, event.after, 1)];
}

function rowsOf(mapping: Mapping, shape: TableShape, row: Row, count: 1 | -1): readonly TargetOccurrence[] {
  return mapping.upsert(shape, [], row).flatMap((change): readonly TargetOccurrence[] => {
    if (change.kind === 'delete') return [];
    const { table, cells } = change;
    if (table.columns.some(({ name }) => cells[name] === undefined)) throw incomplete(shape);
    return [{ kind: 'occurrence', table, key: rowHashOf(table, cells), cells, count }];
  });
}

function incomplete({ id }: TableShape): CounterfoilError {
  return new CounterfoilError(
    'MISSING_BASE_ROW',
    `a row of ${tableLabel(id)}, which has no key, came without some of its values`,
    { remedy: '`counterfoil connectors resnapshot` reads the whole table again.' },
  );
}
