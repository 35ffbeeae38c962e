import { escape } from 'mysql2';
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
import { literalOf } from './column-values.ts';
import type { Session } from './connection.ts';
import { OWN_TABLE } from './define.ts';
import { quote } from './identifiers.ts';

const ROWS_AT_ONCE = 200;

/** Repairs of routes, and the rows of each. Times are UTC. */
export function repairDefinitions(namespace: string): readonly string[] {
  const [, ...laterTimes] = REPAIR_TIMES;
  return [
    `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(REPAIR_TABLE)} (
      route varchar(200) NOT NULL,
      id varchar(100) NOT NULL,
      state varchar(20) NOT NULL,
      planned_by varchar(200) NOT NULL,
      planned_at datetime(3) NOT NULL,
      fence text NOT NULL,
      mapping_version text NOT NULL,
      ${REPAIR_TEXTS.map((name) => `${name} text NULL`).join(', ')},
      ${laterTimes.map((name) => `${name} datetime(3) NULL`).join(', ')},
      PRIMARY KEY (route, id)
    ) ${OWN_TABLE}`,
    `CREATE TABLE IF NOT EXISTS ${quote(namespace)}.${quote(REPAIR_ROW_TABLE)} (
      route varchar(200) NOT NULL,
      id varchar(100) NOT NULL,
      number int NOT NULL,
      ${ROW_NAMES.map((name) => `${quote(name)} text NOT NULL`).join(', ')},
      ${ROW_TEXTS.map((name) => `${name} longtext NULL`).join(', ')},
      PRIMARY KEY (route, id, number)
    ) ${OWN_TABLE}`,
  ];
}

const FIELDS = [
  'route, id, state, planned_by, fence, mapping_version',
  ...REPAIR_TEXTS,
  ...REPAIR_TIMES.map(
    (name) => `CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', r.${name}) DIV 1000 AS CHAR) AS ${name}`,
  ),
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
       VALUES (${columns.map(([, value]) => literalOf(value)).join(', ')})`,
      'plan a repair',
    );
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      const some = rows.slice(from, from + ROWS_AT_ONCE).map((row) => ({
        ...{ route: order.route, id: order.id },
        ...rowFields(row),
      }));
      const names = Object.keys(some[0] ?? {});
      await this.#session.run(
        `INSERT INTO ${this.#rows} (${names.map(quote).join(', ')})
         VALUES ${some
           .map(
             (row) =>
               `(${Object.values(row)
                 .map((value) => escape(value))
                 .join(', ')})`,
           )
           .join(', ')}`,
        'plan the rows of a repair',
      );
    }
  }

  async list(route: string, { id, limit }: { id?: string; limit: number }): Promise<readonly Repair[]> {
    const wanted = Object.entries({ route, id }).filter(([, value]) => value !== undefined);
    const rows = await this.#session.rows<RepairFields>(
      `SELECT ${FIELDS} FROM ${this.#repairs} AS r
       WHERE ${wanted.map(([name, value]) => `${name} = ${escape(value)}`).join(' AND ')}
       ORDER BY r.planned_at DESC, id DESC LIMIT ${limit}`,
      'list the repairs',
    );
    return rows.map(repairOf);
  }

  async rows(repair: RepairId): Promise<readonly RepairRow[]> {
    const rows = await this.#session.rows<RepairRowFields>(
      `SELECT number, ${[...ROW_NAMES, ...ROW_TEXTS].map(quote).join(', ')} FROM ${this.#rows}
       WHERE ${isRepair(repair)} ORDER BY number`,
      'read the rows of a repair',
    );
    return rows.map(repairRowOf);
  }

  async update(repair: RepairId, from: readonly RepairState[], change: RepairChange): Promise<boolean> {
    // Locked first: a change to what is there already would count as none.
    const found = await this.#session.rows(
      `SELECT 1 FROM ${this.#repairs} WHERE ${isRepair(repair)} AND state IN (${escape([...from])}) FOR UPDATE`,
      'lock a repair',
    );
    if (found.length === 0) return false;
    await this.#session.run(
      `UPDATE ${this.#repairs} SET ${assignments(changedRepair(change))} WHERE ${isRepair(repair)}`,
      'change a repair',
    );
    return true;
  }

  async updateRow(repair: RepairId, change: RepairRowChange): Promise<boolean> {
    const row = `${isRepair(repair)} AND number = ${change.number}`;
    const found = await this.#session.rows(
      `SELECT 1 FROM ${this.#rows} WHERE ${row} AND state = ${escape(change.from)} FOR UPDATE`,
      'lock a row of a repair',
    );
    if (found.length === 0) return false;
    await this.#session.run(
      `UPDATE ${this.#rows} SET ${assignments(changedRow(change))} WHERE ${row}`,
      'change a row of a repair',
    );
    return true;
  }
}

function isRepair({ route, id }: RepairId): string {
  return `route = ${escape(route)} AND id = ${escape(id)}`;
}

function assignments(columns: ReadonlyMap<string, ColumnValue>): string {
  return [...columns].map(([name, value]) => `${name} = ${literalOf(value)}`).join(', ');
}
