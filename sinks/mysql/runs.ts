import { escape } from 'mysql2';
import type { RunChange, RunFilter, RunId, RunOrder, SyncRun } from '../../schemas/contract/sync-run.ts';
import { OPEN_STATES } from '../../schemas/contract/sync-run.ts';
import type { Outcome } from '../../schemas/contract/telemetry.ts';
import type { RunTable } from '../upsert/database.ts';
import { changedColumns, orderedColumns, OUTCOME_COLUMNS, runOf } from '../upsert/run-rows.ts';
import type { RunFields } from '../upsert/run-rows.ts';
import { literalOf } from './column-values.ts';
import type { Session } from './connection.ts';
import { OWN_TABLE } from './define.ts';
import { quote } from './identifiers.ts';

/** Runs of routes: who ordered them, where each was cut off, and what came of it. */
export const RUN_TABLE = 'sync_run';

/** Times are UTC. */
export function runDefinition(namespace: string): string {
  const counts = Object.values(OUTCOME_COLUMNS).map((name) => `${name} bigint NOT NULL DEFAULT 0`);
  return `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(RUN_TABLE)} (
    route varchar(200) NOT NULL,
    id varchar(100) NOT NULL,
    mode varchar(20) NOT NULL,
    state varchar(20) NOT NULL,
    due_at datetime(3) NOT NULL,
    missed_since datetime(3) NULL,
    ordered_at datetime(3) NOT NULL,
    ordered_by varchar(200) NOT NULL,
    reason text NULL,
    table_name text NULL,
    row_condition text NULL,
    cut_off binary(16) NULL,
    cut_off_time datetime(3) NULL,
    started_at datetime(3) NULL,
    finished_at datetime(3) NULL,
    ${counts.join(', ')},
    rows_read bigint NULL,
    verdict varchar(20) NULL,
    explanation text NULL,
    worker varchar(300) NULL,
    lease_until datetime(3) NULL,
    PRIMARY KEY (route, id)
  ) ${OWN_TABLE}`;
}

const MILLISECONDS = (column: string) =>
  `CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', run.${column}) DIV 1000 AS CHAR) AS ${column}`;
const TIMES = ['due_at', 'missed_since', 'ordered_at', 'cut_off_time', 'started_at', 'finished_at'];

const FIELDS = [
  'id, mode, state, ordered_by, reason, table_name, row_condition, verdict, explanation, worker, rows_read',
  'LOWER(HEX(cut_off)) AS cut_off, COALESCE(lease_until > UTC_TIMESTAMP(3), 0) AS attended',
  ...TIMES.map(MILLISECONDS),
  ...Object.values(OUTCOME_COLUMNS),
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
    const affected = await this.#session.run(
      `INSERT INTO ${this.#table} (${columns.map(([name]) => name).join(', ')}, ordered_at)
       VALUES (${columns.map(([, value]) => literalOf(value)).join(', ')}, UTC_TIMESTAMP(3))
       ON DUPLICATE KEY UPDATE route = route`,
      'order a run',
    );
    return affected === 1;
  }

  async lock(run: RunId): Promise<void> {
    await this.#session.rows(`SELECT 1 FROM ${this.#table} WHERE ${isRun(run)} FOR UPDATE`, 'lock a run');
  }

  async lockOpen(route: string): Promise<readonly SyncRun[]> {
    const rows = await this.#session.rows<RunFields>(
      `SELECT ${FIELDS} FROM ${this.#table} AS run WHERE route = ${escape(route)} AND state IN (${escape([...OPEN_STATES])})
       ORDER BY run.due_at, id FOR UPDATE`,
      'lock the runs',
    );
    return rows.map((row) => runOf(route, row));
  }

  async list(route: string, { id, mode, limit }: RunFilter): Promise<readonly SyncRun[]> {
    const wanted = Object.entries({ route, id, mode }).filter(([, value]) => value !== undefined);
    const rows = await this.#session.rows<RunFields>(
      `SELECT ${FIELDS} FROM ${this.#table} AS run
       WHERE ${wanted.map(([name, value]) => `${name} = ${escape(value)}`).join(' AND ')}
       ORDER BY run.due_at DESC, id DESC LIMIT ${limit}`,
      'list the runs',
    );
    return rows.map((row) => runOf(route, row));
  }

  async update(run: RunId, change: RunChange): Promise<void> {
    const assignments = [...changedColumns(change)].map(([name, value]) => {
      const given = literalOf(value);
      return `${name} = ${value.kind === 'now' && value.once ? `COALESCE(${name}, ${given})` : given}`;
    });
    await this.#session.run(
      `UPDATE ${this.#table} SET ${assignments.join(', ')} WHERE ${isRun(run)}`,
      'change a run',
    );
  }

  async lend(run: RunId, worker: string | null, seconds: number): Promise<void> {
    await this.#session.run(
      `UPDATE ${this.#table} SET worker = ${escape(worker)},
         lease_until = UTC_TIMESTAMP(3) + INTERVAL ${seconds} SECOND WHERE ${isRun(run)}`,
      'take a run',
    );
  }

  async remove(run: RunId): Promise<void> {
    await this.#session.run(`DELETE FROM ${this.#table} WHERE ${isRun(run)}`, 'forget a run');
  }

  async count(run: RunId, outcomes: Readonly<Record<Outcome, number>>): Promise<void> {
    const counts = Object.entries(OUTCOME_COLUMNS).map(
      ([outcome, name]) => `${name} = ${name} + ${outcomes[outcome as Outcome]}`,
    );
    await this.#session.run(
      `UPDATE ${this.#table} SET ${counts.join(', ')} WHERE ${isRun(run)}`,
      'count the events of a run',
    );
  }
}

function isRun({ route, id }: RunId): string {
  return `route = ${escape(route)} AND id = ${escape(id)}`;
}
