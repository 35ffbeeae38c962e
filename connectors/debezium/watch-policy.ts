import type { ConnectorHealth } from '../../schemas/contract/telemetry.ts';

export interface BackOff {
  /** Before the first restart; doubled for each further one. */
  readonly firstMs: number;
  readonly maxMs: number;
  /** A connector that ran for so long is well again: the next failure starts from the first delay. */
  readonly healthyMs: number;
}

/** What is remembered of a connector from one look to the next. */
export interface Watched {
  /** Restarts since it was last well. */
  readonly attempts: number;
  /** When it may be restarted; null while it does not need to be. */
  readonly restartAt: number | null;
  readonly runningSince: number | null;
}

export const FRESH: Watched = { attempts: 0, restartAt: null, runningSince: null };

export interface Decision {
  readonly watched: Watched;
  readonly restart: boolean;
}

/**
 * What to do about a connector that was just seen in this state. Pure: time and chance come from outside.
 * It never gives up: an operator who mends the cause need not tell anybody.
 */
export function decide(
  watched: Watched,
  health: ConnectorHealth,
  now: number,
  backOff: BackOff,
  random: () => number,
): Decision {
  switch (health) {
    case 'running': {
      const runningSince = watched.runningSince ?? now;
      const well = now - runningSince >= backOff.healthyMs;
      return {
        watched: { attempts: well ? 0 : watched.attempts, restartAt: null, runningSince },
        restart: false,
      };
    }
    case 'failed': {
      const restartAt = watched.restartAt ?? now + delay(watched.attempts, backOff, random);
      if (now < restartAt) return { watched: { ...watched, restartAt, runningSince: null }, restart: false };
      const attempts = watched.attempts + 1;
      const next = now + delay(attempts, backOff, random);
      return { watched: { attempts, restartAt: next, runningSince: null }, restart: true };
    }
    // Somebody stopped it, deleted it, or it is coming up: not ours to change. Unknown: nothing can be done anyway.
    case 'paused':
    case 'missing':
    case 'restarting':
    case 'unknown':
      return { watched: { ...watched, runningSince: null }, restart: false };
  }
}

/** Between half and all of the doubled delay, so that connectors that failed together do not come back together. */
function delay(attempts: number, backOff: BackOff, random: () => number): number {
  const full = Math.min(backOff.maxMs, backOff.firstMs * 2 ** Math.min(attempts, 30));
  return full * (0.5 + random() / 2);
}
