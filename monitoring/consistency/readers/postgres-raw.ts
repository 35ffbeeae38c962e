import type { Client, Connection, Submittable } from 'pg';
import type { Cell } from '../../../schemas/contract/cell.ts';
import type { Column } from '../../../schemas/contract/table.ts';
import type { RawChunk, RawColumn } from '../raw-rows.ts';
import { normalReader, textReader } from './cell-text.ts';
import { RawFeed } from './raw-feed.ts';
import { spellingOf } from './spelling.ts';

/** Sends the rows of a query as bytes, by COPY: the driver makes no value of what comes so. */
export function postgresRawRows(
  client: Client,
  sql: string,
  what: string,
  columns: readonly RawColumn[],
): RawFeed {
  const feed = new RawFeed(what, columns);
  client.on('error', feed.fail);
  const over = () => {
    client.off('error', feed.fail);
    feed.end();
  };
  const copy = client.query(new CopyOut(`COPY (${sql}) TO STDOUT`, feed, over));
  return feed.from({
    pause: () => copy.connection?.stream.pause(),
    resume: () => copy.connection?.stream.resume(),
  });
}

/** A query as the driver runs it: it is told of each message of the server. */
class CopyOut implements Submittable {
  connection: Connection | null = null;

  constructor(
    private readonly text: string,
    private readonly feed: RawFeed,
    private readonly over: () => void,
  ) {}

  submit(connection: Connection): void {
    this.connection = connection;
    connection.query(this.text);
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    takeRow(this.feed.filling, chunk);
    this.feed.rowTaken();
  }

  handleError(error: Error): void {
    this.feed.fail(error);
  }

  handleReadyForQuery(): void {
    this.over();
  }

  handleCommandComplete(): void {
    // The end is when the connection may be used again.
  }
}

const [TAB, LINE, ESCAPE, NULL] = [9, 10, 92, 78];

/** What a letter behind a backslash stands for; every other one for itself. */
const ESCAPED: Readonly<Record<number, number>> = { 98: 8, 102: 12, 110: 10, 114: 13, 116: 9, 118: 11 };

/** A message of the server is one row: cells between tabs, with a line feed at the end. */
function takeRow(into: RawChunk, row: Buffer): void {
  into.reserve(row.length);
  const { bytes } = into;
  let to = into.used;
  let start = to;
  let isNull = false;
  for (let at = 0; at < row.length; at += 1) {
    let byte = row[at] ?? 0;
    if (byte === TAB || byte === LINE) {
      if (isNull) into.addNull();
      else into.addCell(start, to);
      start = to;
      isNull = false;
      continue;
    }
    if (byte === ESCAPE) {
      at += 1;
      byte = row[at] ?? 0;
      if (byte === NULL) {
        isNull = true;
        continue;
      }
      byte = ESCAPED[byte] ?? byte;
    }
    bytes[to] = byte;
    to += 1;
  }
  into.endRow(to);
}

export function postgresRawColumn({ type }: Column): RawColumn {
  const read = textReader(type, bytesOf);
  const normal = normalReader(type, bytesOf);
  return {
    spelling: spellingOf(type.kind, 'hex'),
    cell: (bytes) => read(bytes.toString('utf8')),
    normal: (bytes) => normal(bytes.toString('utf8')),
  };
}

/** Of a value that the server writes as `\\x` and hex digits. */
export function bytesOf(text: string): Cell {
  return text.startsWith('\\x') ? Buffer.from(text.slice(2), 'hex') : text;
}
