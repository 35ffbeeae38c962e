/** What a connector says in its topic of notifications, as far as it is wanted. */
export interface Notification {
  /** That of the signal it is about. */
  readonly id: string;
  readonly aggregate_type: string;
  readonly type: string;
  readonly additional_data: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, by the connector's clock. */
  readonly timestamp: number;
}

/**
 * - `running`: being read, also while the connector is down;
 * - `completed`: all is in the topic of the table;
 * - `cancelled`: somebody ended it, and some rows were read;
 * - `failed`: the connector could not read the table, see `reason`;
 * - `joined`: another signal came while it ran. Debezium reads on, and tells the end of both under the other's id.
 */
export type BackfillState = 'running' | 'completed' | 'cancelled' | 'failed' | 'joined';

/** One table being read again. */
export interface Backfill {
  readonly id: string;
  /** `namespace.table` */
  readonly tables: readonly string[];
  readonly state: BackfillState;
  readonly reason: string | null;
  readonly chunks: number;
  /** Rows of the tables that are done: exact. */
  readonly rows: number;
  readonly startedAt: number;
  readonly changedAt: number;
}

/** Takes note of one more notification, in their order; others than those of backfills change nothing. Pure. */
export function withNotification(backfills: readonly Backfill[], said: Notification): readonly Backfill[] {
  if (said.aggregate_type !== 'Incremental Snapshot') return backfills;
  if (said.type === 'STARTED') return started(backfills, said);
  return backfills.map((backfill) => (backfill.id === said.id ? told(backfill, said) : backfill));
}

function started(backfills: readonly Backfill[], said: Notification): readonly Backfill[] {
  const tables = (said.additional_data['data_collections'] ?? '').split(',').filter((name) => name !== '');
  const before = backfills
    .filter(({ id }) => id !== said.id)
    .map((each) => (each.state === 'running' ? { ...each, state: 'joined' as const } : each));
  const found = tables.length > 0;
  return [
    ...before,
    {
      id: said.id,
      tables,
      state: found ? 'running' : 'failed',
      reason: found ? null : 'the connector does not know the table',
      chunks: 0,
      rows: 0,
      startedAt: said.timestamp,
      changedAt: said.timestamp,
    },
  ];
}

function told(backfill: Backfill, { type, additional_data, timestamp }: Notification): Backfill {
  const seen = { ...backfill, changedAt: timestamp };
  switch (type) {
    case 'IN_PROGRESS':
      return { ...seen, chunks: seen.chunks + 1 };
    case 'TABLE_SCAN_COMPLETED': {
      const status = additional_data['status'] ?? '';
      const rows = seen.rows + Number(additional_data['total_rows_scanned'] ?? 0);
      return { ...seen, rows, reason: REASONS[status] ?? seen.reason };
    }
    case 'COMPLETED':
      return { ...seen, state: seen.reason === null ? 'completed' : 'failed' };
    case 'ABORTED':
      return { ...seen, state: 'cancelled' };
    default:
      return seen;
  }
}

/** Why a table was not read; statuses that are missing here are no failures. */
const REASONS: Readonly<Record<string, string>> = {
  NO_PRIMARY_KEY: 'the table has no primary key, by whose order it would be read',
  UNKNOWN_SCHEMA: 'the connector does not capture the table',
  SQL_EXCEPTION: 'the database refused the query; see the log of Connect',
  STOPPED: 'somebody ended it',
};
