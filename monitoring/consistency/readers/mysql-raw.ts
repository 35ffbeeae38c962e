import type { Socket } from 'node:net';
import type { Connection } from 'mysql2';
import type { Column } from '../../../schemas/contract/table.ts';
import type { RawColumn } from '../raw-rows.ts';
import { cellReader, normalTextReader } from './mysql-cells.ts';
import type { ZeroDates } from './mysql-cells.ts';
import type { MysqlLink } from './mysql-link.ts';
import type { MysqlColumn } from './mysql-types.ts';
import { RawFeed } from './raw-feed.ts';
import { spellingOf } from './spelling.ts';

/** A packet of the driver: one row lies between `offset` and `end`. */
interface Packet {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly end: number;
  isEOF(): boolean;
}

/**
 * The driver's command that runs a query. Its `row` is given each packet of a row, and gives what takes the next one: by
 * putting another in its place rows are had as they were sent. The driver has no public way to that; the tests of the
 * readers see that this one goes on working.
 */
interface QueryCommand {
  row: (packet: Packet, connection: unknown) => unknown;
  on(event: 'error', listener: (error: Error) => void): this;
  on(event: 'end', listener: () => void): this;
}

/** Sends the rows of a query as bytes. The columns are those of the query. */
export function mysqlRawRows(
  { stream: connection }: MysqlLink,
  sql: string,
  what: string,
  columns: readonly MysqlRawColumn[],
): RawFeed {
  const feed = new RawFeed(what, columns);
  const dated = columns.map(({ zeroIsNull }) => zeroIsNull);
  const socket = () => (connection as Connection & { readonly stream: Socket }).stream;
  connection.on('error', feed.fail);
  const query = connection.query({ sql }) as unknown as QueryCommand;
  const end = query.row.bind(query);
  const take = (packet: Packet, of: unknown): unknown => {
    if (packet.isEOF()) {
      connection.off('error', feed.fail);
      return end(packet, of);
    }
    takeRow(feed, packet, dated);
    feed.rowTaken();
    return take;
  };
  query.row = take;
  query.on('error', feed.fail).on('end', feed.end);
  return feed.from({ pause: () => socket().pause(), resume: () => socket().resume() });
}

/** A cell is its length and its bytes; null is a length of its own. */
function takeRow({ filling }: RawFeed, { buffer, offset, end }: Packet, dated: readonly boolean[]): void {
  filling.reserve(end - offset);
  const { bytes, used: first } = filling;
  buffer.copy(bytes, first, offset, end);
  let at = first;
  for (const zeroIsNull of dated) {
    let length = bytes[at] ?? 0;
    at += 1;
    if (length === 251) {
      filling.addNull();
      continue;
    }
    if (length > 251) {
      const wide = length === 252 ? 2 : length === 253 ? 3 : 6;
      length = bytes.readUIntLE(at, wide);
      at += wide === 6 ? 8 : wide;
    }
    if (zeroIsNull && isImpossible(bytes, at)) filling.addNull();
    else filling.addCell(at, at + length);
    at += length;
  }
  filling.endRow(at);
}

/** Year, month or day is zero. */
function isImpossible(bytes: Buffer, at: number): boolean {
  const zeros = (from: number) => bytes[at + from] === 48 && bytes[at + from + 1] === 48;
  return (zeros(0) && zeros(2)) || zeros(5) || zeros(8);
}

export interface MysqlRawColumn extends RawColumn {
  /** A date that does not exist reads as null: see {@link ZeroDates}. */
  readonly zeroIsNull: boolean;
}

/** `stored` is the column as the table has it; undefined when it does not. */
export function mysqlRawColumn(
  column: Column,
  stored: MysqlColumn | undefined,
  zeroDates: ZeroDates,
): MysqlRawColumn {
  const binary = stored !== undefined && BINARY.test(stored.dataType);
  const cell = cellReader(column, zeroDates);
  const normal = normalTextReader(column, zeroDates);
  const dated = ['date', 'timestamp', 'instant'].includes(column.type.kind);
  return {
    spelling: spellingOf(column.type.kind, binary ? 'raw' : 'unlike'),
    cell: (bytes) => cell(binary ? Buffer.from(bytes) : bytes.toString('utf8')),
    normal: (bytes) => normal(binary ? bytes : bytes.toString('utf8')),
    zeroIsNull: dated && column.nullable && zeroDates === 'as-captured',
  };
}

const BINARY = /blob|binary|point|linestring|polygon|geom/;
