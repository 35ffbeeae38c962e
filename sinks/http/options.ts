import type { Authentication } from './authorization.ts';
import type { BreakerOptions } from './breaker.ts';

export type UpsertMethod = 'PUT' | 'POST' | 'PATCH';
export type DeleteMethod = 'DELETE' | UpsertMethod;

/** Where messages of some tables go. A path begins with `/`, and `{column}` in it stands for a cell of the key. */
export interface Endpoint {
  /** Table patterns, of `namespace.table`. */
  readonly match: readonly string[];
  readonly path: string;
  readonly upsert: UpsertMethod;
  readonly delete: DeleteMethod;
  /** Where deletes go when that is not `path`. */
  readonly deletePath?: string | undefined;
}

/** How a message is written. */
export interface Writing {
  readonly format: 'json' | 'xml';
  /** The media type, when it is not the usual one of the format. */
  readonly contentType?: string | undefined;
  /** Of JSON: whether decimals and 64-bit integers are strings or numbers of all their digits. */
  readonly numbers: 'strings' | 'numbers';
  /** Whether the row comes with its key, version and operation around it, or alone. */
  readonly envelope: boolean;
}

/** What statuses mean that do not mean the same everywhere. */
export interface Answers {
  /** The receiver has the message, or a newer one of its key. */
  readonly applied: readonly number[];
  /** What a DELETE is answered with when there is nothing to delete. */
  readonly absent: readonly number[];
  /** This message is refused, whatever becomes of others. */
  readonly refused: readonly number[];
  /** It is to be sent again, as after a failure that passes. */
  readonly retry: readonly number[];
}

/** As Node's TLS takes it; without it certificates are checked against those that Node trusts. */
export interface HttpTls {
  readonly ca?: string;
  readonly rejectUnauthorized: boolean;
  readonly checkServerIdentity?: () => undefined;
}

export interface HttpOptions extends Writing {
  /** The target's name in metrics and health. */
  readonly name: string;
  /** What paths are appended to. */
  readonly url: string;
  readonly endpoints: readonly Endpoint[];
  readonly headers: Readonly<Record<string, string>>;
  readonly auth: Authentication;
  readonly answers: Answers;
  /** Requests under way at most, of all partitions together. */
  readonly concurrency: number;
  /** For the connection, and then for the whole answer. */
  readonly timeoutMs: number;
  readonly breaker: BreakerOptions;
  readonly tls?: HttpTls | undefined;
}
