import { setTimeout as sleep } from 'node:timers/promises';
import type { CounterfoilError } from '../../schemas/contract/errors.ts';
import { DEFAULT_BACK_OFF, retrying } from './retry.ts';
import type { RouteStates } from './route-state.ts';

/** Work that is done over and over, as long as there is some. */
export interface Rounds {
  /** Before the first round, and again before one that follows a failure. */
  prepare(): Promise<void>;
  round(): Promise<void>;
}

export interface RoundsOptions {
  readonly states: RouteStates;
  readonly signal: AbortSignal;
  readonly pauseMs: number;
  readonly retriable: (error: CounterfoilError) => boolean;
}

/**
 * Goes from round to round until `signal` aborts. The back-off begins anew with each round: a conflict now has nothing to do
 * with one of an hour ago. Throws a failure that is not retriable.
 */
export async function runRounds(
  work: Rounds,
  { states, signal, pauseMs, retriable }: RoundsOptions,
): Promise<void> {
  let isReady = false;
  let hasFailed = false;
  async function attempt(): Promise<void> {
    if (!isReady) await work.prepare();
    // After a failure only a round that succeeds shows that it is over.
    if (!isReady && !hasFailed) states.is('running');
    isReady = false;
    await work.round();
    isReady = true;
    if (hasFailed) states.is('running');
    hasFailed = false;
  }
  while (!signal.aborted) {
    await retrying(attempt, {
      ...{ signal, backOff: DEFAULT_BACK_OFF, retriable },
      onFailure: (error, at) => {
        hasFailed = true;
        states.retries(error, at);
      },
    });
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
