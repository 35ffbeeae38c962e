import { setTimeout as sleep } from 'node:timers/promises';

/** What reading for a check may take of the databases. */
export interface Budget {
  /** Rows that are read of each side in a second; unlimited by default. */
  readonly rowsPerSecond?: number;
  /** The part of the time in which rows are read and compared, up to 1 (default); in the rest the check waits. */
  readonly timeShare?: number;
}

type Side = 'source' | 'target';

/** Keeps a check within its budget. What was not used in more than the last second is not made up for. */
export class Pace {
  private awake = performance.now();
  private readonly due = { source: this.awake, target: this.awake };

  constructor(
    private readonly budget: Budget,
    private readonly signal: AbortSignal,
  ) {}

  /** To be called after so many rows of a side were read and worked on. Throws the signal's reason. */
  async after(side: Side, rows: number): Promise<void> {
    this.signal.throwIfAborted();
    const { rowsPerSecond, timeShare = 1 } = this.budget;
    if (rowsPerSecond === undefined && timeShare >= 1) return;
    const now = performance.now();
    if (rowsPerSecond !== undefined)
      this.due[side] = Math.max(this.due[side], now - SECOND) + (rows * SECOND) / rowsPerSecond;
    const rested = now + (now - this.awake) * (1 / timeShare - 1);
    const until = Math.max(this.due[side], rested);
    if (until > now + SHORTEST_MS) {
      await sleep(until - now, undefined, { signal: this.signal });
      this.awake = performance.now();
    }
  }
}

const SECOND = 1_000;
/** Shorter sleeps are longer than they are told to be; they are left to add up. */
const SHORTEST_MS = 5;
