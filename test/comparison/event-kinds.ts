import type { System } from '../integration/types/mirrors.ts';

/**
 * A kind of event, as changes of tables of its own. In statements `@` is the namespace: of the source, or of a target.
 * What another database needs is in a function of the system.
 */
export interface EventKind {
  readonly title: string;
  readonly tables: readonly string[];
  readonly create: Statements;
  /** Tables that the targets have beforehand; without it each sink makes its own. */
  readonly targets?: Statements;
  /** Rows that a snapshot reads. */
  readonly before?: readonly string[];
  /** Changes from the log. Both sinks have read a step, or have stopped at it, before the next one begins. */
  readonly steps: readonly Statements[];
  /** After the first step the first record of the topic is written to it once more. */
  readonly again?: true;
  /** What an operator does to the targets in the end. */
  readonly mend?: Statements;
  readonly only?: System;
  readonly settings?: Readonly<Record<string, string>>;
}

export type Statements = readonly string[] | ((system: System) => readonly string[]);

export const statementsOf = (statements: Statements | undefined, system: System): readonly string[] =>
  typeof statements === 'function' ? statements(system) : (statements ?? []);

const plain = (table: string) => [`CREATE TABLE @.${table} (id int PRIMARY KEY, v varchar(20))`];
const twoRows = (table: string) => [`INSERT INTO @.${table} VALUES (1, 'one'), (2, 'two')`];

export const EVENT_KINDS: readonly EventKind[] = [
  {
    title: 'snapshot read, insert, update, delete',
    tables: ['ev_basic'],
    create: plain('ev_basic'),
    before: twoRows('ev_basic'),
    steps: [
      [
        `INSERT INTO @.ev_basic VALUES (3, 'three'), (4, 'four')`,
        `UPDATE @.ev_basic SET v = 'new' WHERE id IN (1, 3)`,
        `DELETE FROM @.ev_basic WHERE id IN (2, 4)`,
      ],
    ],
  },
  {
    title: 'NULL, empty text, and a default where NULL was written',
    tables: ['ev_null'],
    create: [
      `CREATE TABLE @.ev_null (id int PRIMARY KEY, v varchar(20), d varchar(20) DEFAULT 'none', n int DEFAULT 7)`,
    ],
    before: [`INSERT INTO @.ev_null VALUES (1, '', NULL, NULL), (2, NULL, '', 0)`],
    steps: [[`INSERT INTO @.ev_null VALUES (3, NULL, NULL, NULL), (4, '', '', 7)`]],
  },
  {
    title: 'the key of a row changes',
    tables: ['ev_key'],
    create: plain('ev_key'),
    before: twoRows('ev_key'),
    steps: [[`UPDATE @.ev_key SET id = 10 WHERE id = 1`]],
  },
  {
    title: 'the keys of two rows are swapped in one transaction',
    tables: ['ev_swapkey'],
    create: plain('ev_swapkey'),
    before: twoRows('ev_swapkey'),
    steps: [
      [
        `BEGIN`,
        `UPDATE @.ev_swapkey SET id = 99 WHERE id = 1`,
        `UPDATE @.ev_swapkey SET id = 1 WHERE id = 2`,
        `UPDATE @.ev_swapkey SET id = 2 WHERE id = 99`,
        `COMMIT`,
      ],
    ],
  },
  {
    title: 'a composite key with text',
    tables: ['ev_composite'],
    create: [`CREATE TABLE @.ev_composite (a int, b varchar(20), v varchar(20), PRIMARY KEY (a, b))`],
    before: [`INSERT INTO @.ev_composite VALUES (1, 'x', 'one'), (1, 'y', 'two'), (2, 'x', 'three')`],
    steps: [
      [
        `UPDATE @.ev_composite SET v = 'new' WHERE a = 1 AND b = 'y'`,
        `DELETE FROM @.ev_composite WHERE b = 'x' AND a = 1`,
      ],
    ],
  },
  {
    title: 'TRUNCATE',
    tables: ['ev_truncate'],
    create: plain('ev_truncate'),
    before: twoRows('ev_truncate'),
    steps: [[`TRUNCATE TABLE @.ev_truncate`]],
  },
  {
    title: 'an update that leaves a long (TOAST) value as it is',
    tables: ['ev_toast'],
    only: 'postgres',
    create: [
      `CREATE TABLE @.ev_toast (id int PRIMARY KEY, v varchar(20), long text, bytes bytea)`,
      ...['long', 'bytes'].map((column) => `ALTER TABLE @.ev_toast ALTER ${column} SET STORAGE EXTERNAL`),
    ],
    before: [`INSERT INTO @.ev_toast SELECT 1, 'old', repeat('x', 9000), decode(repeat('ab', 9000), 'hex')`],
    steps: [[`UPDATE @.ev_toast SET v = 'new'`]],
  },
  {
    title:
      'a table without a key that holds equal rows (the JDBC sink: `insert`, `primary.key.mode=none`, no deletes)',
    tables: ['ev_keyless'],
    create: (system) => [
      `CREATE TABLE @.ev_keyless (a int, v varchar(20))`,
      ...(system === 'postgres' ? [`ALTER TABLE @.ev_keyless REPLICA IDENTITY FULL`] : []),
    ],
    before: [`INSERT INTO @.ev_keyless VALUES (1, 'same'), (1, 'same'), (2, 'other')`],
    steps: [[`INSERT INTO @.ev_keyless VALUES (1, 'same')`, `DELETE FROM @.ev_keyless WHERE a = 2`]],
    settings: { 'insert.mode': 'insert', 'primary.key.mode': 'none', 'delete.enabled': 'false' },
  },
  {
    title: 'two rows swap a value that is unique in the target',
    tables: ['ev_unique'],
    create: plain('ev_unique'),
    targets: [`CREATE TABLE @.ev_unique (id int PRIMARY KEY, v varchar(20) UNIQUE)`],
    before: twoRows('ev_unique'),
    steps: [[`UPDATE @.ev_unique SET v = CASE v WHEN 'one' THEN 'two' ELSE 'one' END`]],
  },
  {
    title: 'foreign keys in the target, the child comes before its parent',
    tables: ['ev_parent', 'ev_child'],
    create: [
      `CREATE TABLE @.ev_parent (id int PRIMARY KEY, v varchar(20))`,
      `CREATE TABLE @.ev_child (id int PRIMARY KEY, parent int)`,
    ],
    targets: [
      `CREATE TABLE @.ev_parent (id int PRIMARY KEY, v varchar(20))`,
      `CREATE TABLE @.ev_child (id int PRIMARY KEY, parent int, FOREIGN KEY (parent) REFERENCES @.ev_parent (id))`,
    ],
    steps: [
      [`INSERT INTO @.ev_child VALUES (1, 1)`],
      [`INSERT INTO @.ev_parent VALUES (1, 'late')`, `INSERT INTO @.ev_child VALUES (2, 1)`],
    ],
  },
  {
    title:
      'a value too long for the column of the target, later changes of it and of others; then the target is mended',
    tables: ['ev_letter'],
    create: plain('ev_letter'),
    targets: [`CREATE TABLE @.ev_letter (id int PRIMARY KEY, v varchar(5))`],
    before: twoRows('ev_letter'),
    steps: [
      [
        `UPDATE @.ev_letter SET v = 'too long for it' WHERE id = 1`,
        `UPDATE @.ev_letter SET v = 'last' WHERE id = 1`,
        `UPDATE @.ev_letter SET v = 'new' WHERE id = 2`,
      ],
    ],
    mend: (system) => [
      system === 'postgres'
        ? `ALTER TABLE @.ev_letter ALTER v TYPE varchar(20)`
        : `ALTER TABLE @.ev_letter MODIFY v varchar(20)`,
    ],
  },
  {
    title: 'an old record is delivered again, the row is newer',
    tables: ['ev_again'],
    create: plain('ev_again'),
    steps: [
      [`INSERT INTO @.ev_again VALUES (1, 'old')`, `UPDATE @.ev_again SET v = 'new' WHERE id = 1`],
      [`INSERT INTO @.ev_again VALUES (2, 'last')`],
    ],
    again: true,
  },
  {
    title: 'an old record is delivered again, the row is deleted',
    tables: ['ev_ghost'],
    create: plain('ev_ghost'),
    steps: [
      [`INSERT INTO @.ev_ghost VALUES (1, 'old')`, `DELETE FROM @.ev_ghost WHERE id = 1`],
      [`INSERT INTO @.ev_ghost VALUES (2, 'last')`],
    ],
    again: true,
  },
  {
    title: 'the snapshot read of a row is delivered after a newer change of it',
    tables: ['ev_late'],
    create: plain('ev_late'),
    before: [`INSERT INTO @.ev_late VALUES (1, 'read')`],
    steps: [[`UPDATE @.ev_late SET v = 'new' WHERE id = 1`], [`INSERT INTO @.ev_late VALUES (2, 'last')`]],
    again: true,
  },
  {
    title: 'a column is added with a default; rows are written after it (the source has no table of signals)',
    tables: ['ev_added'],
    create: plain('ev_added'),
    before: twoRows('ev_added'),
    steps: [
      [
        `ALTER TABLE @.ev_added ADD COLUMN n int DEFAULT 7`,
        `INSERT INTO @.ev_added VALUES (3, 'three', NULL), (4, 'four', 8)`,
      ],
    ],
  },
  {
    title: 'a column becomes wider (int, then bigint); in the end an operator widens it in the target',
    tables: ['ev_wider'],
    create: [`CREATE TABLE @.ev_wider (id int PRIMARY KEY, n int)`],
    before: [`INSERT INTO @.ev_wider VALUES (1, 1)`],
    steps: [
      (system) => [
        system === 'postgres'
          ? `ALTER TABLE @.ev_wider ALTER n TYPE bigint`
          : `ALTER TABLE @.ev_wider MODIFY n bigint`,
        `INSERT INTO @.ev_wider VALUES (2, 9007199254740993)`,
        `INSERT INTO @.ev_wider VALUES (3, 3)`,
      ],
    ],
    mend: (system) => [
      system === 'postgres'
        ? `ALTER TABLE @.ev_wider ALTER n TYPE bigint`
        : `ALTER TABLE @.ev_wider MODIFY n bigint`,
    ],
  },
  {
    title: 'a column is dropped',
    tables: ['ev_dropped'],
    create: [`CREATE TABLE @.ev_dropped (id int PRIMARY KEY, v varchar(20), gone varchar(20))`],
    before: [`INSERT INTO @.ev_dropped VALUES (1, 'one', 'x')`],
    steps: [[`ALTER TABLE @.ev_dropped DROP COLUMN gone`, `INSERT INTO @.ev_dropped VALUES (2, 'two')`]],
  },
  {
    title: 'names with a hyphen, and in Chinese',
    tables: ['报销-单'],
    create: (system) => [
      system === 'postgres'
        ? `CREATE TABLE @."报销-单" (id int PRIMARY KEY, "voucher-id" varchar(20), "说明" varchar(20))`
        : 'CREATE TABLE @.`报销-单` (id int PRIMARY KEY, `voucher-id` varchar(20), `说明` varchar(20))',
    ],
    before: [],
    steps: [
      (system) => [
        system === 'postgres'
          ? `INSERT INTO @."报销-单" VALUES (1, 'a', '借')`
          : "INSERT INTO @.`报销-单` VALUES (1, 'a', '借')",
      ],
    ],
  },
];

/** Written while both sinks work on them, and killed in the middle. */
export const CRASH_TABLE = 'ev_crash';
export const CRASH_ROWS = 30_000;
export const CRASH_TITLE = `kill -9 of the sink as soon as one way has some of ${CRASH_ROWS.toLocaleString('en')} rows, and a new start`;
