import type { ConnectionOptions } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import type { Cell } from '../../../schemas/contract/cell.ts';
import { CounterfoilError } from '../../../schemas/contract/errors.ts';
import { tableLabel } from '../../../schemas/contract/table.ts';
import type { Column, LogicalType, TableId, TableShape } from '../../../schemas/contract/table.ts';
import type { NormalTexts } from '../digest.ts';
import type { RawRows } from '../raw-rows.ts';
import type { DatabaseSnapshot, RowCells, SourceReader } from '../reader.ts';
import type { SourcePosition } from '../source-position.ts';
import { cellReader, normalTextReader } from './mysql-cells.ts';
import type { ValueReader, ZeroDates } from './mysql-cells.ts';
import { openLink } from './mysql-link.ts';
import type { MysqlLink } from './mysql-link.ts';
import { literalOf } from './mysql-literal.ts';
import { nameOf, quoted, readMysqlTable, shapeOf } from './mysql-catalogue.ts';
import type { AskText, MysqlTable } from './mysql-catalogue.ts';
import { inKeyOrder } from './key-order.ts';
import { mysqlRawColumn, mysqlRawRows } from './mysql-raw.ts';
import { streamRows } from './mysql-stream.ts';
import type { RawRow } from './mysql-stream.ts';
import { mysqlExpression } from './mysql-types.ts';
import { readError } from './read-error.ts';

export interface MysqlReaderOptions {
  readonly connection: ConnectionOptions;
  /** Raised by one when binlog files are numbered from the start again; as the capture has it. */
  readonly era?: number;
  /** Keys for tables that have none in the database, by `database.table`; the capture must use the same. */
  readonly keyColumns?: Readonly<Record<string, readonly string[]>>;
  /** `as-captured` (default) reads zero dates as their connector sends them; `as-stored` suits a target. */
  readonly zeroDates?: ZeroDates;
  readonly chunkRows?: number;
}

/** Small enough that a chunk is forgotten before it grows old in memory. */
const DEFAULT_CHUNK = 1_000;
const KEYS_AT_ONCE = 500;
const TEXT: LogicalType = { kind: 'text' };

/** The statement that tells the binlog position: newer servers of each kind first, then what all others know. */
const STATUS = ['SHOW BINLOG STATUS', 'SHOW BINARY LOG STATUS', 'SHOW MASTER STATUS'];

/** Reads a MariaDB or MySQL database, one connection for each question or snapshot. */
export function createMysqlReader(options: MysqlReaderOptions): SourceReader {
  async function once<T>(what: string, ask: (connection: Connection) => Promise<T>): Promise<T> {
    const link = await openLink(options.connection);
    try {
      return await ask(link.connection);
    } catch (error) {
      throw readError(error, what);
    } finally {
      link.close();
    }
  }

  return {
    position: () =>
      once('the position of the binlog', (connection) => binlogPosition(connection, options.era ?? 0)),
    describeTables: (ids) =>
      once('the definitions of tables', async (connection) => {
        const shapes: (TableShape | null)[] = [];
        for (const id of ids) {
          const table = await readMysqlTable(asker(connection), id);
          shapes.push(table === null ? null : shapeOf(id, table, options.keyColumns?.[tableLabel(id)]));
        }
        return shapes;
      }),
    async snapshot() {
      const link = await openLink(options.connection);
      try {
        await link.connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
      } catch (error) {
        link.close();
        throw readError(error, 'from MariaDB');
      }
      return new MysqlSnapshot(link, options.chunkRows ?? DEFAULT_CHUNK, options.zeroDates ?? 'as-captured');
    },
  };
}

function asker(connection: Connection): AskText {
  return async (sql, values) => {
    const [rows] = await connection.query(sql, [...values]);
    return (rows as RawRow[]).map((row) => row.map((value) => value?.toString() ?? null));
  };
}

async function binlogPosition(connection: Connection, era: number): Promise<SourcePosition> {
  const ask = asker(connection);
  for (const [attempt, sql] of STATUS.entries()) {
    try {
      const [row] = await ask(sql, []);
      const [file, position] = row ?? [];
      if (typeof file !== 'string' || typeof position !== 'string')
        throw new CounterfoilError('SOURCE_UNAVAILABLE', 'the source has no binlog', {
          remedy: 'Start the server with log_bin and binlog_format=ROW.',
        });
      return { kind: 'binlog', era, file, position: BigInt(position) };
    } catch (error) {
      const unknown = (error as { readonly code?: unknown }).code === 'ER_PARSE_ERROR';
      if (!unknown || attempt === STATUS.length - 1) throw error;
    }
  }
  throw new CounterfoilError('SOURCE_UNAVAILABLE', 'the source does not tell its binlog position');
}

class MysqlSnapshot implements DatabaseSnapshot {
  private readonly tables = new Map<string, MysqlTable>();

  constructor(
    private readonly link: MysqlLink,
    private readonly chunkRows: number,
    private readonly zeroDates: ZeroDates,
  ) {}

  rows(shape: TableShape, where?: string): AsyncIterable<readonly RowCells[]> {
    return this.read<Cell>(
      shape,
      shape.columns.map((column) => cellReader(column, this.zeroDates)),
      where,
    );
  }

  normalRows(shape: TableShape): AsyncIterable<readonly NormalTexts[]> {
    return this.read<string>(
      shape,
      shape.columns.map((column) => normalTextReader(column, this.zeroDates)),
    );
  }

  private async *read<T>(
    shape: TableShape,
    readers: readonly ValueReader<T>[],
    where?: string,
  ): AsyncGenerator<readonly (readonly (T | null)[])[]> {
    try {
      const table = await this.table(shape.id);
      const sql = `SELECT ${selection(shape.columns, table)} FROM ${nameOf(shape.id)}${where === undefined ? '' : ` WHERE (${where}\n)`}`;
      for await (const chunk of streamRows(this.link.stream, sql, this.chunkRows))
        yield chunk.map((row) => valuesOf(row, readers));
    } catch (error) {
      throw readError(error, tableLabel(shape.id));
    }
  }

  async rowsByKey(shape: TableShape, keys: readonly (readonly Cell[])[]): Promise<readonly RowCells[]> {
    const found: RowCells[] = [];
    try {
      const table = await this.table(shape.id);
      const readers = shape.columns.map((column) => cellReader(column, this.zeroDates));
      const columns = shape.key.map(quoted).join(', ');
      const types = shape.key.map((name) => shape.columns.find((column) => column.name === name)?.type);
      for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
        const some = keys
          .slice(at, at + KEYS_AT_ONCE)
          .map((cells) => `(${cells.map((cell, k) => literalOf(types[k] ?? TEXT, cell)).join(', ')})`);
        const [rows] = await this.link.connection.query(
          `SELECT ${selection(shape.columns, table)} FROM ${nameOf(shape.id)} WHERE (${columns}) IN (${some.join(', ')})`,
        );
        for (const row of rows as RawRow[]) found.push(valuesOf<Cell>(row, readers));
      }
    } catch (error) {
      throw readError(error, tableLabel(shape.id));
    }
    return found;
  }

  async rawRows(shape: TableShape, from: readonly string[] | null): Promise<RawRows> {
    const label = tableLabel(shape.id);
    try {
      const table = await this.table(shape.id);
      const columns = shape.columns.map((column) =>
        mysqlRawColumn(
          column,
          table.columns.find(({ name }) => name === column.name),
          this.zeroDates,
        ),
      );
      const sql = `SELECT ${selection(shape.columns, table)} FROM ${nameOf(shape.id)}${inKeyOrder(shape.key.map(quoted), from)}`;
      return mysqlRawRows(this.link, sql, label, columns);
    } catch (error) {
      throw readError(error, label);
    }
  }

  close(): Promise<void> {
    // The transaction has only read: there is nothing to end in order, and a stream that was left early may be open.
    this.link.close();
    return Promise.resolve();
  }

  private async table(id: TableId): Promise<MysqlTable> {
    const label = tableLabel(id);
    const known = this.tables.get(label);
    if (known !== undefined) return known;
    const table = await readMysqlTable(asker(this.link.connection), id);
    if (table === null)
      throw new CounterfoilError(
        'SOURCE_UNAVAILABLE',
        `there is no table ${label}, or the check user cannot see it`,
      );
    this.tables.set(label, table);
    return table;
  }
}

function selection(columns: readonly Column[], table: MysqlTable): string {
  const present = new Map(table.columns.map((column) => [column.name, column]));
  const parts = columns.map(({ name, type }) => {
    const column = present.get(name);
    return column === undefined ? 'NULL' : mysqlExpression(column, type, quoted(name));
  });
  return parts.join(', ');
}

function valuesOf<T>(row: RawRow, readers: readonly ValueReader<T>[]): readonly (T | null)[] {
  const values: (T | null)[] = [];
  for (const [at, read] of readers.entries()) {
    const value = row[at];
    values.push(value === null || value === undefined ? null : read(value));
  }
  return values;
}
