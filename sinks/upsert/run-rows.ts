import { versionOf } from '../../schemas/contract/position.ts';
import { isOpen } from '../../schemas/contract/sync-run.ts';
import type { RunChange, RunOrder, RunState, SyncRun } from '../../schemas/contract/sync-run.ts';
import type { Outcome, Verdict } from '../../schemas/contract/telemetry.ts';

/** Columns that count the events of a run. */
export const OUTCOME_COLUMNS = {
  applied: 'applied',
  superseded: 'superseded',
  duplicate: 'duplicate',
  filtered: 'filtered',
  'dead-lettered': 'dead_lettered',
  parked: 'parked',
} as const satisfies Record<Outcome, string>;

type Texts<Column extends string> = Readonly<Record<Column, string>>;

/** A row of the table of runs. Times are milliseconds since the epoch, as text. */
export type RunFields = Texts<
  'id' | 'mode' | 'state' | 'due_at' | 'ordered_at' | 'ordered_by' | (typeof OUTCOME_COLUMNS)[Outcome]
> & {
  readonly [
    Column in
      | 'missed_since'
      | 'reason'
      | 'table_name'
      | 'row_condition'
      | 'cut_off'
      | 'cut_off_time'
      | 'started_at'
      | 'finished_at'
      | 'rows_read'
      | 'verdict'
      | 'explanation'
      | 'worker'
  ]: string | null;
} & { readonly attended: boolean | number | string };

export function runOf(route: string, row: RunFields): SyncRun {
  return {
    route,
    worker: row.worker,
    id: row.id,
    // The product alone writes this table.
    mode: row.mode as RunOrder['mode'],
    state: row.state as RunState,
    dueAt: Number(row.due_at),
    missedSince: numberOf(row.missed_since),
    orderedAt: Number(row.ordered_at),
    orderedBy: row.ordered_by,
    reason: row.reason,
    rows: row.table_name === null ? null : { table: row.table_name, where: row.row_condition },
    cutOff: row.cut_off === null ? null : { version: versionOf(row.cut_off), time: Number(row.cut_off_time) },
    startedAt: numberOf(row.started_at),
    finishedAt: numberOf(row.finished_at),
    outcomes: {
      applied: Number(row.applied),
      superseded: Number(row.superseded),
      duplicate: Number(row.duplicate),
      filtered: Number(row.filtered),
      'dead-lettered': Number(row.dead_lettered),
      parked: Number(row.parked),
    },
    rowsRead: numberOf(row.rows_read),
    verdict: row.verdict as Verdict | null,
    explanation: row.explanation,
    attended: row.attended === true || Number(row.attended) === 1,
  };
}

function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}

/** A value for a column, by what must be done to it. */
export type ColumnValue =
  | { readonly kind: 'text'; readonly value: string | null }
  | { readonly kind: 'number'; readonly value: number }
  /** Milliseconds since the epoch. */
  | { readonly kind: 'time'; readonly value: number | null }
  /** The target's clock; `once` leaves what is there already. */
  | { readonly kind: 'now'; readonly once: boolean }
  /** Hex digits. */
  | { readonly kind: 'bytes'; readonly value: string };

const text = (value: string | null): ColumnValue => ({ kind: 'text', value });
const time = (value: number | null): ColumnValue => ({ kind: 'time', value });

export function orderedColumns(order: RunOrder): ReadonlyMap<string, ColumnValue> {
  return new Map([
    ['route', text(order.route)],
    ['id', text(order.id)],
    ['mode', text(order.mode)],
    ['state', text(order.state)],
    ['due_at', time(order.dueAt)],
    ['missed_since', time(order.missedSince)],
    ['ordered_by', text(order.orderedBy)],
    ['reason', text(order.reason)],
    ['table_name', text(order.rows?.table ?? null)],
    ['row_condition', text(order.rows?.where ?? null)],
  ]);
}

export function changedColumns(change: RunChange): ReadonlyMap<string, ColumnValue> {
  const { state, dueAt, cutOff, rowsRead, verdict, explanation } = change;
  const columns = new Map<string, ColumnValue>();
  if (state !== undefined) columns.set('state', text(state));
  if (state === 'applying') columns.set('started_at', { kind: 'now', once: true });
  if (state !== undefined && !isOpen(state)) columns.set('finished_at', { kind: 'now', once: false });
  if (dueAt !== undefined) columns.set('due_at', time(dueAt));
  if (cutOff !== undefined) columns.set('cut_off', { kind: 'bytes', value: cutOff.version });
  if (cutOff !== undefined) columns.set('cut_off_time', time(cutOff.time));
  if (rowsRead !== undefined) columns.set('rows_read', { kind: 'number', value: rowsRead });
  if (verdict !== undefined) columns.set('verdict', text(verdict));
  if (explanation !== undefined) columns.set('explanation', text(explanation));
  return columns;
}
