import type { JournalTools } from '../../schemas/journal/entry.ts';
import type { Reach } from './apply.ts';
import type { OnAltered } from './tables.ts';

/** As the drivers take it; without it nothing is encrypted. */
export interface TlsOptions {
  readonly ca?: string;
  readonly rejectUnauthorized?: boolean;
  /** For mysql2, which checks the host name only when this is true. */
  readonly verifyIdentity?: boolean;
  /** For pg, which checks the host name unless this is replaced. */
  readonly checkServerIdentity?: () => undefined;
  /** For pg, the name that the certificate must be for. */
  readonly host?: string;
}

/** What both factories take. Times are milliseconds. */
export interface SinkOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The PostgreSQL database; MariaDB and MySQL connect without one, for a namespace is a database there. */
  readonly database?: string | undefined;
  /** Schema (PostgreSQL) or database (MariaDB, MySQL) of the tables of positions and tombstones. */
  readonly namespace?: string | undefined;
  /** Connections at most; each batch being applied takes one. */
  readonly poolSize?: number | undefined;
  /** How the sink introduces itself to the database, for its list of sessions. */
  readonly applicationName?: string | undefined;
  readonly connectTimeout?: number | undefined;
  readonly statementTimeout?: number | undefined;
  /** How long to wait for rows that another transaction holds. */
  readonly lockTimeout?: number | undefined;
  /** After this the server ends a transaction whose client has fallen silent, so that its locks do not stay. */
  readonly idleTransactionTimeout?: number | undefined;
  readonly tls?: TlsOptions | undefined;
  /** Called at named points of each apply; tests end the process there. */
  readonly reach?: Reach | undefined;
  readonly onAltered?: OnAltered | undefined;
  /** Keeps a journal of what is written, see `schemas/journal`; without it there is none. */
  readonly journal?: JournalTools | undefined;
}

export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string | undefined;
  readonly namespace: string;
  readonly poolSize: number;
  readonly applicationName: string;
  readonly connectTimeout: number;
  readonly statementTimeout: number;
  readonly lockTimeout: number;
  readonly idleTransactionTimeout: number;
  readonly tls: TlsOptions | undefined;
}

export function settingsOf(options: SinkOptions): ConnectionSettings {
  return {
    host: options.host,
    port: options.port,
    user: options.user,
    password: options.password,
    database: options.database,
    namespace: options.namespace ?? 'counterfoil',
    poolSize: options.poolSize ?? 4,
    applicationName: options.applicationName ?? 'counterfoil',
    connectTimeout: options.connectTimeout ?? 10_000,
    statementTimeout: options.statementTimeout ?? 60_000,
    lockTimeout: options.lockTimeout ?? 10_000,
    idleTransactionTimeout: options.idleTransactionTimeout ?? 15_000,
    tls: options.tls,
  };
}

/** When to give up by the client's own clock on a server that has stopped answering: after the server should have. */
export function clientDeadline(statementTimeout: number): number {
  return statementTimeout + Math.min(statementTimeout, 5_000);
}
