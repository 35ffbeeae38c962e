import { DELETED_COLUMN, ROW_COLUMN, VERSION_COLUMN } from '../../schemas/contract/table.ts';
import type { VersionedClear } from '../../schemas/contract/ports.ts';
import type { RowSet, TargetColumn } from '../upsert/database.ts';
import { elementAt } from '../upsert/row-sets.ts';
import { storedKeyOf, WHOLE_TABLE } from '../../schemas/contract/stored-key.ts';
import { quote, quoteTable } from './identifiers.ts';
import { jsonOf, recordColumn } from './types.ts';

/** A statement over a whole set of rows, which travel as one JSON parameter. */
export interface SetStatement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

const VERSION = quote(VERSION_COLUMN);
const ROW = quote(ROW_COLUMN);

/**
 * Inserts rows or overwrites older ones, but for those that a tombstone keeps out; returns the index of each row that
 * was not written.
 * @param staged the table that the rows are in; null when they travel with the statement.
 */
export function upsertStatement(set: RowSet, tombstones: string, staged: string | null): SetStatement {
  const { target, columns } = set;
  const names = [...columns.map(({ name }) => quote(name)), VERSION];
  const key = target.key.map(({ name }) => quote(name));
  const isKey = new Set(key);
  const assignments = names.filter((name) => !isKey.has(name)).map((name) => `${name} = EXCLUDED.${name}`);
  const { namespace, name } = target.shape.id;
  return {
    sql: `WITH s AS (${staged === null ? records(columns, 3) : `SELECT * FROM ${staged}`}),
      w AS (
        INSERT INTO ${quoteTable(target.shape.id)} AS t (${names.join(', ')})
        SELECT ${columns.map((_, at) => sent(columns, at)).join(', ')}, s.v FROM s
        WHERE ${notBuried(tombstones)}
        ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${assignments.join(', ')}
        WHERE t.${VERSION} IS NULL OR t.${VERSION} < EXCLUDED.${VERSION}
        RETURNING ${key.map((column, at) => `t.${column} AS k${at}`).join(', ')}
      )
      SELECT s.i FROM s WHERE NOT EXISTS (
        SELECT 1 FROM w WHERE ${set.keyAt.map((from, at) => `w.k${at} = ${sent(columns, from)}`).join(' AND ')}
      )`,
    values: [namespace, name, ...(staged === null ? [payload(set)] : [])],
  };
}

/** Writes the columns sent into rows that exist and are older; returns the index of each row that was not written. */
export function updateStatement(set: RowSet, tombstones: string): SetStatement {
  const assignments = set.columns
    .map(({ name }, at) => `${quote(name)} = ${sent(set.columns, at)}`)
    .filter((_, at) => !set.keyAt.includes(at));
  const assigned = [...assignments, `${VERSION} = s.v`].join(', ');
  const verb = `UPDATE ${quoteTable(set.target.shape.id)} AS t SET ${assigned} FROM s`;
  const { namespace, name } = set.target.shape.id;
  return {
    sql: guarded(set, verb, 3, `AND ${notBuried(tombstones)}`),
    values: [namespace, name, payload(set)],
  };
}

/** Deletes rows that are older; returns the index of each row that was not deleted. */
export function deleteStatement(set: RowSet): SetStatement {
  const verb = `DELETE FROM ${quoteTable(set.target.shape.id)} AS t USING s`;
  return { sql: guarded(set, verb, 1), values: [payload(set)] };
}

/** Adds rows of a table without a key, each as often as it is counted. */
export function addStatement(set: RowSet): SetStatement {
  const names = [...set.columns.map(({ name }) => quote(name)), VERSION, ROW];
  const cells = [...set.columns.map((_, at) => sent(set.columns, at)), 's.v', `decode(s.k, 'hex')`];
  return {
    sql: `INSERT INTO ${quoteTable(set.target.shape.id)} (${names.join(', ')})
      SELECT ${cells.join(', ')} FROM (${records(set.columns)}) AS s CROSS JOIN LATERAL generate_series(1, s.n)`,
    values: [payload(set)],
  };
}

/**
 * Removes as many rows of each hash as are counted, of equal ones the newest; returns the hashes of those that were removed.
 */
export function removeStatement(set: RowSet): SetStatement {
  const table = quoteTable(set.target.shape.id);
  return {
    sql: `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
        SELECT x.ctid FROM (${records([])}) AS s CROSS JOIN LATERAL (
          SELECT t.ctid FROM ${table} AS t WHERE t.${ROW} = decode(s.k, 'hex') ORDER BY t.${VERSION} DESC LIMIT s.n
        ) AS x
      )) RETURNING encode(${ROW}, 'hex') AS k`,
    values: [payload(set)],
  };
}

/** Deletes the rows that a clear is about, or marks them. */
export function clearStatement({ table, cause, deletedAt, version }: VersionedClear): SetStatement {
  const older = `(${VERSION} IS NULL OR ${VERSION} ${cause === 'read-anew' ? '<=' : '<'} decode($1, 'hex'))`;
  if (deletedAt === null)
    return { sql: `DELETE FROM ${quoteTable(table)} WHERE ${older}`, values: [version] };
  const mark = quote(DELETED_COLUMN);
  return {
    sql: `UPDATE ${quoteTable(table)} SET ${VERSION} = decode($1, 'hex'), ${mark} = COALESCE(${mark}, $2) WHERE ${older}`,
    values: [version, deletedAt],
  };
}

/** What the target holds for each key: the row's version and its tombstone's, as hex digits. */
export function holdingsStatement(set: RowSet, tombstones: string): SetStatement {
  const { namespace, name } = set.target.shape.id;
  return {
    sql: `SELECT s.i, t.${quote(elementAt(set.target.key, 0).name)} IS NOT NULL AS present,
        encode(t.${VERSION}, 'hex') AS row, encode(greatest((${tombstoneVersion(tombstones, 's.k')}),
          (${tombstoneVersion(tombstones, `'${WHOLE_TABLE}'`)})), 'hex') AS tombstone
      FROM (${records(set.columns, 3)}) AS s
      LEFT JOIN ${quoteTable(set.target.shape.id)} AS t ON ${sameKey(set)}`,
    values: [namespace, name, payload(set)],
  };
}

/**
 * Whether no delete that is as new or newer is recorded for the row sent; `$1` and `$2` name the table. A scalar
 * subquery, which is looked up in the index for each row; as a join it would be at the mercy of the statistics of a
 * table that fills and empties quickly.
 */
function notBuried(tombstones: string): string {
  return `COALESCE((${tombstoneVersion(tombstones, 's.k')}) < s.v, true)
    AND COALESCE((${tombstoneVersion(tombstones, `'${WHOLE_TABLE}'`)}) < s.v, true)`;
}

function tombstoneVersion(tombstones: string, key: string): string {
  return `SELECT d.version FROM ${tombstones} AS d
    WHERE d.table_namespace = $1 AND d.table_name = $2 AND d.row_key = ${key}`;
}

/** `parameter` is the number of that which the rows are in. */
function guarded(set: RowSet, verb: string, parameter: number, also = ''): string {
  return `WITH s AS (${records(set.columns, parameter)}),
    w AS (
      ${verb}
      WHERE ${sameKey(set)} AND (t.${VERSION} IS NULL OR t.${VERSION} < s.v) ${also}
      RETURNING s.i
    )
    SELECT s.i FROM s WHERE NOT EXISTS (SELECT 1 FROM w WHERE w.i = s.i)`;
}

function sameKey({ target, columns, keyAt }: RowSet): string {
  return target.key
    .map(({ name }, at) => `t.${quote(name)} = ${sent(columns, elementAt(keyAt, at))}`)
    .join(' AND ');
}

/**
 * `i` is the row's index in the set, `k` its key as tombstones have it, `v` its version, `n` its count, `c0`… its cells. They
 * are in the statement's parameter of that number.
 */
function records(columns: readonly TargetColumn[], parameter = 1): string {
  const fields = columns.map((column, at) => `c${at} ${recordColumn(column).type}`);
  return `SELECT * FROM json_to_recordset($${parameter}::json) AS r(${['i integer', 'k text', 'v bytea', 'n integer', ...fields].join(', ')})`;
}

function sent(columns: readonly TargetColumn[], at: number): string {
  return `s.c${at}${recordColumn(elementAt(columns, at)).cast}`;
}

/** Field names are made once and filled in the same order, which lets the engine treat the records alike. */
function payload({ columns, rows, keys, versions, counts }: RowSet): string {
  const fields = columns.map((column, at) => ({ name: `c${at}`, json: jsonOf(column) }));
  const records = rows.map((row, i) => {
    const record: Record<string, unknown> = {
      i,
      k: storedKeyOf(elementAt(keys, i)),
      v: `\\x${elementAt(versions, i)}`,
      ...(counts.length === 0 ? {} : { n: elementAt(counts, i) }),
    };
    fields.forEach(({ name, json }, at) => (record[name] = json(elementAt(row, at))));
    return record;
  });
  return JSON.stringify(records);
}
