import type { VersionedClear } from '../../schemas/contract/ports.ts';
import { DELETED_COLUMN, ROW_COLUMN, VERSION_COLUMN } from '../../schemas/contract/table.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import type { RowSet } from '../upsert/database.ts';
import { elementAt } from '../upsert/row-sets.ts';
import { quote, quoteTable } from './identifiers.ts';
import { toLiteral } from './types.ts';

const VERSION = quote(VERSION_COLUMN);
const ROW = quote(ROW_COLUMN);

/** The keys among those of the set that the table has, with their versions (hex digits or null), locked. */
export function lockStatement(set: RowSet, index: string): string {
  const { target } = set;
  const key = target.key.map(({ name }) => quote(name)).join(', ');
  return `SELECT ${key}, LOWER(HEX(${VERSION})) FROM ${quoteTable(target.shape.id)}
    FORCE INDEX (${quote(index)}) WHERE ${isAmong(set)} FOR UPDATE`;
}

/** Inserts rows that are known to be absent. */
export function insertStatement(set: RowSet): string {
  const names = [...set.columns.map(({ name }) => quote(name)), VERSION].join(', ');
  return `INSERT INTO ${quoteTable(set.target.shape.id)} (${names}) VALUES ${tuples(set)}`;
}

/**
 * Overwrites rows that are known to exist and are locked: each tuple meets its own row at the primary key, so that the
 * insert never happens. Only for tables in which no other unique index can be met before.
 */
export function overwriteStatement(set: RowSet): string {
  const names = set.columns.filter((_, at) => !set.keyAt.includes(at)).map(({ name }) => quote(name));
  const assignments = [...names, VERSION].map((name) => `${name} = VALUES(${name})`);
  return `${insertStatement(set)} ON DUPLICATE KEY UPDATE ${assignments.join(', ')}`;
}

/** Writes the columns sent of one row, which is known to exist and is locked. */
export function updateStatement(set: RowSet, at: number): string {
  const row = elementAt(set.rows, at);
  const assignments = set.columns
    .map((column, index) => `${quote(column.name)} = ${toLiteral(elementAt(row, index), column)}`)
    .filter((_, index) => !set.keyAt.includes(index));
  const key = set.target.key.map(
    (column, index) =>
      `${quote(column.name)} = ${toLiteral(elementAt(row, elementAt(set.keyAt, index)), column)}`,
  );
  const version = `${VERSION} = X'${elementAt(set.versions, at)}'`;
  return `UPDATE ${quoteTable(set.target.shape.id)} SET ${[...assignments, version].join(', ')}
    WHERE ${key.join(' AND ')}`;
}

/** Deletes rows that are known to exist and are locked. */
export function deleteStatement(set: RowSet): string {
  return `DELETE FROM ${quoteTable(set.target.shape.id)} WHERE ${isAmong(set)}`;
}

/** Adds rows of a table without a key, each as often as it is counted. */
export function addStatement(set: RowSet): string {
  const names = [...set.columns.map(({ name }) => quote(name)), VERSION, ROW].join(', ');
  const values = set.rows.flatMap((row, at) => {
    const cells = set.columns.map((column, index) => toLiteral(elementAt(row, index), column));
    const own = [`X'${elementAt(set.versions, at)}'`, `X'${elementAt(set.keys, at)}'`];
    return new Array<string>(elementAt(set.counts, at)).fill(`(${[...cells, ...own].join(',')})`);
  });
  return `INSERT INTO ${quoteTable(set.target.shape.id)} (${names}) VALUES ${values.join(',')}`;
}

/** How many rows there are of each hash (hex digits), locked. */
export function countStatement({ target, keys }: RowSet): string {
  return `SELECT LOWER(HEX(${ROW})), COUNT(*) FROM ${quoteTable(target.shape.id)}
    WHERE ${ROW} IN (${keys.map((key) => `X'${key}'`).join(', ')}) GROUP BY ${ROW} FOR UPDATE`;
}

/** Removes all rows of these hashes. */
export function removeStatement({ target, keys }: RowSet): string {
  return `DELETE FROM ${quoteTable(target.shape.id)} WHERE ${ROW} IN (${keys.map((key) => `X'${key}'`).join(', ')})`;
}

/** Removes so many rows of one hash, the newest. */
export function removeSomeStatement(table: TableId, key: string, count: number): string {
  return `DELETE FROM ${quoteTable(table)} WHERE ${ROW} = X'${key}' ORDER BY ${VERSION} DESC LIMIT ${count}`;
}

/** Deletes the rows that a clear is about, or marks them. */
export function clearStatement({ table, cause, deletedAt, version }: VersionedClear): string {
  const older = `(${VERSION} IS NULL OR ${VERSION} ${cause === 'read-anew' ? '<=' : '<'} X'${version}')`;
  if (deletedAt === null) return `DELETE FROM ${quoteTable(table)} WHERE ${older}`;
  const mark = quote(DELETED_COLUMN);
  const time = String(deletedAt).replace('T', ' ').replace('Z', '');
  return `UPDATE ${quoteTable(table)} SET ${VERSION} = X'${version}', ${mark} = COALESCE(${mark}, '${time}') WHERE ${older}`;
}

function isAmong({ target, rows, keyAt }: RowSet): string {
  const names = target.key.map(({ name }) => quote(name));
  const literals = rows.map((row) =>
    target.key.map((column, index) => toLiteral(elementAt(row, elementAt(keyAt, index)), column)).join(', '),
  );
  return names.length === 1
    ? `${names.join()} IN (${literals.join(', ')})`
    : `(${names.join(', ')}) IN (${literals.map((literal) => `(${literal})`).join(', ')})`;
}

function tuples({ columns, rows, versions }: RowSet): string {
  return rows
    .map((row, at) => {
      const cells = columns.map((column, index) => toLiteral(elementAt(row, index), column));
      return `(${cells.join(',')},X'${elementAt(versions, at)}')`;
    })
    .join(',');
}
