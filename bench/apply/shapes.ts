import { marksAfter, rowsOf } from './workload.ts';
import type { Marks, Workload } from './workload.ts';

const WIDE_COLUMNS = 100;

/** Rows of a hundred columns: numbers, texts, amounts and dates in turns. */
export function wide(rows: number): Workload {
  const table = 'wide';
  const kinds = [
    ['INT', 'n MOD 1000'],
    ['VARCHAR(40)', "CONCAT('value ', n MOD 977)"],
    ['DECIMAL(18,2)', 'n / 100'],
    ['DATE', "DATE '2020-01-01' + INTERVAL n MOD 2000 DAY"],
    ['VARCHAR(40)', 'NULL'],
  ] as const;
  const columns = Array.from({ length: WIDE_COLUMNS - 1 }, (_, at) => kinds[at % kinds.length] ?? kinds[0]);
  const definitions = columns.map(([type], at) => `c${at.toString()} ${type}`);
  const values = columns.map(([, value]) => value);
  return {
    name: 'wide',
    title: `${rows.toLocaleString('en')} rows of ${WIDE_COLUMNS.toString()} columns from a snapshot`,
    tables: [table],
    fill: [
      `CREATE TABLE ${table} (id BIGINT PRIMARY KEY, ${definitions.join(', ')}) CHARACTER SET utf8mb4`,
      `INSERT INTO ${table} SELECT n, ${values.join(', ')} FROM (SELECT seq AS n FROM seq_1_to_${rows.toString()}) numbers`,
    ],
    changes: () => [],
    events: rows / 2,
    marks: rowsOf(table, rows),
    digest: (name) =>
      `SELECT COUNT(*) AS n, SUM(id) AS ids, SUM(c0) AS c0, SUM(c97) AS c97, MAX(c96) AS c96 FROM ${name}`,
  };
}

const TABLES = 50;

/** Inserts into fifty tables in turns, ten rows in each transaction. */
export function manyTables(events: number): Workload {
  const tables = Array.from({ length: TABLES }, (_, at) => `small_${at.toString().padStart(2, '0')}`);
  const first = tables[0] ?? '';
  const transactions = Math.round(events / 10);
  // In all tables, though one is looked at: what is counted is that everything before has come.
  const mark = ({ range: [from, to] }: Marks) =>
    tables.map((table) => `INSERT INTO ${table} SELECT seq, 'mark', 0 FROM seq_${from}_to_${to}`);
  const { halfway, end } = marksAfter(first);
  return {
    name: 'many tables',
    title: `${events.toLocaleString('en')} inserts into ${TABLES.toString()} tables`,
    tables,
    fill: tables.map(
      (table) =>
        `CREATE TABLE ${table} (id BIGINT PRIMARY KEY, name VARCHAR(40) NOT NULL, amount DECIMAL(12,2)) CHARACTER SET utf8mb4`,
    ),
    *changes() {
      for (let at = 0; at < transactions; at += 1) {
        if (at === transactions >> 1) yield mark(halfway);
        const from = at * 10 + 1;
        yield [
          `INSERT INTO ${tables[at % TABLES] ?? first} SELECT seq, CONCAT('name ', seq), seq / 100 FROM seq_${from.toString()}_to_${(from + 9).toString()}`,
        ];
      }
      yield mark(end);
    },
    events: events / 2,
    marks: { halfway, end },
    digest: (name) => `SELECT COUNT(*) AS n, SUM(id) AS ids, SUM(amount) AS amounts FROM ${name}`,
  };
}
