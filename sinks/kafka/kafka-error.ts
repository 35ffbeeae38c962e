import { CounterfoilError } from '../../schemas/contract/errors.ts';

/** Another process has taken over the transactional id, or the broker has ended the transaction for taking too long. */
const FENCED: ReadonlySet<string> = new Set([
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_TXN_STATE',
]);

const TOO_LARGE: ReadonlySet<string> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

/** What kafkajs threw, in the words of the contract. */
export function translated(error: unknown, doing: string): CounterfoilError {
  if (error instanceof CounterfoilError) return error;
  if (FENCED.has(typeOf(error)))
    return new CounterfoilError('STALE_WRITER', `could not ${doing}: another process has taken over`, {
      cause: error,
    });
  return new CounterfoilError('KAFKA_UNAVAILABLE', `could not ${doing}: ${messageOf(error)}`, {
    cause: error,
  });
}

export function isTooLarge(error: unknown): boolean {
  return TOO_LARGE.has(typeOf(error));
}

/** The broker's name of the error; the library may have wrapped it. */
function typeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('type' in error && typeof error.type === 'string') return error.type;
  return 'cause' in error ? typeOf(error.cause) : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unexpected failure';
}
