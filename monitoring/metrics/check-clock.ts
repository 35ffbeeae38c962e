import type { Verdict } from '../../schemas/contract/telemetry.ts';

interface CheckTimes {
  readonly scheduledAt: number;
  finishedAt: number | null;
  conclusiveAt: number | null;
}

export interface CheckAges {
  readonly route: string;
  /** Seconds since the last finished check, or since scheduling. */
  readonly any: number;
  /** Seconds since the last check that said match or mismatch, or since scheduling. */
  readonly conclusive: number;
}

/** When each route was last checked. Times are milliseconds of one clock that never goes back. */
export class CheckClock {
  private readonly routes = new Map<string, CheckTimes>();

  scheduled(route: string, now: number): void {
    if (!this.routes.has(route))
      this.routes.set(route, { scheduledAt: now, finishedAt: null, conclusiveAt: null });
  }

  finished(route: string, verdict: Verdict, now: number): void {
    this.scheduled(route, now);
    const times = this.routes.get(route);
    if (times === undefined) return;
    times.finishedAt = now;
    if (verdict !== 'inconclusive') times.conclusiveAt = now;
  }

  ages(now: number): readonly CheckAges[] {
    return [...this.routes].map(([route, times]) => ({
      route,
      any: (now - (times.finishedAt ?? times.scheduledAt)) / 1_000,
      conclusive: (now - (times.conclusiveAt ?? times.scheduledAt)) / 1_000,
    }));
  }
}
