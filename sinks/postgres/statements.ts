import { VERSION_COLUMN } from '../../schemas/contract/table.ts';
import type { RowSet, TargetColumn } from '../upsert/database.ts';
import { elementAt } from '../upsert/row-sets.ts';
import { storedKeyOf } from '../../schemas/contract/stored-key.ts';
import { quote, quoteTable } from './identifiers.ts';
import { jsonOf, recordColumn } from './types.ts';

/** A statement over a whole set of rows, which travel as one JSON parameter. */
export interface SetStatement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

const VERSION = quote(VERSION_COLUMN);

/**
 * Inserts rows or overwrites older ones, but for those that a tombstone keeps out; returns the index of each row that
 * was not written.
 */
export function upsertStatement(set: RowSet, tombstones: string): SetStatement {
  const { target, columns } = set;
  const names = [...columns.map(({ name }) => quote(name)), VERSION];
  const key = target.key.map(({ name }) => quote(name));
  const isKey = new Set(key);
  const assignments = names.filter((name) => !isKey.has(name)).map((name) => `${name} = EXCLUDED.${name}`);
  const { namespace, name } = target.shape.id;
  return {
    sql: `WITH s AS (${records(columns)}),
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
    values: [payload(set), namespace, name],
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
    sql: guarded(set, verb, `AND ${notBuried(tombstones)}`),
    values: [payload(set), namespace, name],
  };
}

/** Deletes rows that are older; returns the index of each row that was not deleted. */
export function deleteStatement(set: RowSet): SetStatement {
  const verb = `DELETE FROM ${quoteTable(set.target.shape.id)} AS t USING s`;
  return { sql: guarded(set, verb), values: [payload(set)] };
}

/** What the target holds for each key: the row's version and its tombstone's, as hex digits. */
export function holdingsStatement(set: RowSet, tombstones: string): SetStatement {
  const { namespace, name } = set.target.shape.id;
  return {
    sql: `SELECT s.i, t.${quote(elementAt(set.target.key, 0).name)} IS NOT NULL AS present,
        encode(t.${VERSION}, 'hex') AS row, encode((${tombstoneVersion(tombstones)}), 'hex') AS tombstone
      FROM (${records(set.columns)}) AS s
      LEFT JOIN ${quoteTable(set.target.shape.id)} AS t ON ${sameKey(set)}`,
    values: [payload(set), namespace, name],
  };
}

/**
 * Whether no delete that is as new or newer is recorded for the row sent; `$2` and `$3` name the table. A scalar
 * subquery, which is looked up in the index for each row; as a join it would be at the mercy of the statistics of a
 * table that fills and empties quickly.
 */
function notBuried(tombstones: string): string {
  return `COALESCE((${tombstoneVersion(tombstones)}) < s.v, true)`;
}

function tombstoneVersion(tombstones: string): string {
  return `SELECT d.version FROM ${tombstones} AS d
    WHERE d.table_namespace = $2 AND d.table_name = $3 AND d.row_key = s.k`;
}

function guarded(set: RowSet, verb: string, also = ''): string {
  return `WITH s AS (${records(set.columns)}),
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

/** `i` is the row's index in the set, `k` its key as tombstones have it, `v` its version, `c0`… its cells. */
function records(columns: readonly TargetColumn[]): string {
  const fields = columns.map((column, at) => `c${at} ${recordColumn(column).type}`);
  return `SELECT * FROM json_to_recordset($1::json) AS r(${['i integer', 'k text', 'v bytea', ...fields].join(', ')})`;
}

function sent(columns: readonly TargetColumn[], at: number): string {
  return `s.c${at}${recordColumn(elementAt(columns, at)).cast}`;
}

/** Field names are made once and filled in the same order, which lets the engine treat the records alike. */
function payload({ columns, rows, keys, versions }: RowSet): string {
  const fields = columns.map((column, at) => ({ name: `c${at}`, json: jsonOf(column) }));
  const records = rows.map((row, i) => {
    const record: Record<string, unknown> = {
      i,
      k: storedKeyOf(elementAt(keys, i)),
      v: `\\x${elementAt(versions, i)}`,
    };
    fields.forEach(({ name, json }, at) => (record[name] = json(elementAt(row, at))));
    return record;
  });
  return JSON.stringify(records);
}
