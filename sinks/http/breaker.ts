import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { BreakerState } from '../../schemas/contract/telemetry.ts';

export interface BreakerOptions {
  /** Failures in a row after which the endpoint is left alone. */
  readonly failures: number;
  /** For how long at first; it doubles with each probe that fails, up to the maximum. */
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * Leaves an endpoint alone that fails: `open` for a growing time, then `probing` by one request, on whose outcome it is
 * `closed` or open again. All that send to the endpoint share one.
 */
export class Breaker {
  readonly #endpoint: string;
  readonly #options: BreakerOptions;
  readonly #onState: (state: BreakerState, reason: string | null) => void;
  readonly #now: () => number;
  #state: BreakerState = 'closed';
  #failures = 0;
  #openings = 0;
  #until = 0;
  #reason = '';

  /** `now` counts milliseconds from anywhere. */
  constructor(
    endpoint: string,
    options: BreakerOptions,
    onState: (state: BreakerState, reason: string | null) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.#onState = onState;
    this.#now = now;
    onState('closed', null);
  }

  get closed(): boolean {
    return this.#state === 'closed';
  }

  /**
   * Makes a request, unless the endpoint is to be left alone. TARGET_UNAVAILABLE that the request throws is a failure of
   * the endpoint; an answer, and any other error, is a sign of life.
   */
  async guard<T>(request: () => Promise<T>): Promise<T> {
    this.#enter();
    try {
      const answer = await request();
      this.#lives();
      return answer;
    } catch (error) {
      if (error instanceof CounterfoilError && error.code === 'TARGET_UNAVAILABLE')
        this.#fails(error.message);
      else this.#lives();
      throw error;
    }
  }

  #enter(): void {
    if (this.#state === 'closed') return;
    const left = this.#until - this.#now();
    if (this.#state === 'probing' || left > 0)
      throw new CounterfoilError('TARGET_UNAVAILABLE', this.#leftAlone(Math.max(0, left)), {
        remedy: 'Nothing, once it answers again: it is asked by single requests in growing intervals.',
      });
    this.#become('probing');
  }

  #leftAlone(left: number): string {
    const how =
      this.#state === 'probing' ? 'is being probed' : `is left alone for ${Math.ceil(left / 1_000)} s`;
    return `${this.#endpoint} ${how} after ${this.#failures} failures in a row, the last: ${this.#reason}`;
  }

  #lives(): void {
    this.#failures = 0;
    this.#openings = 0;
    if (this.#state !== 'closed') this.#become('closed');
  }

  #fails(reason: string): void {
    this.#failures += 1;
    this.#reason = reason;
    // Requests that were under way when it opened say nothing new.
    if (this.#state === 'open' || (this.#state === 'closed' && this.#failures < this.#options.failures))
      return;
    const { firstMs, maxMs } = this.#options;
    this.#until = this.#now() + Math.min(maxMs, firstMs * 2 ** this.#openings);
    this.#openings += 1;
    this.#become('open');
  }

  #become(state: BreakerState): void {
    this.#state = state;
    this.#onState(state, state === 'closed' ? null : this.#reason);
  }
}
