import { connect } from 'node:net';
import type { Socket } from 'node:net';
import mysql from 'mysql2';
import type { Connection as StreamConnection, ConnectionOptions } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import { LOSSLESS } from './mysql-stream.ts';
import { readError } from './read-error.ts';

/** One connection, by both faces of its driver. */
export interface MysqlLink {
  readonly stream: StreamConnection;
  readonly connection: Connection;
  /** Ends the connection at once, also in the middle of an answer. */
  close(): void;
}

/** Instants in UTC, no right to write whatever the user's are, and time for a reader that works on what it has read. */
const SESSION = [
  "SET SESSION time_zone = '+00:00', sql_mode = 'NO_ENGINE_SUBSTITUTION', net_write_timeout = 3600, wait_timeout = 28800, group_concat_max_len = 1048576",
  'SET SESSION TRANSACTION READ ONLY',
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
];

/** Throws CounterfoilError SOURCE_UNAVAILABLE. */
export async function openLink(options: ConnectionOptions): Promise<MysqlLink> {
  let socket: Socket | null = null;
  const stream = mysql.createConnection({
    connectTimeout: 10_000,
    ...options,
    ...LOSSLESS,
    rowsAsArray: true,
    multipleStatements: false,
    connectAttributes: { program_name: 'counterfoil-check' },
    stream: ({ config }: { readonly config: Address }) => (socket = socketTo(config)),
  });
  // A connection that breaks between two questions fails the next one; without a listener it would end the process.
  stream.on('error', () => undefined);
  const close = () => {
    stream.destroy();
    // The driver only says that it will send no more: a server that is still sending would wait to be read for an hour.
    socket?.destroy();
  };
  const connection = stream.promise();
  try {
    await connection.connect();
    for (const sql of SESSION) await connection.query(sql);
    return { stream, connection, close };
  } catch (error) {
    close();
    throw readError(error, 'from MariaDB');
  }
}

/** The driver's own settings, in which a URI has become its parts. */
interface Address {
  readonly host: string;
  readonly port: number;
  readonly socketPath?: string;
}

function socketTo({ host, port, socketPath }: Address): Socket {
  if (socketPath !== undefined) return connect(socketPath);
  return connect(port, host).setKeepAlive(true, 30_000).setNoDelay(true);
}
