import type { System } from '../types/mirrors.ts';

/** What brings the copies in line where the log does not tell what the change did to the rows that were there. */
type Mending =
  /** Nothing is needed, or the product reads the rows again by itself. */
  | 'none'
  /** The check says mismatch until somebody has the rows read again. */
  | 'backfill'
  /** The route stops, and names the statement for the target; then the rows are read again. */
  | 'statement';

/** A change of a table that is being written to. `T` stands for the table; each has the columns `id` (its key) and `n`. */
export interface ChangeCase {
  readonly table: string;
  /** More columns, and their values in the rows of before. */
  readonly before: string | Readonly<Record<System, string>>;
  readonly values: string;
  readonly change: Readonly<Record<System, readonly string[]>>;
  /** A row that only the changed table can hold: columns and values. */
  readonly after?: readonly [columns: string, values: string];
  /** The columns that are compared, apart from the product's own check. */
  readonly compared: readonly string[];
  readonly mending: Mending;
}

const both = (...statements: string[]) => ({ mariadb: statements, postgres: statements });

const DEFAULTS = `ADD COLUMN d INT NOT NULL DEFAULT 7, ADD COLUMN e VARCHAR(20) NOT NULL DEFAULT '',
  ADD COLUMN f DECIMAL(12,3) NOT NULL DEFAULT 1.5, ADD COLUMN g BIGINT DEFAULT 9007199254740993,
  ADD COLUMN h VARCHAR(20) DEFAULT '张''伟', ADD COLUMN i DATE NOT NULL DEFAULT '2024-02-29'`;

export const CASES: readonly ChangeCase[] = [
  {
    table: 'added',
    ...{ before: 'c INT', values: '5' },
    change: both('ALTER TABLE T ADD COLUMN d VARCHAR(20)'),
    after: ['d', "'x'"],
    ...{ compared: ['c', 'd'], mending: 'none' },
  },
  {
    table: 'added_with_values',
    ...{ before: 'c INT', values: '5' },
    change: {
      mariadb: [
        `ALTER TABLE T ${DEFAULTS}, ADD COLUMN j INT NOT NULL, ADD COLUMN k CHAR(36) DEFAULT (UUID()),
         ADD COLUMN l TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP`,
      ],
      postgres: [
        `ALTER TABLE T ${DEFAULTS}, ADD COLUMN j SERIAL, ADD COLUMN k UUID DEFAULT gen_random_uuid(),
         ADD COLUMN l TIMESTAMPTZ NOT NULL DEFAULT now()`,
      ],
    },
    ...{ compared: ['c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'], mending: 'none' },
  },
  {
    table: 'dropped',
    ...{ before: 'c INT, d VARCHAR(20)', values: "5, 'x'" },
    change: both('ALTER TABLE T DROP COLUMN d'),
    ...{ compared: ['c'], mending: 'none' },
  },
  {
    table: 'renamed',
    ...{ before: 'c INT, d VARCHAR(20)', values: "5, 'x'" },
    change: both('ALTER TABLE T RENAME COLUMN d TO e'),
    ...{ compared: ['c', 'e'], mending: 'none' },
  },
  {
    table: 'widened',
    ...{ before: 'c INT, d VARCHAR(20), e DECIMAL(10,2), f VARCHAR(20)', values: "5, 'x', 1.50, 'y'" },
    change: {
      mariadb: [
        'ALTER TABLE T MODIFY id BIGINT, MODIFY c BIGINT, MODIFY d VARCHAR(200), MODIFY e DECIMAL(20,6), MODIFY f TEXT',
      ],
      postgres: [
        'ALTER TABLE T ALTER id TYPE BIGINT, ALTER c TYPE BIGINT, ALTER d TYPE VARCHAR(200), ALTER e TYPE DECIMAL(20,6), ALTER f TYPE TEXT',
      ],
    },
    after: ['c, d, e, f', `9007199254740993, '${'长'.repeat(200)}', 123456789.123456, '${'长'.repeat(300)}'`],
    ...{ compared: ['c', 'd', 'f'], mending: 'none' },
  },
  {
    table: 'narrowed',
    ...{ before: 'c BIGINT, d DECIMAL(20,6)', values: '5, 1.234567' },
    change: {
      mariadb: ['ALTER TABLE T MODIFY c INT, MODIFY d DECIMAL(10,2)'],
      postgres: ['ALTER TABLE T ALTER c TYPE INT, ALTER d TYPE DECIMAL(10,2)'],
    },
    ...{ compared: ['c'], mending: 'backfill' },
  },
  {
    table: 'became_text',
    ...{ before: 'c INT', values: '5' },
    change: {
      mariadb: ['ALTER TABLE T MODIFY c VARCHAR(20)'],
      postgres: ['ALTER TABLE T ALTER c TYPE VARCHAR(20)'],
    },
    after: ['c', "'five'"],
    ...{ compared: ['c'], mending: 'none' },
  },
  {
    table: 'became_number',
    ...{ before: 'c VARCHAR(20)', values: "'7'" },
    change: {
      mariadb: ['ALTER TABLE T MODIFY c INT'],
      postgres: ['ALTER TABLE T ALTER c TYPE INT USING c::int'],
    },
    after: ['c', '-8'],
    ...{ compared: ['c'], mending: 'none' },
  },
  {
    table: 'not_null',
    ...{ before: 'c INT DEFAULT 4', values: '5' },
    change: {
      mariadb: ['ALTER TABLE T MODIFY c INT NOT NULL DEFAULT 1'],
      postgres: ['ALTER TABLE T ALTER c SET DEFAULT 1, ALTER c SET NOT NULL'],
    },
    ...{ compared: ['c'], mending: 'none' },
  },
  {
    table: 'nullable',
    ...{ before: 'c INT NOT NULL DEFAULT 3', values: '5' },
    change: {
      mariadb: ['ALTER TABLE T MODIFY c INT NULL'],
      postgres: ['ALTER TABLE T ALTER c DROP DEFAULT, ALTER c DROP NOT NULL'],
    },
    after: ['c', 'NULL'],
    ...{ compared: ['c'], mending: 'none' },
  },
  {
    table: 'became_decimal',
    ...{ before: { mariadb: 'c DOUBLE', postgres: 'c DOUBLE PRECISION' }, values: '1.25' },
    change: {
      mariadb: ['ALTER TABLE T MODIFY c DECIMAL(12,2)'],
      postgres: ['ALTER TABLE T ALTER c TYPE DECIMAL(12,2)'],
    },
    after: ['c', '9999999999.99'],
    ...{ compared: ['c'], mending: 'statement' },
  },
  {
    table: 'another_key',
    before: {
      mariadb: 'code VARCHAR(40) NOT NULL DEFAULT (UUID())',
      postgres: 'code VARCHAR(40) NOT NULL DEFAULT gen_random_uuid()::text',
    },
    values: 'DEFAULT',
    change: {
      mariadb: ['ALTER TABLE T DROP PRIMARY KEY, ADD PRIMARY KEY (code)'],
      postgres: ['ALTER TABLE T DROP CONSTRAINT another_key_pkey, ADD PRIMARY KEY (code)'],
    },
    ...{ compared: ['code'], mending: 'statement' },
  },
];
