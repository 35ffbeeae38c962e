import { tableLabel } from '../../../schemas/contract/table.ts';
import type { TableId, TableShape } from '../../../schemas/contract/table.ts';
import { mysqlType } from './mysql-types.ts';
import type { MysqlColumn } from './mysql-types.ts';
import { noTableOfItsOwn } from './read-error.ts';

/** A table as information_schema describes it. */
export interface MysqlTable {
  readonly columns: readonly MysqlColumn[];
  /** The columns of the primary key, or of the first unique index that no null can slip through. */
  readonly key: readonly string[];
}

/** Runs a statement and gives rows of text. */
export type AskText = (
  sql: string,
  values: readonly string[],
) => Promise<readonly (readonly (string | null)[])[]>;

const COLUMNS = `
  SELECT COLUMN_NAME, IS_NULLABLE, LOWER(DATA_TYPE), LOWER(COLUMN_TYPE), COLUMN_TYPE, CHARACTER_MAXIMUM_LENGTH,
         NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`;

const KEYS = `
  SELECT INDEX_NAME, GROUP_CONCAT(HEX(COLUMN_NAME) ORDER BY SEQ_IN_INDEX)
    FROM information_schema.STATISTICS
   WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND NON_UNIQUE = 0
   GROUP BY INDEX_NAME HAVING SUM(NULLABLE = 'YES') = 0 AND SUM(SUB_PART IS NOT NULL) = 0
   ORDER BY INDEX_NAME = 'PRIMARY' DESC, INDEX_NAME`;

const KINDS =
  'SELECT LOWER(TABLE_TYPE) FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?';

const TABLES: readonly (string | null | undefined)[] = ['base table', 'system versioned'];

/**
 * Null when there is no such table. Throws the driver's error when the user may not see it, and CounterfoilError
 * SOURCE_UNAVAILABLE when the name is that of something else.
 */
export async function readMysqlTable(ask: AskText, id: TableId): Promise<MysqlTable | null> {
  const where = [id.namespace, id.name];
  const columns = await ask(COLUMNS, where);
  if (columns.length === 0) {
    await seeThatThereIsNone(ask, id);
    return null;
  }
  for (const [kind] of await ask(KINDS, where))
    if (!TABLES.includes(kind))
      throw noTableOfItsOwn(tableLabel(id), kind?.replace(/^temporary$/, '$& table') ?? '');
  // A temporary table of the session (`init_connect` can make one) hides the table from this user alone.
  const [definition] = await ask(`SHOW CREATE TABLE ${nameOf(id)}`, []);
  if (/^CREATE TEMPORARY/.test(definition?.[1] ?? ''))
    throw noTableOfItsOwn(tableLabel(id), 'temporary table');
  const [key] = await ask(KEYS, where);
  return {
    columns: columns.map(columnOf),
    key: (key?.[1] ?? '').split(',').filter(Boolean).map(unhex),
  };
}

/** information_schema shows nothing of tables that the user has no right to; a query tells them from those not there. */
async function seeThatThereIsNone(ask: AskText, id: TableId): Promise<void> {
  try {
    await ask(`SELECT 1 FROM ${nameOf(id)} LIMIT 0`, []);
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code !== 'ER_NO_SUCH_TABLE' && code !== 'ER_BAD_DB_ERROR') throw error;
  }
}

export function nameOf(id: TableId): string {
  return `${quoted(id.namespace)}.${quoted(id.name)}`;
}

export function quoted(identifier: string): string {
  return `\`${identifier.replaceAll('`', '``')}\``;
}

export function shapeOf(id: TableId, table: MysqlTable, key?: readonly string[]): TableShape {
  const columns = table.columns.map((column) => ({
    name: column.name,
    type: mysqlType(column),
    nullable: column.nullable,
  }));
  return { id, columns, key: key ?? table.key };
}

function columnOf(row: readonly (string | null)[]): MysqlColumn {
  const [name, nullable, dataType, lowerType, columnType, maxLength, precision, scale, fraction] = row;
  return {
    name: name ?? '',
    nullable: nullable === 'YES',
    dataType: dataType ?? '',
    // The labels of an enum keep their case.
    columnType: dataType === 'enum' || dataType === 'set' ? (columnType ?? '') : (lowerType ?? ''),
    maxLength: numberOf(maxLength),
    precision: numberOf(precision),
    scale: numberOf(scale),
    fraction: numberOf(fraction),
  };
}

function numberOf(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Number(text);
}

/** Column names may hold commas. */
function unhex(hex: string): string {
  return Buffer.from(hex, 'hex').toString('utf8');
}
