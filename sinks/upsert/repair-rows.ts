import type { RowKey } from '../../schemas/contract/cell.ts';
import { versionOf } from '../../schemas/contract/position.ts';
import type {
  PlannedRow,
  Repair,
  RepairChange,
  RepairOrder,
  RepairRow,
  RepairRowChange,
} from '../../schemas/contract/repair.ts';
import type { ColumnValue } from './run-rows.ts';

export const REPAIR_TABLE = 'repair';
export const REPAIR_ROW_TABLE = 'repair_row';

/** Columns of both tables that are texts, and may be null. */
export const REPAIR_TEXTS = ['reason', 'approved_by', 'applied_by', 'undone_by', 'explanation'] as const;
export const REPAIR_TIMES = ['planned_at', 'approved_at', 'applied_at', 'undone_at'] as const;
export const ROW_NAMES = ['table_name', 'row_key', 'place', 'kind', 'columns', 'action', 'state'] as const;
export const ROW_TEXTS = [
  ...(['source_table', 'source_place', 'planned_version', 'planned_digest'] as const),
  ...(['image', 'left_version', 'left_digest', 'explanation'] as const),
] as const;

type Fields<Required extends string, Optional extends string> = Readonly<Record<Required, string>> &
  Readonly<Record<Optional, string | null>>;

/** Times are milliseconds since the epoch, as text. */
export type RepairFields = Fields<
  'route' | 'id' | 'state' | 'planned_by' | 'planned_at' | 'fence' | 'mapping_version',
  (typeof REPAIR_TEXTS)[number] | Exclude<(typeof REPAIR_TIMES)[number], 'planned_at'>
>;
export type RepairRowFields = Fields<'number' | (typeof ROW_NAMES)[number], (typeof ROW_TEXTS)[number]>;

export function repairOf(fields: RepairFields): Repair {
  return {
    ...{ route: fields.route, id: fields.id, fence: fields.fence, reason: fields.reason },
    // The product alone writes this table.
    state: fields.state as Repair['state'],
    mappingVersion: fields.mapping_version,
    ...{ plannedBy: fields.planned_by, plannedAt: Number(fields.planned_at) },
    ...{ approvedBy: fields.approved_by, approvedAt: numberOf(fields.approved_at) },
    ...{ appliedBy: fields.applied_by, appliedAt: numberOf(fields.applied_at) },
    ...{ undoneBy: fields.undone_by, undoneAt: numberOf(fields.undone_at) },
    explanation: fields.explanation,
  };
}

export function repairRowOf(fields: RepairRowFields): RepairRow {
  const stand = (version: string | null, digest: string | null) => ({
    version: version === null ? null : versionOf(version),
    digest,
  });
  return {
    ...{ number: Number(fields.number), table: fields.table_name, key: fields.row_key as RowKey },
    ...{ place: fields.place, columns: JSON.parse(fields.columns) as string[] },
    kind: fields.kind as RepairRow['kind'],
    action: fields.action as RepairRow['action'],
    state: fields.state as RepairRow['state'],
    ...{ sourceTable: fields.source_table, sourcePlace: fields.source_place },
    planned: stand(fields.planned_version, fields.planned_digest),
    left: stand(fields.left_version, fields.left_digest),
    ...{ image: fields.image, explanation: fields.explanation },
  };
}

function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}

const text = (value: string | null): ColumnValue => ({ kind: 'text', value });
const NOW: ColumnValue = { kind: 'now', once: false };

export function plannedColumns(order: RepairOrder): ReadonlyMap<string, ColumnValue> {
  return new Map([
    ['route', text(order.route)],
    ['id', text(order.id)],
    ['state', text('planned')],
    ['planned_by', text(order.plannedBy)],
    ['planned_at', NOW],
    ['reason', text(order.reason)],
    ['fence', text(order.fence)],
    ['mapping_version', text(order.mappingVersion)],
  ]);
}

export function changedRepair(change: RepairChange): ReadonlyMap<string, ColumnValue> {
  const columns = new Map([['state', text(change.state)]]);
  const { approvedBy, appliedBy, undoneBy, explanation } = change;
  for (const [name, by] of Object.entries({ approved: approvedBy, applied: appliedBy, undone: undoneBy })) {
    if (by === undefined) continue;
    columns.set(`${name}_by`, text(by));
    columns.set(`${name}_at`, NOW);
  }
  if (explanation !== undefined) columns.set('explanation', text(explanation));
  return columns;
}

/** By the name of the column, all but those of the repair that it belongs to. */
export function rowFields(row: PlannedRow): Readonly<Record<string, string | null>> {
  return {
    ...{ number: row.number.toString(), table_name: row.table, row_key: row.key, place: row.place },
    ...{ kind: row.kind, columns: JSON.stringify(row.columns), action: row.action, state: row.state },
    ...{ source_table: row.sourceTable, source_place: row.sourcePlace, explanation: row.explanation },
    ...{ planned_version: row.planned.version, planned_digest: row.planned.digest },
  };
}

export function changedRow({
  to,
  image,
  left,
  explanation,
}: RepairRowChange): ReadonlyMap<string, ColumnValue> {
  const columns = new Map([['state', text(to)]]);
  if (image !== undefined) columns.set('image', text(image));
  if (left !== undefined) columns.set('left_version', text(left.version));
  if (left !== undefined) columns.set('left_digest', text(left.digest));
  if (explanation !== undefined) columns.set('explanation', text(explanation));
  return columns;
}
