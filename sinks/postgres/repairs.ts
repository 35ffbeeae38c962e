import type {
  PlannedRow,
  Repair,
  RepairChange,
  RepairId,
  RepairOrder,
  RepairRow,
  RepairRowChange,
  RepairState,
} from '../../schemas/contract/repair.ts';
import type { RepairTable } from '../upsert/database.ts';
import {
  changedRepair,
  changedRow,
  plannedColumns,
  REPAIR_ROW_TABLE,
  REPAIR_TABLE,
  REPAIR_TEXTS,
  REPAIR_TIMES,
  repairOf,
  repairRowOf,
  ROW_NAMES,
  ROW_TEXTS,
  rowFields,
} from '../upsert/repair-rows.ts';
import type { RepairFields, RepairRowFields } from '../upsert/repair-rows.ts';
import type { ColumnValue } from '../upsert/run-rows.ts';
import { parameterOf, placeholder } from './column-values.ts';
import type { Session } from './connection.ts';
import { quote } from './identifiers.ts';

/** Repairs of routes, and the rows of each. */
export function repairDefinitions(namespace: string): readonly string[] {
  const [, ...laterTimes] = REPAIR_TIMES;
  return [
    `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(REPAIR_TABLE)} (
      route text NOT NULL,
      id text NOT NULL,
      state text NOT NULL,
      planned_by text NOT NULL,
      planned_at timestamptz(3) NOT NULL,
      fence text NOT NULL,
      mapping_version text NOT NULL,
      ${REPAIR_TEXTS.map((name) => `${name} text`).join(', ')},
      ${laterTimes.map((name) => `${name} timestamptz(3)`).join(', ')},
      PRIMARY KEY (route, id)
    )`,
    `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(REPAIR_ROW_TABLE)} (
      route text NOT NULL,
      id text NOT NULL,
      number integer NOT NULL,
      ${ROW_NAMES.map((name) => `${name} text NOT NULL`).join(', ')},
      ${ROW_TEXTS.map((name) => `${name} text`).join(', ')},
      PRIMARY KEY (route, id, number)
    )`,
  ];
}

const FIELDS = [
  'route, id, state, planned_by, fence, mapping_version',
  ...REPAIR_TEXTS,
  ...REPAIR_TIMES.map((name) => `round(extract(epoch FROM ${name}) * 1000)::text AS ${name}`),
].join(', ');

export class Repairs implements RepairTable {
  readonly #session: Session;
  readonly #repairs: string;
  readonly #rows: string;

  constructor(session: Session, namespace: string) {
    this.#session = session;
    this.#repairs = `${quote(namespace)}.${quote(REPAIR_TABLE)}`;
    this.#rows = `${quote(namespace)}.${quote(REPAIR_ROW_TABLE)}`;
  }

  async insert(order: RepairOrder, rows: readonly PlannedRow[]): Promise<void> {
    const columns = [...plannedColumns(order)];
    await this.#session.run(
      `INSERT INTO ${this.#repairs} (${columns.map(([name]) => name).join(', ')})
       VALUES (${columns.map(([, { kind }], at) => placeholder(kind, at + 1)).join(', ')})`,
      columns.map(([, value]) => parameterOf(value)),
      'plan a repair',
    );
    await this.#session.run(
      `INSERT INTO ${this.#rows} SELECT * FROM json_populate_recordset(NULL::${this.#rows}, $1)`,
      [JSON.stringify(rows.map((row) => ({ route: order.route, id: order.id, ...rowFields(row) })))],
      'plan the rows of a repair',
    );
  }

  async list(route: string, { id, limit }: { id?: string; limit: number }): Promise<readonly Repair[]> {
    const rows = await this.#session.run<RepairFields>(
      `SELECT ${FIELDS} FROM ${this.#repairs} AS repair WHERE route = $1 AND id = COALESCE($2, id)
       ORDER BY repair.planned_at DESC, id DESC LIMIT $3`,
      [route, id ?? null, limit],
      'list the repairs',
    );
    return rows.map(repairOf);
  }

  async rows({ route, id }: RepairId): Promise<readonly RepairRow[]> {
    const rows = await this.#session.run<RepairRowFields>(
      `SELECT number::text, ${[...ROW_NAMES, ...ROW_TEXTS].join(', ')} FROM ${this.#rows} AS r
       WHERE route = $1 AND id = $2 ORDER BY r.number`,
      [route, id],
      'read the rows of a repair',
    );
    return rows.map(repairRowOf);
  }

  async update(
    { route, id }: RepairId,
    from: readonly RepairState[],
    change: RepairChange,
  ): Promise<boolean> {
    const columns = [...changedRepair(change)];
    const rows = await this.#session.run(
      `UPDATE ${this.#repairs} SET ${assignments(columns, 4)}
       WHERE route = $1 AND id = $2 AND state = ANY ($3) RETURNING 1`,
      [route, id, from, ...columns.map(([, value]) => parameterOf(value))],
      'change a repair',
    );
    return rows.length === 1;
  }

  async updateRow({ route, id }: RepairId, change: RepairRowChange): Promise<boolean> {
    const columns = [...changedRow(change)];
    const rows = await this.#session.run(
      `UPDATE ${this.#rows} SET ${assignments(columns, 5)}
       WHERE route = $1 AND id = $2 AND number = $3 AND state = $4 RETURNING 1`,
      [route, id, change.number, change.from, ...columns.map(([, value]) => parameterOf(value))],
      'change a row of a repair',
    );
    return rows.length === 1;
  }
}

function assignments(columns: readonly (readonly [string, ColumnValue])[], first: number): string {
  return columns.map(([name, { kind }], at) => `${name} = ${placeholder(kind, first + at)}`).join(', ');
}
