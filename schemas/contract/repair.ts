import type { Chain } from './chain.ts';
import type { RowKey } from './cell.ts';
import type { MappedRows, Withheld } from './ports.ts';
import type { Version } from './position.ts';

/**
 * Where a repair is:
 * - `planned`: the rows are known that are not what the source says;
 * - `approved`: somebody has agreed to it;
 * - `applying`: somebody has begun to apply it; whoever begins again goes on with it;
 * - `applied`: all of its rows are written or left, and no check has said yet what came of it;
 * - `verified`: a check has found its rows equal;
 * - `failed`: a check has found some of its rows unequal all the same;
 * - `undone`: what it wrote is as it was before, where nobody has changed it since.
 */
export const REPAIR_STATES = [
  ...(['planned', 'approved', 'applying', 'applied'] as const),
  ...(['verified', 'failed', 'undone'] as const),
] as const;
export type RepairState = (typeof REPAIR_STATES)[number];

/** In these a repair may be begun, or gone on with. */
export const APPLICABLE = ['planned', 'approved', 'applying', 'applied', 'failed'] as const;
/** In these it may have written something. */
export const UNDOABLE = ['applying', 'applied', 'verified', 'failed', 'undone'] as const;

/** What has happened to a row of a repair: nothing, its before-image is kept, it is written, not touched, or as before. */
export type RepairRowState = 'planned' | 'kept' | 'written' | 'left' | 'restored';

/** `read-again`: the connector reads its source row; `delete`: there is none, and the row goes. */
export type RepairAction = 'read-again' | 'delete';

export interface RepairId {
  readonly route: string;
  readonly id: string;
}

/** What is written down when a repair is planned. */
export interface RepairOrder extends RepairId {
  readonly plannedBy: string;
  readonly reason: string | null;
  /** The source's position that the route had passed when the rows were looked at, as the source writes it. */
  readonly fence: string;
  readonly mappingVersion: string;
}

/** Times are milliseconds since the epoch, by the target's clock. */
export interface Repair extends RepairOrder {
  readonly state: RepairState;
  readonly plannedAt: number;
  readonly approvedBy: string | null;
  readonly approvedAt: number | null;
  readonly appliedBy: string | null;
  readonly appliedAt: number | null;
  readonly undoneBy: string | null;
  readonly undoneAt: number | null;
  readonly explanation: string | null;
}

/** What a target holds under a key: null where there is no row. */
export interface RowStand {
  readonly version: Version | null;
  /** Hex digits. */
  readonly digest: string | null;
}

/** A row that a repair is about. `place` and `sourcePlace` are canonical keys as checks have them. */
export interface PlannedRow {
  /** Counts the rows of a repair from 1. */
  readonly number: number;
  /** Label of the target table. */
  readonly table: string;
  readonly key: RowKey;
  readonly place: string;
  readonly kind: 'missing' | 'extra' | 'different';
  /** Columns that differ. */
  readonly columns: readonly string[];
  readonly action: RepairAction;
  /** Label of the source table, and the key there; null when there is no source row. */
  readonly sourceTable: string | null;
  readonly sourcePlace: string | null;
  readonly planned: RowStand;
  /** `left` from the beginning when nothing can be done. */
  readonly state: RepairRowState;
  readonly explanation: string | null;
}

export interface RepairRow extends PlannedRow {
  /** The row as it was before (see `imageText`); null where there was none, or none is kept yet. Never logged. */
  readonly image: string | null;
  /** What the repair has left. */
  readonly left: RowStand;
}

/** A change of one row, if it is in the state `from`. What is left out stays. */
export interface RepairRowChange {
  readonly number: number;
  readonly from: RepairRowState;
  readonly to: RepairRowState;
  readonly image?: string | null;
  readonly left?: RowStand;
  readonly explanation?: string | null;
}

/** A change of a repair; `by` is who planned, approved, applied or undid it. */
export interface RepairChange {
  readonly state: RepairState;
  readonly approvedBy?: string;
  readonly appliedBy?: string;
  readonly undoneBy?: string;
  readonly explanation?: string | null;
}

/** Named points of a repair: a test may kill the process at each of them. */
export type RepairPoint =
  'repair:kept' | 'repair:read' | 'repair:deleted' | 'repair:applied' | 'repair:restored';

/** The repairs of a target's routes, kept in the target. Throws as `Sink` does. */
export interface RepairLedger {
  /** Writes a repair and all of its rows down, or nothing. */
  plan(order: RepairOrder, rows: readonly PlannedRow[]): Promise<void>;
  /** The newest first. */
  list(route: string, filter: { readonly id?: string; readonly limit: number }): Promise<readonly Repair[]>;
  /** In the order of their numbers. */
  rows(repair: RepairId): Promise<readonly RepairRow[]>;
  /** False when the repair is in none of these states. */
  change(repair: RepairId, from: readonly RepairState[], change: RepairChange): Promise<boolean>;
  /** Changes those of the rows that are in the state that is said of them. */
  note(repair: RepairId, changes: readonly RepairRowChange[]): Promise<void>;
  /**
   * Writes rows under the version guard and says so of the repair's rows, in one transaction that holds the position of the
   * chain, as a batch of its partition does, and with an entry of the journal. Writes nothing and returns null when one of
   * the rows is no longer in the state that is said of it: somebody else has seen to it. `changes` are given the rows that
   * the guard kept out.
   */
  write(
    repair: RepairId,
    chain: Chain,
    rows: MappedRows,
    changes: (withheld: readonly Withheld[]) => readonly RepairRowChange[],
  ): Promise<readonly Withheld[] | null>;
}
