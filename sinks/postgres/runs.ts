import type { RunChange, RunFilter, RunId, RunOrder, SyncRun } from '../../schemas/contract/sync-run.ts';
import { OPEN_STATES } from '../../schemas/contract/sync-run.ts';
import type { Outcome } from '../../schemas/contract/telemetry.ts';
import type { RunTable } from '../upsert/database.ts';
import { changedColumns, orderedColumns, OUTCOME_COLUMNS, runOf } from '../upsert/run-rows.ts';
import type { RunFields } from '../upsert/run-rows.ts';
import { parameterOf, placeholder } from './column-values.ts';
import type { Session } from './connection.ts';
import { quote } from './identifiers.ts';

/** Runs of routes: who ordered them, where each was cut off, and what came of it. */
export const RUN_TABLE = 'sync_run';

export function runDefinition(namespace: string): string {
  const counts = Object.values(OUTCOME_COLUMNS).map((name) => `${name} bigint NOT NULL DEFAULT 0`);
  return `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(RUN_TABLE)} (
    route text NOT NULL,
    id text NOT NULL,
    mode text NOT NULL,
    state text NOT NULL,
    due_at timestamptz(3) NOT NULL,
    missed_since timestamptz(3),
    ordered_at timestamptz(3) NOT NULL DEFAULT now(),
    ordered_by text NOT NULL,
    reason text,
    table_name text,
    row_condition text,
    cut_off bytea,
    cut_off_time timestamptz(3),
    started_at timestamptz(3),
    finished_at timestamptz(3),
    ${counts.join(', ')},
    rows_read bigint,
    verdict text,
    explanation text,
    worker text,
    lease_until timestamptz(3),
    PRIMARY KEY (route, id)
  )`;
}

const MILLISECONDS = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::text AS ${column}`;
const TIMES = ['due_at', 'missed_since', 'ordered_at', 'cut_off_time', 'started_at', 'finished_at'];
const NUMBERS = [...Object.values(OUTCOME_COLUMNS), 'rows_read'];

const FIELDS = [
  'id, mode, state, ordered_by, reason, table_name, row_condition, verdict, explanation, worker',
  "encode(cut_off, 'hex') AS cut_off, coalesce(lease_until > now(), false) AS attended",
  ...TIMES.map(MILLISECONDS),
  ...NUMBERS.map((name) => `${name}::text`),
].join(', ');

export class Runs implements RunTable {
  readonly #session: Session;
  readonly #table: string;

  constructor(session: Session, namespace: string) {
    this.#session = session;
    this.#table = `${quote(namespace)}.${quote(RUN_TABLE)}`;
  }

  async insert(order: RunOrder): Promise<boolean> {
    const columns = [...orderedColumns(order)];
    const rows = await this.#session.run(
      `INSERT INTO ${this.#table} (${columns.map(([name]) => name).join(', ')})
       VALUES (${columns.map(([, { kind }], at) => placeholder(kind, at + 1)).join(', ')})
       ON CONFLICT DO NOTHING RETURNING 1`,
      columns.map(([, value]) => parameterOf(value)),
      'order a run',
    );
    return rows.length === 1;
  }

  async lock({ route, id }: RunId): Promise<void> {
    await this.#session.run(
      `SELECT 1 FROM ${this.#table} WHERE route = $1 AND id = $2 FOR UPDATE`,
      [route, id],
      'lock a run',
    );
  }

  async lockOpen(route: string): Promise<readonly SyncRun[]> {
    const rows = await this.#session.run<RunFields>(
      `SELECT ${FIELDS} FROM ${this.#table} AS run WHERE route = $1 AND state = ANY ($2)
       ORDER BY run.due_at, id FOR UPDATE`,
      [route, OPEN_STATES],
      'lock the runs',
    );
    return rows.map((row) => runOf(route, row));
  }

  async list(route: string, { id, mode, limit }: RunFilter): Promise<readonly SyncRun[]> {
    const rows = await this.#session.run<RunFields>(
      `SELECT ${FIELDS} FROM ${this.#table} AS run
       WHERE route = $1 AND id = COALESCE($2, id) AND mode = COALESCE($3, mode)
       ORDER BY run.due_at DESC, id DESC LIMIT $4`,
      [route, id ?? null, mode ?? null, limit],
      'list the runs',
    );
    return rows.map((row) => runOf(route, row));
  }

  async update({ route, id }: RunId, change: RunChange): Promise<void> {
    const columns = [...changedColumns(change)];
    const assignments = columns.map(([name, value], at) => {
      const given = placeholder(value.kind, at + 3);
      return `${name} = ${value.kind === 'now' && value.once ? `COALESCE(${name}, ${given})` : given}`;
    });
    await this.#session.run(
      `UPDATE ${this.#table} SET ${assignments.join(', ')} WHERE route = $1 AND id = $2`,
      [route, id, ...columns.map(([, value]) => parameterOf(value))],
      'change a run',
    );
  }

  async lend({ route, id }: RunId, worker: string | null, seconds: number): Promise<void> {
    await this.#session.run(
      `UPDATE ${this.#table} SET worker = $3, lease_until = now() + $4 * interval '1 second'
       WHERE route = $1 AND id = $2`,
      [route, id, worker, seconds],
      'take a run',
    );
  }

  async remove({ route, id }: RunId): Promise<void> {
    await this.#session.run(
      `DELETE FROM ${this.#table} WHERE route = $1 AND id = $2`,
      [route, id],
      'forget a run',
    );
  }

  async count({ route, id }: RunId, outcomes: Readonly<Record<Outcome, number>>): Promise<void> {
    const counts = Object.entries(OUTCOME_COLUMNS).map(
      ([outcome, name], at) =>
        [`${name} = ${name} + $${(at + 3).toString()}`, outcomes[outcome as Outcome]] as const,
    );
    await this.#session.run(
      `UPDATE ${this.#table} SET ${counts.map(([assignment]) => assignment).join(', ')} WHERE route = $1 AND id = $2`,
      [route, id, ...counts.map(([, count]) => count)],
      'count the events of a run',
    );
  }
}
