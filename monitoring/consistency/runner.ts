import { setTimeout as sleep } from 'node:timers/promises';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import type { CheckedRoute, Checker } from './checked-route.ts';
import type { CheckReport } from './report.ts';

export interface RunnerOptions {
  readonly routes: readonly CheckedRoute[];
  readonly checker: Checker;
  readonly telemetry: Telemetry;
  /** From the end of one round of checks to the beginning of the next. */
  readonly intervalSeconds: number;
  /** For each wait at a fence. */
  readonly deadlineSeconds: number;
  readonly signal: AbortSignal;
  /** Hears each report after its telemetry. */
  readonly onReport?: (report: CheckReport) => void;
}

/**
 * Checks all routes, one after the other, again and again until `signal` aborts; resolves then. Checks never overlap: two at
 * once would ask the databases for twice as much to learn the same.
 */
export async function runChecks(options: RunnerOptions): Promise<void> {
  const { routes, checker, telemetry, intervalSeconds, deadlineSeconds, signal } = options;
  for (const { name } of routes) telemetry.emit({ type: 'check-scheduled', route: name, intervalSeconds });
  while (await pause(intervalSeconds, signal)) {
    for (const route of routes) {
      const report = await checker.check(route, { signal, deadlineSeconds });
      // What was cancelled by the end of the process says nothing about the route.
      if (signal.aborted) return;
      emitReport(telemetry, report);
      options.onReport?.(report);
    }
  }
}

/** Tells what a check found: one happening for each table, then one for the route. */
export function emitReport(telemetry: Telemetry, report: CheckReport): void {
  const { route, seconds } = report;
  for (const table of report.tables)
    telemetry.emit({
      type: 'check-finished',
      route,
      table: table.table,
      verdict: table.verdict,
      rowsCompared: table.rowsCompared,
      missing: table.missing,
      extra: table.extra,
      different: table.different,
      seconds,
      reason: table.reason,
    });
  telemetry.emit({
    type: 'route-check-finished',
    route,
    verdict: report.verdict,
    seconds,
    reason: report.reason ?? report.tables.find(({ verdict }) => verdict === report.verdict)?.reason ?? null,
  });
}

/** False when the signal came first. */
async function pause(seconds: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  try {
    await sleep(seconds * 1_000, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
