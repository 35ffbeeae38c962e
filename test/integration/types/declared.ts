import type { System } from './mirrors.ts';
import type { PlainValue } from './made-tables.ts';

/** What becomes of values of a column that do not arrive as they are, as docs/types.md says of its type. */
export interface Declared {
  readonly from: System;
  readonly table: string;
  readonly column: string;
  /** The values, in the plain text of the source. */
  readonly when: (value: PlainValue) => boolean;
  /** What arrives instead, as plain text; or the row does not. */
  readonly instead: PlainValue | typeof REFUSED;
  /** Whether a check finds such rows. */
  readonly found: boolean;
  /** The row of docs/types.md that says so. */
  readonly row: string;
}

export const REFUSED = Symbol('refused');

const isZero = (value: PlainValue) => value?.startsWith('0000-00-00') === true;
const always = () => true;

/** A zero date in a column that may be NULL is NULL. */
const noDate = (table: string, column: string, row: string): Declared => ({
  ...{ from: 'mariadb', table, column, when: isZero, instead: null, found: false, row },
});
/** In one that may not, it is what the connector makes of it. */
const madeUp = (table: string, column: string, instead: string, row: string): Declared => ({
  ...{ from: 'mariadb', table, column, when: isZero, instead, found: true, row },
});
const refused = (from: System, table: string, column: string, row: string): Declared => ({
  ...{ from, table, column, when: from === 'mariadb' ? isZero : always, instead: REFUSED, found: true, row },
});

const FRACTIONS = [0, 1, 2, 3, 4, 5, 6];
const datetime = (fraction: number) =>
  fraction === 0 ? 'DATETIME' : fraction <= 3 ? 'DATETIME(3)' : 'DATETIME(6)';
const VARYING = ['bv1', 'bv', 'bv2', 'bvl', 'bvunlimited1', 'bvunlimited2'];

/** Everything in the schemas of others that does not arrive as it is. */
export const DECLARED: readonly Declared[] = [
  noDate('ancient_times', 'date_col', 'DATE'),
  ...FRACTIONS.map((fraction) => noDate('ancient_times', `datetime_${fraction}_col`, datetime(fraction))),
  madeUp('dbz_1194_datetime_key_test', 'dtval', '1970-01-01 00:00:00', 'DATETIME NOT NULL'),
  madeUp('dbz_1194_datetime_key_test', 'dval', '1970-01-01', 'DATE NOT NULL'),
  ...['no', 'epoch', 'other'].map((name) =>
    refused('mariadb', 'dt_full', `ts_${name}_default`, "TIMESTAMP NOT NULL DEFAULT '2001-01-01 00:00:00'"),
  ),
  ...['all_zero', 'part_zero'].map((name) =>
    refused(
      ...(['mariadb', `${name}_date_and_time_table`, 'A'] as const),
      "TIMESTAMP NOT NULL DEFAULT '2001-01-01 00:00:00'",
    ),
  ),
  {
    ...{ from: 'postgres', table: 'array_types_unsupported_matrix', column: 'matrix_a1' },
    ...{ when: always, instead: '[null,null]', found: true, row: 'integer[][]' },
  },
  ...VARYING.map((column) => refused('postgres', 'bitbin_table', column, 'bit varying')),
];
