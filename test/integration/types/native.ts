import mysql from 'mysql2/promise';
import pg from 'pg';
import type { StackAddresses } from '../../../stack/stack-types.ts';

/** Values of the column `v` by the row's id, in the text of the server itself. */
export type NativeRows = ReadonlyMap<number, string | null>;

/** A table as its server shows it. */
export interface NativeTable {
  /** The declared type of the column `v`. */
  readonly type: string;
  readonly rows: NativeRows;
}

/** A database seen through its driver alone, apart from all code under test. */
export interface NativeDatabase {
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** Null when there is no such table. */
  table(namespace: string, name: string): Promise<NativeTable | null>;
  close(): Promise<void>;
}

export async function openNativePostgres(stack: StackAddresses, database: string): Promise<NativeDatabase> {
  const client = new pg.Client({
    ...{ ...stack.postgres, database, options: '-c TimeZone=UTC -c lc_monetary=C' },
    types: { getTypeParser: () => (value: unknown) => value },
  });
  client.on('error', () => undefined); // the next query tells of it
  await client.connect();
  const query = async (sql: string) => (await client.query<Record<string, unknown>>(sql)).rows;
  return {
    query,
    async table(namespace, name) {
      const [column] = await query(
        `SELECT c.oid, format_type(a.atttypid, a.atttypmod) AS type FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'v' WHERE n.nspname = '${namespace}' AND c.relname = '${name}'`,
      );
      if (column === undefined) return null;
      const type = text(column['type']);
      const rows = await query(
        `SELECT id, ${type === null ? 'NULL' : 'v'} AS v FROM "${namespace}"."${name}"`,
      );
      return { type: type ?? 'absent', rows: rowsOf(rows) };
    },
    close: () => client.end(),
  };
}

export async function openNativeMariadb(stack: StackAddresses): Promise<NativeDatabase> {
  const { host, port, user, password } = stack.mariadb;
  const connection = await mysql.createConnection({
    ...{ host, port, user, password, charset: 'utf8mb4' },
    ...{ dateStrings: true, supportBigNumbers: true, bigNumberStrings: true },
  });
  connection.on('error', () => undefined); // the next query tells of it
  await connection.query("SET time_zone = '+00:00', sql_mode = '', max_statement_time = 0");
  const query = async (sql: string) => {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(sql);
    return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
  };
  return {
    query,
    async table(namespace, name) {
      const where = `table_schema = '${namespace}' AND table_name = '${name}'`;
      const columns = await query(
        `SELECT column_name AS name, column_type AS type FROM information_schema.columns WHERE ${where}`,
      );
      if (columns.length === 0) return null;
      const type = text(columns.find((column) => column['name'] === 'v')?.['type']);
      const rows = await query(
        `SELECT id, ${type === null ? 'NULL' : shownAs(type)} AS v FROM \`${namespace}\`.\`${name}\``,
      );
      return { type: type ?? 'absent', rows: rowsOf(rows) };
    },
    close: () => connection.end(),
  };
}

/** An expression that shows a value whole: as text a float has six digits, and bytes are no text. */
function shownAs(type: string): string {
  const [bare = '', length = '0'] = type.split(/[()]/);
  if (/(blob|binary)$/.test(bare)) return 'HEX(v)';
  if (bare === 'geometry') return "CONCAT(ST_SRID(v), ';', ST_AsText(v))";
  if (bare === 'bit') return `LPAD(BIN(v + 0), ${length}, '0')`;
  if (bare === 'float') return 'CAST(CAST(v AS DOUBLE) AS CHAR)';
  // Zeros at the end are of the column, not of the value.
  if (type === 'decimal(65,30)') return "TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST(v AS CHAR)))";
  if (/^(time|datetime)\(/.test(type))
    return "TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST(v AS CHAR)))";
  return 'CAST(v AS CHAR)';
}

function rowsOf(rows: readonly Record<string, unknown>[]): NativeRows {
  return new Map(rows.map(({ id, v }) => [Number(id), text(v)]));
}

function text(value: unknown): string | null {
  return value === null || value === undefined ? null : (value as { toString(): string }).toString();
}
