import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { asCounterfoilError, CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Reception, Telemetry } from '../../schemas/contract/telemetry.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';
import type { Authorization } from './authorization.ts';
import type { Breaker } from './breaker.ts';
import type { Answers } from './options.ts';
import type { HttpRequest } from './request.ts';
import type { Answer, Transport } from './transport.ts';
import { receptionOf } from './reception.ts';

/** What became of a message: anything else is thrown. */
export interface Delivered {
  readonly reception: 'applied' | 'known' | 'refused' | 'doubtful';
  readonly status: number;
}

export interface CourierOptions {
  /** Of the target, for metrics. */
  readonly name: string;
  /** For messages. */
  readonly host: string;
  readonly answers: Answers;
  readonly transport: Transport;
  readonly authorization: Authorization;
  readonly breaker: Breaker;
  readonly telemetry: Telemetry;
  /** Before the second attempt, at least; default 100. */
  readonly firstRetryMs?: number | undefined;
}

/** A blip is not worth the whole batch: a request is made so often before the batch has to be tried again. */
const ATTEMPTS = 3;
const BACK_OFF = { factor: 2, randomize: true } as const;
const FIRST_RETRY_MS = 100;
/** A pause that the receiver asks for is waited for in place up to so long; what is longer is said in health. */
const PATIENCE_MS = 10_000;
const LONGEST_PAUSE_MS = 300_000;
const USUAL_PAUSE_MS = 1_000;

/** Takes single messages to one receiver. All partitions of all routes to it share one. */
export class Courier {
  readonly #options: CourierOptions;
  #pausedUntil = 0;

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the receiver has said what it makes of the message. Throws TARGET_UNAVAILABLE while it cannot be
   * reached, fails, or asks to be left alone, and TARGET_MISCONFIGURED when no message would fare better.
   */
  deliver(request: HttpRequest): Promise<Delivered> {
    return pRetry(() => this.#attempt(request), {
      ...BACK_OFF,
      minTimeout: this.#options.firstRetryMs ?? FIRST_RETRY_MS,
      retries: ATTEMPTS - 1,
      shouldRetry: ({ error }) =>
        this.#options.breaker.closed &&
        asCounterfoilError(error, 'INTERNAL', '').code === 'TARGET_UNAVAILABLE',
    });
  }

  async #attempt(request: HttpRequest, renewed = false): Promise<Delivered> {
    const { authorization, breaker, host } = this.#options;
    await this.#pauseIsOver();
    const credentials = await authorization.header();
    const { reception, status } = await breaker.guard(() => this.#exchange(request, credentials));
    switch (reception) {
      case 'applied':
      case 'known':
      case 'refused':
      case 'doubtful':
        return { reception, status };
      case 'unauthorized':
        if (!renewed && authorization.renew(credentials)) return this.#attempt(request, true);
        throw new CounterfoilError(
          'TARGET_MISCONFIGURED',
          `${host} refuses the credentials (HTTP ${status})`,
          {
            remedy:
              'Correct `auth` of the target, or the rights of the client; then the route goes on by itself.',
          },
        );
      case 'throttled':
        throw new CounterfoilError('TARGET_UNAVAILABLE', `${host} asks for fewer requests (HTTP ${status})`);
      case 'misconfigured':
        throw new CounterfoilError(
          'TARGET_MISCONFIGURED',
          `${host} does not take ${request.method} requests there, or not in this format (HTTP ${status})`,
          {
            remedy: 'Correct url, paths, methods or format of the target; then the route goes on by itself.',
          },
        );
      default:
        return unreachable(reception);
    }
  }

  async #exchange(
    request: HttpRequest,
    credentials: string | null,
  ): Promise<{ readonly reception: Exclude<Reception, 'unavailable'>; readonly status: number }> {
    const { transport, answers, host } = this.#options;
    const started = performance.now();
    let answer: Answer;
    try {
      answer = await transport.send({
        ...request,
        headers: { ...request.headers, ...(credentials === null ? {} : { authorization: credentials }) },
      });
    } catch (error) {
      this.#report('unavailable', started);
      throw error;
    }
    const { status, retryAfterMs } = answer;
    const reception = receptionOf(request.method, status, answers);
    this.#report(reception, started);
    if (reception === 'throttled') this.#pause(retryAfterMs ?? USUAL_PAUSE_MS);
    if (reception !== 'unavailable') return { reception, status };
    if (retryAfterMs !== null) this.#pause(retryAfterMs);
    throw new CounterfoilError('TARGET_UNAVAILABLE', `${host} answers ${status}`);
  }

  #report(reception: Reception, started: number): void {
    const seconds = (performance.now() - started) / 1_000;
    this.#options.telemetry.emit({
      type: 'request-answered',
      target: this.#options.name,
      reception,
      seconds,
    });
  }

  #pause(ms: number): void {
    const until = performance.now() + Math.min(ms, LONGEST_PAUSE_MS);
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
  }

  async #pauseIsOver(): Promise<void> {
    for (let left: number; (left = this.#pausedUntil - performance.now()) > 0;) {
      if (left > PATIENCE_MS)
        throw new CounterfoilError(
          'TARGET_UNAVAILABLE',
          `${this.#options.host} asks to be left alone for ${Math.ceil(left / 1_000)} s`,
        );
      await sleep(left);
    }
  }
}
