import pg from 'pg';
import type { Client, ClientConfig } from 'pg';
import type { Cell } from '../../../schemas/contract/cell.ts';
import { CounterfoilError } from '../../../schemas/contract/errors.ts';
import { tableLabel } from '../../../schemas/contract/table.ts';
import type { TableId, TableShape } from '../../../schemas/contract/table.ts';
import type { NormalTexts } from '../digest.ts';
import type { RawRows } from '../raw-rows.ts';
import type { DatabaseSnapshot, RowCells, SourceReader } from '../reader.ts';
import { lsnOf } from '../source-position.ts';
import { normalReader, textReader } from './cell-text.ts';
import { readPostgresTable, shapeOf } from './postgres-catalogue.ts';
import type { PostgresTable } from './postgres-catalogue.ts';
import { inKeyOrder } from './key-order.ts';
import { bytesOf, postgresRawColumn, postgresRawRows } from './postgres-raw.ts';
import { postgresExpression } from './postgres-types.ts';
import { readError } from './read-error.ts';

export interface PostgresReaderOptions {
  readonly connection: ClientConfig;
  /** Keys for tables that have none in the database, by `schema.table`; the capture must use the same. */
  readonly keyColumns?: Readonly<Record<string, readonly string[]>>;
  readonly chunkRows?: number;
  /** Of the source, as configured; default 0. */
  readonly era?: number;
}

/** Small enough that a chunk is forgotten before it grows old in memory. */
const DEFAULT_CHUNK = 1_000;

/** Every value as the text that the server sends. */
const AS_TEXT = { getTypeParser: () => (text: unknown) => text };

/**
 * Spellings of values that do not depend on how the server is configured; no right to write, whatever the user's are. Row-level
 * security is an error instead of fewer rows, and no settings of the user put something else in the place of the catalogue.
 */
const SESSION = `
  SELECT pg_catalog.set_config('search_path', pg_catalog.concat('pg_catalog',
    pg_catalog.regexp_replace(pg_catalog.current_setting('search_path'), '^(?=.)', ', ')), false);
  SET row_security = off; SET default_transaction_read_only = on; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'iso_8601';
  SET bytea_output = 'hex'; SET extra_float_digits = 1; SET lc_monetary = 'C'; SET cursor_tuple_fraction = 1;
  SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0`;

/** Reads a PostgreSQL database, one connection for each question or snapshot. */
export function createPostgresReader(options: PostgresReaderOptions): SourceReader {
  async function connect(): Promise<Client> {
    const client = new pg.Client({
      application_name: 'counterfoil-check',
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      ...options.connection,
      types: AS_TEXT,
    });
    // A connection that breaks between two questions fails the next one; without a listener it would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query(SESSION);
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw readError(error, 'from PostgreSQL');
    }
  }

  async function once<T>(what: string, ask: (client: Client) => Promise<T>): Promise<T> {
    const client = await connect();
    try {
      return await ask(client);
    } catch (error) {
      throw readError(error, what);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  return {
    position: () =>
      once('the position of the log', async (client) => {
        // What is inserted, not what is written: a commit may be visible before its record is on disk.
        const result = await client.query<string[]>({
          text: 'SELECT pg_current_wal_insert_lsn()',
          rowMode: 'array',
        });
        return { kind: 'wal', era: options.era ?? 0, lsn: lsnOf(result.rows[0]?.[0] ?? '') } as const;
      }),
    describeTables: (ids) =>
      once('the definitions of tables', async (client) => {
        const shapes: (TableShape | null)[] = [];
        for (const id of ids) {
          const table = await readPostgresTable(client, id);
          shapes.push(table === null ? null : shapeOf(id, table, options.keyColumns?.[tableLabel(id)]));
        }
        return shapes;
      }),
    async snapshot() {
      const client = await connect();
      try {
        // The first statement of the transaction fixes what all of them see.
        await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1');
      } catch (error) {
        await client.end().catch(() => undefined);
        throw readError(error, 'from PostgreSQL');
      }
      return new PostgresSnapshot(client, options.chunkRows ?? DEFAULT_CHUNK);
    },
  };
}

class PostgresSnapshot implements DatabaseSnapshot {
  private readonly tables = new Map<string, PostgresTable>();

  constructor(
    private readonly client: Client,
    private readonly chunkRows: number,
  ) {}

  rows(shape: TableShape, where?: string): AsyncIterable<readonly RowCells[]> {
    const readers = shape.columns.map(({ type }) => textReader(type, bytesOf));
    return this.read<Cell>(shape, readers, where);
  }

  normalRows(shape: TableShape): AsyncIterable<readonly NormalTexts[]> {
    const readers = shape.columns.map(({ type }) => normalReader(type, bytesOf));
    return this.read<string>(shape, readers);
  }

  private async *read<T>(
    shape: TableShape,
    readers: readonly ((text: string) => T)[],
    where?: string,
  ): AsyncGenerator<readonly (readonly (T | null)[])[]> {
    const label = tableLabel(shape.id);
    try {
      // An error ends the reading of this table, and not the transaction that all of them are read in.
      await this.client.query('SAVEPOINT reading');
      const table = await this.table(shape.id);
      await this.client.query(
        `DECLARE counterfoil_check NO SCROLL CURSOR FOR SELECT ${selection(shape, table)} FROM ${nameOf(shape.id)}${where === undefined ? '' : ` WHERE (${where}\n)`}`,
      );
      for (;;) {
        const chunk = await this.fetch(`FETCH ${this.chunkRows.toString()} FROM counterfoil_check`);
        if (chunk.length === 0) break;
        yield chunk.map((row) => valuesOf(row, readers));
      }
    } catch (error) {
      throw readError(error, label);
    } finally {
      await this.client
        .query('ROLLBACK TO SAVEPOINT reading; RELEASE SAVEPOINT reading')
        .catch(() => undefined);
    }
  }

  async rowsByKey(shape: TableShape, keys: readonly (readonly Cell[])[]): Promise<readonly RowCells[]> {
    // PostgreSQL cannot store the character 0: no row has such a key.
    const wanted = keys.filter(
      (cells) => !cells.some((cell) => typeof cell === 'string' && cell.includes('\0')),
    );
    if (wanted.length === 0) return [];
    try {
      const table = await this.table(shape.id);
      const readers = shape.columns.map(({ type }) => textReader(type, bytesOf));
      return (await this.withKeys(shape, table, wanted)).map((row) => valuesOf(row, readers));
    } catch (error) {
      throw readError(error, tableLabel(shape.id));
    }
  }

  /** A key that its columns cannot hold is no row's. The server only says that there is one: it is found by halving. */
  private async withKeys(
    shape: TableShape,
    table: PostgresTable,
    keys: readonly (readonly Cell[])[],
  ): Promise<readonly TextRow[]> {
    const columns = shape.key.map(quoted).join(', ');
    // One array for each key column, each element cast to the type of the column: the index on the key is used.
    const casts = shape.key.map(
      (name, at) => `unnest($${(at + 1).toString()}::text[])::${sqlType(table, name)}`,
    );
    await this.client.query('SAVEPOINT keys');
    try {
      return await this.fetch(
        `SELECT ${selection(shape, table)} FROM ${nameOf(shape.id)} WHERE (${columns}) IN (SELECT ${casts.join(', ')})`,
        shape.key.map((_, at) => keys.map((cells) => parameterOf(cells[at] ?? null))),
      );
    } catch (error) {
      if (!isDataException(error)) throw error;
      await this.client.query('ROLLBACK TO SAVEPOINT keys');
      if (keys.length === 1) return [];
      const half = keys.length >> 1;
      const first = await this.withKeys(shape, table, keys.slice(0, half));
      return [...first, ...(await this.withKeys(shape, table, keys.slice(half)))];
    }
  }

  async rawRows(shape: TableShape, from: readonly string[] | null): Promise<RawRows> {
    const label = tableLabel(shape.id);
    try {
      const table = await this.table(shape.id);
      const columns = shape.columns.map(postgresRawColumn);
      const sql = `SELECT ${selection(shape, table)} FROM ${nameOf(shape.id)}${inKeyOrder(shape.key.map(quoted), from)}`;
      return postgresRawRows(this.client, sql, label, columns);
    } catch (error) {
      throw readError(error, label);
    }
  }

  async close(): Promise<void> {
    // Without ROLLBACK: it would wait its turn behind a statement that the server does not answer any more.
    await this.client.end().catch(() => undefined);
  }

  private async fetch(text: string, values: unknown[] = []): Promise<readonly TextRow[]> {
    return (await this.client.query<(string | null)[]>({ text, values, rowMode: 'array' })).rows;
  }

  private async table(id: TableId): Promise<PostgresTable> {
    const label = tableLabel(id);
    const known = this.tables.get(label);
    if (known !== undefined) return known;
    const table = await readPostgresTable(this.client, id);
    if (table === null)
      throw new CounterfoilError(
        'SOURCE_UNAVAILABLE',
        `there is no table ${label}, or the check user cannot see it`,
      );
    this.tables.set(label, table);
    return table;
  }
}

type TextRow = readonly (string | null)[];

/** SQLSTATE class 22. */
function isDataException(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('22');
}

function valuesOf<T>(row: TextRow, readers: readonly ((text: string) => T)[]): readonly (T | null)[] {
  const values: (T | null)[] = [];
  for (const [at, read] of readers.entries()) {
    const text = row[at];
    values.push(text === null || text === undefined ? null : read(text));
  }
  return values;
}

function selection(shape: TableShape, table: PostgresTable): string {
  const present = new Map(table.columns.map((column) => [column.name, column]));
  const columns = shape.columns.map(({ name }) => {
    const column = present.get(name);
    return column === undefined ? 'NULL' : postgresExpression(column, quoted(name));
  });
  return columns.join(', ');
}

function sqlType(table: PostgresTable, name: string): string {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column === undefined)
    throw new CounterfoilError(
      'SOURCE_UNAVAILABLE',
      `the table has no column ${name}, which is part of its key`,
    );
  return column.sqlType;
}

function parameterOf(cell: Cell): string | null {
  if (cell === null) return null;
  return cell instanceof Uint8Array ? `\\x${Buffer.from(cell).toString('hex')}` : String(cell);
}

function nameOf(id: TableId): string {
  return `${quoted(id.namespace)}.${quoted(id.name)}`;
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
