/** What to do after a database refused: try the transaction again, connect anew first, or give up. */
export type Failure = 'conflict' | 'connection' | 'duplicate' | 'fatal';

/** Deadlock, lock wait timeout; PostgreSQL: serialization failure, deadlock. */
const CONFLICTS = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD', '40001', '40P01']);

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'ER_SERVER_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
  'ER_CONNECTION_KILLED',
  // PostgreSQL: shutdown, crash of another backend, starting up, too many connections
  '57P01',
  '57P02',
  '57P03',
  '53300',
]);
const DUPLICATES = new Set(['ER_DUP_ENTRY', '23505']);

/** Tells failures of both drivers apart by their codes. */
export function failureOf(error: unknown): Failure {
  const code = codeOf(error);
  if (CONFLICTS.has(code)) return 'conflict';
  if (DUPLICATES.has(code)) return 'duplicate';
  if (CONNECTION_CODES.has(code) || code.startsWith('08')) return 'connection';
  // Both drivers report some broken connections without a code.
  if (
    code === '' &&
    error instanceof Error &&
    /closed state|connection terminated|not queryable/i.test(error.message)
  ) {
    return 'connection';
  }
  return 'fatal';
}

/** The driver's code, which names no row values: its messages can. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
