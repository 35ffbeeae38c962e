import type { AuditReport } from '../../monitoring/audit/report.ts';
import type { CheckReport, Finding } from '../../monitoring/consistency/report.ts';
import type { FreshMirror } from '../../test/support/fresh-mirror.ts';
import { say } from '../../test/support/timed-say.ts';
import { run } from './command.ts';
import type { Said } from './command.ts';
import { FAULT_KINDS } from './kinds.ts';
import type { Expected } from './kinds.ts';
import type { Place } from './place.ts';
import { FoundOfKind } from './tally.ts';

export interface Injected {
  readonly name: string;
  readonly expected: Expected;
  /** On the clock of performance.now(). */
  readonly at: number;
}

export interface CheckOfFaults {
  readonly kinds: readonly FoundOfKind[];
  /** What the check names and nobody has put in. */
  readonly false: readonly string[];
  readonly verdict: string;
  readonly reasons: readonly string[];
  readonly seconds: number;
}

export async function injectAll(place: Place, each: number): Promise<readonly Injected[]> {
  const injected: Injected[] = [];
  for (const { name, inject } of FAULT_KINDS) {
    for (let nth = 0; nth < each; nth += 1)
      injected.push({ name, expected: await inject(place, nth), at: performance.now() });
    say(`put in ${each.toString()}: ${name}`);
  }
  return injected;
}

/** A check that names all it finds. */
export function check(mirror: FreshMirror): Promise<Said<CheckReport>> {
  return run<CheckReport>(mirror, 'check', '--keys', '100000', '--deadline', '300');
}

/** What a check, or an audit, says of its tables beside their rows. */
export function reasonsIn({ tables }: Pick<CheckReport | AuditReport, 'tables'>): readonly string[] {
  return tables.flatMap(({ table, verdict, reason }) =>
    reason === null ? [] : [`${nameOf(table)} ${verdict}: ${reason}`],
  );
}

/** Without the namespace, which is another one in each run. */
function nameOf(table: string): string {
  return table.slice(table.indexOf('.') + 1);
}

type Named = Finding & { readonly table: string };

export function namedIn({ tables }: CheckReport): Named[] {
  return tables.flatMap(({ table, keys }) => keys.map((finding) => ({ ...finding, table })));
}

export function textOf({ table, kind, key, columns }: Named): string {
  return `${kind} ${key} of ${table}${columns.length === 0 ? '' : ` in ${columns.join(', ')}`}`;
}

/** What a check has found of what was put in. */
export function judgeCheck(
  { report, at, seconds }: Said<CheckReport>,
  injected: readonly Injected[],
): CheckOfFaults {
  const named = namedIn(report);
  const kinds = new Map<string, FoundOfKind>();
  for (const { name, expected, at: since } of injected) {
    const kind = kinds.get(name) ?? new FoundOfKind(name);
    kinds.set(name, kind);
    const place = named.findIndex((each) => isAbout(each, expected));
    const [found] = place < 0 ? [] : named.splice(place, 1);
    if (found === undefined) kind.missed(`${expected.kind} ${expected.key ?? ''}`);
    else if (isAsExpected(found, expected)) kind.found((at - since) / 1_000);
    else kind.missed(`said to be ${textOf(found)}`);
  }
  const { verdict } = report;
  const reasons = reasonsIn(report);
  return { kinds: [...kinds.values()], false: named.map(textOf), verdict, reasons, seconds };
}

function isAbout(found: Named, { table, key, kind }: Expected): boolean {
  return found.table === table && (key === null ? found.kind === kind : found.key === key);
}

function isAsExpected(found: Named, { kind, columns }: Expected): boolean {
  return found.kind === kind && found.columns.toSorted().join() === columns.toSorted().join();
}
