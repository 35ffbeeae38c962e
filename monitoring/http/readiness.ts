import type { ErrorCode } from '../../schemas/contract/errors.ts';
import type { RouteState, Telemetry } from '../../schemas/contract/telemetry.ts';

export interface RouteHealth {
  readonly route: string;
  readonly state: RouteState;
  readonly code: ErrorCode | null;
  readonly reason: string | null;
  readonly remedy: string | null;
}

export interface ReadinessReport {
  readonly ready: boolean;
  readonly routes: readonly RouteHealth[];
}

/** Listens to the happenings of the routes and knows which of them run. */
export interface Readiness extends Telemetry {
  report(): ReadinessReport;
}

/**
 * `routes` are those that must run; each is `starting` until something is heard of it. A route whose connector has lost
 * its position waits, whatever it says itself: nothing is wrong with it, but changes are missing.
 *
 * @param connectors by route, the connector that feeds it
 */
export function createReadiness(
  routes: readonly string[],
  connectors: ReadonlyMap<string, string> = new Map(),
): Readiness {
  /** By route, since when a run should be complete, in milliseconds. */
  const overdue = new Map<string, number>();
  const lost = new Map<string, { readonly reason: string; readonly remedy: string }>();
  const health = new Map<string, RouteHealth>(
    routes.map((route) => [route, { route, state: 'starting', code: null, reason: null, remedy: null }]),
  );
  return {
    emit(event) {
      if (event.type === 'connector-health') {
        if (event.lostPosition === undefined) lost.delete(event.connector);
        else lost.set(event.connector, event.lostPosition);
      }
      if (event.type === 'sync-standing') {
        if (event.overdueSince === null) overdue.delete(event.route);
        else overdue.set(event.route, event.overdueSince);
      }
      if (event.type !== 'route-state') return;
      const { route, state, code, reason, remedy } = event;
      health.set(route, { route, state, code, reason, remedy });
    },
    report() {
      const all = [...health.values()].map((each): RouteHealth => {
        const gap = lost.get(connectors.get(each.route) ?? '');
        if (each.state === 'stopped') return each;
        if (gap !== undefined) return { route: each.route, state: 'waiting', code: 'POSITION_LOST', ...gap };
        const since = overdue.get(each.route);
        return since === undefined || each.code !== null ? each : overdueHealth(each.route, since);
      });
      return { ready: all.every(({ state }) => state === 'running' || state === 'resting'), routes: all };
    },
  };
}

function overdueHealth(route: string, since: number): RouteHealth {
  return {
    ...{ route, state: 'waiting', code: 'RUN_OVERDUE' },
    reason: `the run of ${new Date(since).toISOString()} is not complete`,
    remedy: 'See `counterfoil sync list`, whether the connector runs, and what the log says of the route.',
  };
}
