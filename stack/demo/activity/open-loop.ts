import { setTimeout as delay } from 'node:timers/promises';

export interface OpenLoop {
  /** Starts per second. */
  readonly rate: number;
  /** How many starts; Infinity until the signal aborts. */
  readonly count: number;
  readonly signal: AbortSignal;
  /** Starts number `index`; `dueMs` on the clock of performance.now(). Awaited only as far as it holds back. */
  readonly start: (index: number, dueMs: number) => Promise<void> | void;
}

/**
 * Starts work by the clock, whatever the earlier work is doing: start `n` is due n/rate seconds after the first. A
 * start that comes late does not move the later ones, so waiting in a slow system counts as its latency instead of
 * silently lowering the rate.
 */
export async function runOpenLoop({ rate, count, signal, start }: OpenLoop): Promise<number> {
  if (!(rate > 0)) throw new RangeError(`a rate must be above 0, not ${rate}`);
  const begun = performance.now();
  for (let index = 0; index < count; index += 1) {
    const dueMs = begun + (index * 1000) / rate;
    await untilDue(dueMs, signal);
    if (signal.aborted) return index;
    await start(index, dueMs);
  }
  return count;
}

/** Timers fire up to some milliseconds early: then the rest is waited for as well. */
async function untilDue(dueMs: number, signal: AbortSignal): Promise<void> {
  for (let early = dueMs - performance.now(); early > 0 && !signal.aborted; early = dueMs - performance.now())
    await delay(early, undefined, { signal }).catch(() => undefined);
}
