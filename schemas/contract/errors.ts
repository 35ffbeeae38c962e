/**
 * What is to be done about a failure:
 * - `retry`: transient (a connection, a deadlock, the registry restarting): try the same batch again, for ever, with back-off;
 * - `dead-letter`: this record alone is bad: set it aside with its reason and go on;
 * - `stop`: systemic or unsafe to go on (a position lost, a privilege missing): stop the route and page somebody.
 * - `usage`: the person at the keyboard can mend it: bad configuration, missing prerequisites.
 */
export type Disposition = 'retry' | 'dead-letter' | 'stop' | 'usage';

/** Every code is explained, with its remedy, in docs/errors.md; a test keeps the two lists equal. */
export const ERROR_CODES = {
  // the record
  UNDECODABLE_RECORD: 'dead-letter',
  UNKNOWN_SCHEMA_ID: 'dead-letter',
  UNSUPPORTED_SCHEMA: 'dead-letter',
  CONTRACT_VIOLATION: 'dead-letter',
  MAPPING_FAILED: 'dead-letter',
  ROW_REJECTED: 'dead-letter',
  TRUNCATE_DENIED: 'dead-letter',
  MISSING_BASE_ROW: 'dead-letter',
  AWAITS_REFERENCE: 'dead-letter',
  PARKED: 'dead-letter',
  // the surroundings, for a while
  REGISTRY_UNAVAILABLE: 'retry',
  TARGET_UNAVAILABLE: 'retry',
  SOURCE_UNAVAILABLE: 'retry',
  TARGET_CONFLICT: 'retry',
  KAFKA_UNAVAILABLE: 'retry',
  CONNECT_UNAVAILABLE: 'retry',
  // retried as well, because an operator mends them while the route waits; health says so at once
  TARGET_MISCONFIGURED: 'retry',
  GROUP_CONFLICT: 'retry',
  RUN_OVERDUE: 'retry',
  // the route
  POSITION_LOST: 'stop',
  POSITION_REGRESSED: 'stop',
  STALE_WRITER: 'stop',
  TARGET_INCOMPATIBLE: 'stop',
  SCHEMA_CHANGE_REFUSED: 'stop',
  INTERNAL: 'stop',
  // the person at the keyboard
  CONFIGURATION_INVALID: 'usage',
  PREREQUISITE_MISSING: 'usage',
  STACK_FAILED: 'usage',
  CONNECTOR_REJECTED: 'usage',
} as const satisfies Record<string, Disposition>;

export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * The only error that crosses module borders. `message` says what happened and to which row key position, topic or
 * part (never a row's values); `remedy`, when there is one, says what to do about it.
 */
export class CounterfoilError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string | undefined;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; remedy?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CounterfoilError';
    this.code = code;
    this.remedy = options.remedy;
  }

  get disposition(): Disposition {
    return ERROR_CODES[this.code];
  }
}

/** Wraps what a library threw; a CounterfoilError passes unchanged. */
export function asCounterfoilError(error: unknown, code: ErrorCode, message: string): CounterfoilError {
  if (error instanceof CounterfoilError) return error;
  return new CounterfoilError(code, message, { cause: error });
}
