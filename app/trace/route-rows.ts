import { RowDigester } from '../../monitoring/consistency/digest.ts';
import type { Cell } from '../../schemas/contract/cell.ts';
import type { Mapping, TargetDelete } from '../../schemas/contract/mapping.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { LogicalType, TableId, TableShape } from '../../schemas/contract/table.ts';
import type { RouteStep } from './lineage.ts';
import { normalText } from './rows.ts';
import type { TracedRow, TracedRows } from './rows.ts';

/** The keys of the rows of one target table that a source row leads to: they follow from its key alone. */
export function keysInto(
  mapping: Mapping,
  table: TableId,
  shape: TableShape,
  key: readonly Cell[],
): readonly (readonly string[])[] {
  return mapping
    .delete(shape, key)
    .filter((change): change is TargetDelete => change.kind === 'delete')
    .filter((change) => tableLabel(change.table.id) === tableLabel(table))
    .map((change) => change.keyCells.map((cell, at) => normalText(keyType(change.table, at), cell) ?? ''));
}

/** The rows of the target, or the keys of the messages, that a source row becomes. Throws what the mapping throws. */
export async function keysBehind(
  rows: TracedRows,
  step: RouteStep,
  row: TracedRow,
): Promise<readonly (readonly string[])[]> {
  const shape = await rows.shapeOf(step.from);
  if (shape.key.length === 0) return [];
  return keysInto(step.mapping, step.table, shape, await rows.keyCells(row));
}

/**
 * The source row that a target row comes from, when its key is told by the target's as it is; null otherwise. The mapping
 * has the last word: a key that is masked on the way does not lead back.
 */
export async function rowBefore(
  rows: TracedRows,
  step: RouteStep,
  row: TracedRow,
): Promise<TracedRow | null> {
  const [from, to] = [await rows.shape(step.from), await rows.shape(row.table)];
  if (from === null || to === null || from.key.length === 0 || step.copiedKey === null) return null;
  const copies = step.copiedKey;
  const key = from.key.map(
    (name) => row.key[to.key.indexOf(copies === 'same names' ? name : (copies[name] ?? ''))],
  );
  if (!key.every((text) => text !== undefined)) return null;
  const before = { table: step.from, key };
  const led = await keysBehind(rows, step, before);
  return led.some((each) => isSameKey(each, row.key)) ? before : null;
}

export function isSameKey(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, at) => text === b[at]);
}

function keyType({ key, columns }: TableShape, at: number): LogicalType {
  return columns.find(({ name }) => name === key[at])?.type ?? { kind: 'text' };
}

/** Names of the columns in which two images of a row differ; of what was not sent nothing is known. */
export function changedColumns(
  shape: TableShape,
  before: Readonly<Record<string, Cell>>,
  after: Readonly<Record<string, Cell>>,
): readonly string[] {
  const columns = shape.columns.filter(({ name }) => name in before && name in after);
  const cells = (row: Readonly<Record<string, Cell>>) => columns.map(({ name }) => row[name]);
  return new RowDigester({ id: shape.id, columns, key: [] }).differingColumns(cells(before), cells(after));
}
