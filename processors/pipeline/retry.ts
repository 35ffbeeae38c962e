import pRetry from 'p-retry';
import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import type { CounterfoilError } from '../../schemas/contract/errors.ts';

export interface BackOff {
  readonly firstMs: number;
  readonly maxMs: number;
}

export const DEFAULT_BACK_OFF: BackOff = { firstMs: 100, maxMs: 10_000 };

export interface RetryOptions {
  readonly signal: AbortSignal;
  readonly backOff: BackOff;
  readonly onFailure: (error: CounterfoilError, attempt: number) => void;
  /** What is worth another attempt; by default what has the disposition `retry`. */
  readonly retriable?: (error: CounterfoilError) => boolean;
}

/**
 * Tries until it succeeds: for ever while failures are retriable, with growing, jittered delays. Any other
 * failure is thrown at once; so is the reason of `signal` when it aborts between two attempts. An attempt that succeeds
 * while it aborts has succeeded: what was committed must be told of.
 */
export async function retrying<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const successes: { readonly result: T }[] = [];
  try {
    return await untilItSucceeds(async () => {
      const result = await attempt();
      successes.push({ result });
      return result;
    }, options);
  } catch (error) {
    const [success] = successes;
    if (success) return success.result;
    throw error;
  }
}

function untilItSucceeds<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const retriable = options.retriable ?? ((error) => error.disposition === 'retry');
  return pRetry(attemptOnce(attempt), {
    signal: options.signal,
    retries: Number.POSITIVE_INFINITY,
    factor: 2,
    randomize: true,
    minTimeout: options.backOff.firstMs,
    maxTimeout: options.backOff.maxMs,
    onFailedAttempt: ({ error, attemptNumber }) => {
      if (options.signal.aborted) throw options.signal.reason as Error;
      const failure = asCounterfoilError(error, 'INTERNAL', 'unexpected failure');
      if (!retriable(failure)) throw failure;
      options.onFailure(failure, attemptNumber);
    },
  });
}

/** p-retry takes every TypeError for a network error and every non-Error for a bug; ours are told apart by code. */
function attemptOnce<T>(attempt: () => Promise<T>): () => Promise<T> {
  return async () => {
    try {
      return await attempt();
    } catch (error) {
      throw asCounterfoilError(
        error,
        'INTERNAL',
        error instanceof Error ? error.message : 'unexpected failure',
      );
    }
  };
}
