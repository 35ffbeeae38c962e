import type { FreshMirror } from '../../test/support/fresh-mirror.ts';
import { say } from '../../test/support/timed-say.ts';
import { check, namedIn, reasonsIn, textOf } from './checking.ts';

export interface Soaked {
  readonly minutes: number;
  readonly checks: number;
  readonly verdicts: Readonly<Record<string, number>>;
  /** Rows that a check said to differ: nobody had put anything in. */
  readonly false: readonly string[];
  /** Why a check had no verdict, and how often. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Of one check. */
  readonly longestSeconds: number;
}

/** Checks one after the other for so long. */
export async function soak(mirror: FreshMirror, minutes: number): Promise<Soaked> {
  const until = performance.now() + minutes * 60_000;
  const verdicts: Record<string, number> = {};
  const reasons: Record<string, number> = {};
  const found: string[] = [];
  let checks = 0;
  let longestSeconds = 0;
  while (performance.now() < until) {
    const { report, seconds } = await check(mirror);
    checks += 1;
    longestSeconds = Math.max(longestSeconds, seconds);
    verdicts[report.verdict] = (verdicts[report.verdict] ?? 0) + 1;
    found.push(...namedIn(report).map(textOf));
    for (const reason of reasonsIn(report)) reasons[reason] = (reasons[reason] ?? 0) + 1;
    const left = Math.max(0, (until - performance.now()) / 60_000).toFixed(1);
    say(`check ${checks.toString()}: ${report.verdict} in ${seconds.toFixed(1)} s; ${left} minutes left`);
  }
  return { minutes, checks, verdicts, false: found, reasons, longestSeconds };
}
