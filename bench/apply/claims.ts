import { idsFrom, MARKS } from './workload.ts';
import type { Marks, Workload } from './workload.ts';

/** A claim of twelve columns, as offices have them. */
const COLUMNS = `
  id BIGINT PRIMARY KEY, claim_no VARCHAR(32) NOT NULL, applicant_id BIGINT NOT NULL, department_id INT NOT NULL,
  kind VARCHAR(16) NOT NULL, amount DECIMAL(18,2) NOT NULL, tax DECIMAL(18,2), currency CHAR(3) NOT NULL,
  remark VARCHAR(200), submitted_on DATE NOT NULL, approved_at DATETIME(3), status SMALLINT NOT NULL`;

const VALUES = `
  n, CONCAT('BX-2026-', LPAD(n, 8, '0')), 10000 + n MOD 5003, n MOD 211,
  ELT(1 + n MOD 4, 'travel', 'office', 'training', 'meals'), (n * 7919 MOD 10000000) / 100,
  IF(n MOD 5 = 0, NULL, (n * 104729 MOD 600000) / 100), ELT(1 + n MOD 3, 'CNY', 'USD', 'EUR'),
  IF(n MOD 7 = 0, NULL, CONCAT('出差报销 to customer ', n * 31 MOD 9973)), DATE '2020-01-01' + INTERVAL n MOD 2000 DAY,
  IF(n MOD 11 = 0, NULL, TIMESTAMP '2020-01-01 08:00:00.000' + INTERVAL n * 61003 MOD 63072000000 * 1000 MICROSECOND),
  n MOD 6`;

const digest = (table: string) =>
  `SELECT COUNT(*) AS n, SUM(id) AS ids, SUM(amount) AS amounts, SUM(tax) AS taxes, SUM(status) AS statuses,
     SUM(char_length(remark)) AS remarks, SUM(department_id) AS departments, MAX(claim_no) AS numbers FROM ${table}`;

const insert = (table: string, from: number, to: number) =>
  `INSERT INTO ${table} SELECT ${VALUES} FROM (SELECT seq AS n FROM seq_${from.toString()}_to_${to.toString()}) numbers`;

/** The rows of a table in the order of their keys. */
export function backlog(rows: number): Workload {
  const table = 'backlog';
  const at = (n: number): Marks => ({ table, ids: idsFrom(BigInt(n - MARKS + 1)) });
  return {
    name: 'backlog',
    title: `a backlog of ${rows.toLocaleString('en')} rows from a snapshot`,
    tables: [table],
    fill: [`CREATE TABLE ${table} (${COLUMNS}) CHARACTER SET utf8mb4`, insert(table, 1, rows)],
    changes: () => [],
    events: rows / 2,
    marks: { halfway: at(Math.floor(rows / 2)), end: at(rows) },
    digest,
  };
}

/** Of each hundred: 60 updates, 30 inserts, 10 deletes. */
const UPDATES = 60;
const INSERTS = 30;
const DELETES = 10;
/** Ids of the marks are above all others. */
const MARKED = 1_000_000_000;

/** Changes of a table; few rows are changed often, most of them seldom. */
export function mixed(events: number): Workload {
  const table = 'mixed';
  const rows = Math.max(1_000, Math.round(events / 5));
  const mark = (place: number) => [insert(table, MARKED + place, MARKED + place + MARKS - 1)];
  const marks = (place: number): Marks => ({ table, ids: idsFrom(BigInt(MARKED + place)) });
  return {
    name: 'mixed',
    title: `${events.toLocaleString('en')} changes: 60 % updates of skewed keys, 30 % inserts, 10 % deletes`,
    tables: [table],
    fill: [`CREATE TABLE ${table} (${COLUMNS}) CHARACTER SET utf8mb4`, insert(table, 1, rows)],
    *changes() {
      const random = randomFrom(7);
      const transactions = Math.round(events / (UPDATES + INSERTS + DELETES));
      let last = rows;
      for (let at = 0; at < transactions; at += 1) {
        if (at === transactions >> 1) yield mark(0);
        const hot = Array.from({ length: UPDATES }, () => 1 + Math.floor(last * random() ** 3));
        const gone = Array.from({ length: DELETES }, () => 1 + Math.floor(last * random()));
        yield [
          `UPDATE ${table} SET amount = amount + 0.01, status = (status + 1) MOD 6 WHERE id IN (${hot.join()})`,
          insert(table, last + 1, last + INSERTS),
          `DELETE FROM ${table} WHERE id IN (${gone.join()})`,
        ];
        last += INSERTS;
      }
      yield mark(MARKS);
    },
    events: events / 2,
    marks: { halfway: marks(0), end: marks(MARKS) },
    digest,
  };
}

/** Updates of one row, a hundred in each transaction. */
export function hotRow(events: number): Workload {
  const { fill, ...rest } = mixed(0);
  const table = 'hot';
  const mark = (place: number) => [insert(table, MARKED + place, MARKED + place + MARKS - 1)];
  const marks = (place: number): Marks => ({ table, ids: idsFrom(BigInt(MARKED + place)) });
  const half = Math.round(events / 200);
  return {
    ...rest,
    name: 'hot row',
    title: `${events.toLocaleString('en')} updates of one row`,
    tables: [table],
    fill: fill.map((statement) => statement.replace(' mixed ', ` ${table} `)),
    *changes() {
      const update = `UPDATE ${table} SET amount = amount + 0.01 WHERE id = 1`;
      const transaction = Array.from({ length: 100 }, () => update);
      for (let at = 0; at < half; at += 1) yield transaction;
      yield mark(0);
      for (let at = 0; at < half; at += 1) yield transaction;
      yield mark(MARKS);
    },
    events: half * 100,
    marks: { halfway: marks(0), end: marks(MARKS) },
  };
}

/** Numbers from 0 to 1, the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
