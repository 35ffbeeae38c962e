import { randomOf } from '../../stack/demo/activity/prng.ts';
import { createClaims, insertClaims } from '../claims.ts';
import { marksAfter, rowsOf } from './workload.ts';
import type { Workload } from './workload.ts';

const digest = (table: string) =>
  `SELECT COUNT(*) AS n, SUM(id) AS ids, SUM(amount) AS amounts, SUM(tax) AS taxes, SUM(status) AS statuses,
     SUM(char_length(remark)) AS remarks, SUM(department_id) AS departments, MAX(claim_no) AS numbers FROM ${table}`;

/** The rows of a table in the order of their keys. */
export function backlog(rows: number): Workload {
  const table = 'backlog';
  return {
    name: 'backlog',
    title: `a backlog of ${rows.toLocaleString('en')} rows from a snapshot`,
    tables: [table],
    fill: [createClaims(table), insertClaims(table, 1, rows)],
    changes: () => [],
    events: rows / 2,
    marks: rowsOf(table, rows),
    digest,
  };
}

/** Of each hundred: 60 updates, 30 inserts, 10 deletes. */
const UPDATES = 60;
const INSERTS = 30;
const DELETES = 10;

/** Changes of a table; few rows are changed often, most of them seldom. */
export function mixed(events: number): Workload {
  const table = 'mixed';
  const rows = Math.max(1_000, Math.round(events / 5));
  const { halfway, end } = marksAfter(table);
  return {
    name: 'mixed',
    title: `${events.toLocaleString('en')} changes: 60 % updates of skewed keys, 30 % inserts, 10 % deletes`,
    tables: [table],
    fill: [createClaims(table), insertClaims(table, 1, rows)],
    *changes() {
      const random = randomOf(7);
      const transactions = Math.round(events / (UPDATES + INSERTS + DELETES));
      let last = rows;
      for (let at = 0; at < transactions; at += 1) {
        if (at === transactions >> 1) yield [insertClaims(table, ...halfway.range)];
        const hot = Array.from({ length: UPDATES }, () => 1 + Math.floor(last * random.next() ** 3));
        const gone = Array.from({ length: DELETES }, () => 1 + Math.floor(last * random.next()));
        yield [
          `UPDATE ${table} SET amount = amount + 0.01, status = (status + 1) MOD 6 WHERE id IN (${hot.join()})`,
          insertClaims(table, last + 1, last + INSERTS),
          `DELETE FROM ${table} WHERE id IN (${gone.join()})`,
        ];
        last += INSERTS;
      }
      yield [insertClaims(table, ...end.range)];
    },
    events: events / 2,
    marks: { halfway, end },
    digest,
  };
}

/** Updates of one row, a hundred in each transaction. */
export function hotRow(events: number): Workload {
  const table = 'hot';
  const { halfway, end } = marksAfter(table);
  const half = Math.round(events / 200);
  return {
    name: 'hot row',
    title: `${events.toLocaleString('en')} updates of one row`,
    tables: [table],
    fill: [createClaims(table), insertClaims(table, 1, 1_000)],
    *changes() {
      const update = `UPDATE ${table} SET amount = amount + 0.01 WHERE id = 1`;
      const transaction = Array.from({ length: 100 }, () => update);
      for (let at = 0; at < half; at += 1) yield transaction;
      yield [insertClaims(table, ...halfway.range)];
      for (let at = 0; at < half; at += 1) yield transaction;
      yield [insertClaims(table, ...end.range)];
    },
    events: half * 100,
    marks: { halfway, end },
    digest,
  };
}
