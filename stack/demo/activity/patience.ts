import { setTimeout as delay } from 'node:timers/promises';
import { CounterfoilError, type ErrorCode } from '../../../schemas/contract/errors.ts';
import { codeOf, failureOf } from './transient.ts';

export interface Patience {
  /** Said in errors: "the OA database". */
  readonly database: string;
  /** How long a database may stay unreachable, in milliseconds. */
  readonly patienceMs: number;
  readonly unavailable: Extract<ErrorCode, 'SOURCE_UNAVAILABLE' | 'TARGET_UNAVAILABLE'>;
  readonly signal: AbortSignal;
}

const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 1_000;

/**
 * Runs `attempt` until it succeeds. Conflicts and lost connections are tried again with growing waits; before that
 * `disconnect` is called when the connection is gone, and the attempt is to connect anew. Gives up with a CounterfoilError when the database stays away
 * for longer than the patience, at once when the failure is no passing one, and when the signal aborts in a wait.
 * `attempt` is told whether an earlier one may have been committed unseen.
 */
export async function persist<T>(
  attempt: (uncertain: boolean) => Promise<T>,
  disconnect: () => void,
  patience: Patience,
  what: string,
): Promise<{ readonly result: T; readonly retries: number }> {
  let giveUpAt = Number.POSITIVE_INFINITY;
  let uncertain = false;
  for (let retries = 0; ; retries += 1) {
    try {
      return { result: await attempt(uncertain), retries };
    } catch (error) {
      if (error instanceof CounterfoilError) throw error;
      const failure = failureOf(error);
      // A duplicate after a lost connection is our own row, committed while we looked for it.
      if (failure === 'fatal' || (failure === 'duplicate' && !uncertain))
        throw refused(error, what, patience);
      if (failure === 'connection') {
        uncertain = true;
        disconnect();
      }
      giveUpAt = Math.min(giveUpAt, performance.now() + patience.patienceMs);
      if (performance.now() >= giveUpAt || patience.signal.aborted) throw gone(error, what, patience);
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(retries, 6));
      await delay(wait, undefined, { signal: patience.signal }).catch(() => undefined);
    }
  }
}

function refused(error: unknown, what: string, { database }: Patience): CounterfoilError {
  return new CounterfoilError('INTERNAL', `${database} refused ${what} (${codeOf(error) || 'no code'})`);
}

function gone(
  error: unknown,
  what: string,
  { database, unavailable, patienceMs }: Patience,
): CounterfoilError {
  const seconds = Math.round(patienceMs / 1000);
  return new CounterfoilError(
    unavailable,
    `${database} did not take ${what} within ${seconds} s (${codeOf(error) || 'no code'})`,
    { remedy: `see whether ${database} runs and accepts connections` },
  );
}
