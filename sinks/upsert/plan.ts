import type { Cell, RowKey } from '../../schemas/contract/cell.ts';
import type {
  DeleteGroup,
  OccurrenceGroup,
  RowGroups,
  RowRejection,
  UpsertGroup,
} from '../../schemas/contract/ports.ts';
import { RowRejectedError } from '../../schemas/contract/row-rejected.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import type { RowSet, TargetColumn, TargetTable } from './database.ts';
import { fitCheckOf } from './fit.ts';
import type { FitCheck } from './fit.ts';
import { changedRow, elementAt, pick } from './row-sets.ts';
import { TargetError } from './target-error.ts';

export interface PlanOptions {
  readonly targetOf: (shape: TableShape) => TargetTable;
  /** Whether the database stores U+0000 in text. */
  readonly storesNul: boolean;
}

/**
 * The statements of a batch, in an order that every process follows, so that two of them wait for each other instead
 * of deadlocking: deletes, then upserts, then updates of incomplete rows (a batch may bring a row whole and then again
 * without its unchanged large values); within each by table, within a table by key.
 * Deletes come first so that a row that took over a unique value does not meet the row that gave it up.
 * Throws RowRejectedError when rows hold what their columns would alter.
 */
export function planBatch(batch: RowGroups, options: PlanOptions): readonly RowSet[] {
  const sets = [
    ...batch.deletes.map((group) => deleteSet(group, options.targetOf(group.table))),
    ...batch.upserts.map((group) => upsertSet(group, options.targetOf(group.table))),
    ...batch.occurrences.flatMap((group) => countedSets(group, options.targetOf(group.table))),
  ].filter((set) => set.rows.length > 0);
  const rejections = sets.flatMap((set) => unfitRows(set, options.storesNul));
  if (rejections.length > 0) throw new RowRejectedError(rejections);
  return sets.map(sortedByKey).sort(compareSets);
}

function deleteSet(group: DeleteGroup, target: TargetTable): RowSet {
  assertKeyed(target);
  return {
    kind: 'delete',
    target,
    columns: target.key,
    keyAt: target.key.map((_, at) => at),
    rows: group.keyCells,
    keys: group.keys,
    versions: group.versions,
    counts: [],
  };
}

/** Rows of a table without a key: those that have come, and those that have gone. */
function countedSets(whole: OccurrenceGroup, target: TargetTable): readonly RowSet[] {
  const { columns, rows, keys, versions, counts } = withoutLeftOut(whole, target);
  const all: RowSet = {
    kind: 'add',
    target,
    columns: columns.map((name) => columnOf(target, name)),
    keyAt: [],
    rows,
    keys,
    versions,
    counts: counts.map(Math.abs),
  };
  const where = (wanted: (count: number) => boolean) =>
    counts.flatMap((count, at) => (wanted(count) ? [at] : []));
  const gone = pick(
    all,
    where((count) => count < 0),
  );
  const removed: RowSet = { ...gone, kind: 'remove', columns: [], rows: gone.rows.map(() => []) };
  return [
    removed,
    pick(
      all,
      where((count) => count > 0),
    ),
  ];
}

/** Without the columns that the target does not get. */
function withoutLeftOut<T extends Pick<UpsertGroup, 'columns' | 'rows'>>(
  group: T,
  { leftOut }: TargetTable,
): T {
  if (!group.columns.some((name) => leftOut.has(name))) return group;
  const kept = group.columns.flatMap((name, at) => (leftOut.has(name) ? [] : [at]));
  return {
    ...group,
    columns: kept.map((at) => elementAt(group.columns, at)),
    rows: group.rows.map((row) => kept.map((at) => elementAt(row, at))),
  };
}

function upsertSet(whole: UpsertGroup, target: TargetTable): RowSet {
  assertKeyed(target);
  const group = withoutLeftOut(whole, target);
  const columns = group.columns.map((name) => columnOf(target, name));
  const keyAt = target.key.map(({ name }) => group.columns.indexOf(name));
  if (keyAt.includes(-1))
    throw new TargetError(
      'INTERNAL',
      `rows for ${tableLabel(group.table.id)} come without their key columns`,
    );
  const complete = columns.length === target.columns.size;
  return {
    kind: complete ? 'upsert' : 'update',
    target,
    columns,
    keyAt,
    rows: group.rows,
    keys: group.keys,
    versions: group.versions,
    counts: [],
  };
}

function assertKeyed({ identity, shape }: TargetTable): void {
  if (identity === null)
    throw new TargetError('INTERNAL', `${tableLabel(shape.id)} has no key, but rows came for it by one`);
}

function columnOf(target: TargetTable, name: string): TargetColumn {
  const column = target.columns.get(name);
  if (column) return column;
  const label = tableLabel(target.shape.id);
  throw new TargetError('INTERNAL', `rows for ${label} have a column that its shape lacks: ${name}`);
}

function unfitRows(set: RowSet, storesNul: boolean): RowRejection[] {
  const checks: { at: number; name: string; check: FitCheck }[] = [];
  set.columns.forEach((column, at) => {
    const check = fitCheckOf(column, { key: set.keyAt.includes(at), nul: storesNul });
    if (check) checks.push({ at, name: column.name, check });
  });
  const rejections: RowRejection[] = [];
  set.rows.forEach((row, index) => {
    const reason = firstReason(checks, row);
    if (reason !== null) rejections.push(rejectionOf(set, index, reason));
  });
  return rejections;
}

function firstReason(
  checks: readonly { at: number; name: string; check: FitCheck }[],
  row: readonly Cell[],
): string | null {
  for (const { at, name, check } of checks) {
    const reason = check(row[at] ?? null);
    if (reason !== null) return `column ${name}: ${reason}`;
  }
  return null;
}

function rejectionOf(set: RowSet, index: number, reason: string): RowRejection {
  const { shape } = set.target;
  const error = new TargetError('ROW_REJECTED', `${tableLabel(shape.id)} cannot hold the row: ${reason}`, {
    remedy:
      'Widen the target column, or mend the value at the source and discard this letter; then redrive the route.',
  });
  return { ...changedRow(set, index), error };
}

function sortedByKey(set: RowSet): RowSet {
  const { keys } = set;
  if (keys.every((key, at) => at === 0 || (keys[at - 1] as RowKey) <= key)) return set;
  const order = keys.map((_, at) => at);
  order.sort((a, b) => compare(keys[a] as RowKey, keys[b] as RowKey));
  return pick(set, order);
}

const KIND_ORDER = { delete: 0, remove: 0, add: 1, upsert: 1, update: 2 } as const;

function compareSets(a: RowSet, b: RowSet): number {
  return (
    KIND_ORDER[a.kind] - KIND_ORDER[b.kind] ||
    compare(a.target.shape.id.namespace, b.target.shape.id.namespace) ||
    compare(a.target.shape.id.name, b.target.shape.id.name)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
