import type { Connection } from 'mysql2';

/**
 * What the driver makes of a value when it is told to lose nothing: integers of up to 32 bits are numbers, binary strings
 * are bytes, everything else is the text that the server sent.
 */
export type RawValue = string | number | Buffer;

export type RawRow = readonly (RawValue | null)[];

/** The settings of the driver that make it so. */
export const LOSSLESS = {
  charset: 'utf8mb4',
  supportBigNumbers: true,
  bigNumberStrings: true,
  dateStrings: true,
  jsonStrings: true,
  decimalNumbers: false,
} as const;

/**
 * Runs a query and gives its rows in chunks while the server is still sending. Reading pauses while a chunk is being
 * worked on, so that no more than two chunks are in memory. Left early, the connection cannot be used again.
 */
export async function* streamRows(
  connection: Connection,
  sql: string,
  chunkRows: number,
): AsyncGenerator<readonly RawRow[]> {
  const stream = new RowStream(connection, sql, chunkRows);
  for (;;) {
    const rows = await stream.next();
    if (rows === null) return;
    yield rows;
  }
}

class RowStream {
  private rows: RawRow[] = [];
  private over = false;
  private failure: Error | null = null;
  private wake: () => void = () => undefined;

  constructor(
    private readonly connection: Connection,
    sql: string,
    private readonly chunkRows: number,
  ) {
    // A lost connection is told to the connection alone, even before the query is under way.
    connection.on('error', this.fail);
    connection
      .query({ sql, rowsAsArray: true })
      .on('result', (row: unknown) => {
        this.rows.push(row as RawRow);
        if (this.rows.length < chunkRows) return;
        connection.pause();
        this.wake();
      })
      .on('error', this.fail)
      .on('end', () => {
        this.end();
      });
  }

  /** The next chunk, or null when there are no more. Throws what the server said. */
  async next(): Promise<readonly RawRow[] | null> {
    this.connection.resume();
    if (!this.over && this.rows.length < this.chunkRows)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    const rows = this.rows;
    this.rows = [];
    if (this.failure !== null) throw this.failure;
    return rows.length === 0 ? null : rows;
  }

  private readonly fail = (error: Error): void => {
    this.failure ??= error;
    this.end();
  };

  private end(): void {
    this.over = true;
    this.connection.off('error', this.fail);
    this.wake();
  }
}
