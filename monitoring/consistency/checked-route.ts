import type { Mapping } from '../../schemas/contract/mapping.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import type { ComparedTable } from './expected-rows.ts';
import type { FencedRoute } from './fence.ts';
import type { Budget } from './pace.ts';
import type { DatabaseReader, SourceReader } from './reader.ts';
import type { CheckReport } from './report.ts';
import type { UnreadFence } from './unread-rows.ts';
import type { Look } from './verdict.ts';

/** A route and everything the check needs of it. */
export interface CheckedRoute extends FencedRoute {
  readonly name: string;
  readonly mapping: Mapping;
  readonly source: SourceReader;
  readonly target: DatabaseReader;
  /** The table in which the target notes what was deleted; without it no row that goes and comes back is told from a lost one. */
  readonly tombstones?: TableId;
  /** Source tables of the route, as the capture finds them now. */
  readonly tables: () => Promise<readonly TableId[]>;
  /** Names of both databases: what an earlier check found in others says nothing. */
  readonly databases?: readonly string[];
  /** Of a route that rests between runs: it is not waited for. */
  readonly unread?: UnreadFence;
}

export interface CheckerSettings {
  /** How many times rows may be looked at, the first look included. Default 5. */
  readonly rounds?: number;
  /** Differing keys per table that are looked at again. Default 10,000. */
  readonly relookKeys?: number;
  /** Keys per table that a report shows. Default 20. */
  readonly shownKeys?: number;
  /** Bytes of digests per side that are held in memory; beyond that they go to a temporary file. Default 64 MiB. */
  readonly memoryBytes?: number;
  /** Where that file is. Default: the system's folder for temporary files. */
  readonly directory?: string;
  readonly pollMilliseconds?: number;
  readonly budget?: Budget;
  /** Where a check notes how far it has come, for one that goes on when it was interrupted. Default: nowhere. */
  readonly progressFolder?: string;
}

export interface CheckOptions {
  readonly signal: AbortSignal;
  /** For each wait at a fence. */
  readonly deadlineSeconds: number;
  /** Labels of source or target tables (`namespace.name`) to which the check is limited. */
  readonly tables?: readonly string[];
  /** SQL of the source: only its rows for which this holds are looked at, and the target rows that they lead to. */
  readonly where?: string;
  /** Hears of every confirmed difference, also of those that the report does not show. */
  readonly onConfirmed?: (row: ConfirmedRow) => void;
  /** Hears of every row that differed when it was looked at last, and that nothing can be said of: it changes all the time. */
  readonly onUndecided?: (row: Pick<ConfirmedRow, 'table' | 'key'>) => void;
}

export interface ConfirmedRow {
  readonly table: ComparedTable;
  /** Canonical, see `RowDigester`. */
  readonly key: string;
  readonly look: Look;
  /** The source row that makes the target row; null when there is none, or when it has come up between two looks. */
  readonly source: { readonly table: ComparedTable; readonly key: string } | null;
}

export interface Checker {
  /** Never throws: what keeps the check from a verdict is the reason of an inconclusive report. */
  check(route: CheckedRoute, options: CheckOptions): Promise<CheckReport>;
}
