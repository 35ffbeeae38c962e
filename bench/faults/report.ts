import { table } from '../../test/comparison/markdown.ts';
import type { AuditOfTampering } from './auditing.ts';
import type { CheckOfFaults } from './checking.ts';
import type { Wanted } from './options.ts';
import type { Soaked } from './soak.ts';
import type { FoundOfKind } from './tally.ts';

/** What a check or an audit says. */
export interface Standing {
  readonly verdict: string;
  readonly reasons: readonly string[];
}

export interface Measured {
  readonly machine: string;
  readonly wanted: Wanted;
  readonly changesPerSecond: number;
  /** Verdicts while nothing was put in. */
  readonly before: { readonly check: Standing; readonly audit: Standing };
  readonly faults: CheckOfFaults;
  readonly soaked: Soaked | null;
  readonly tampering: AuditOfTampering;
  readonly accounting: string;
}

/** Whether all was found, and nothing that was not there. */
export function isSound({ before, faults, soaked, tampering, accounting }: Measured): boolean {
  const kinds = [...faults.kinds, ...tampering.kinds];
  const untrue = [...faults.false, ...tampering.false, ...(soaked?.false ?? [])];
  return (
    kinds.every(({ right, injected }) => right === injected) &&
    untrue.length === 0 &&
    before.check.verdict !== 'mismatch' &&
    before.audit.verdict !== 'mismatch' &&
    accounting === 'match'
  );
}

export function pageOf(measured: Measured): string {
  const { wanted, faults, soaked, tampering, before } = measured;
  const facts: readonly (readonly [string, string])[] = [
    ['machine', measured.machine],
    ['rows', wanted.rows.toLocaleString('en')],
    ['changes a second meanwhile', measured.changesPerSecond.toFixed(0)],
    ['check before', standingText(before.check)],
    ['audit before', standingText(before.audit)],
    ['check with the faults', `${faults.verdict}, ${faults.seconds.toFixed(1)} s`],
    ['what it says beside', faults.reasons.join('; ')],
    [
      'audit after the tampering',
      `${tampering.verdict}, ${tampering.seconds.toFixed(1)} s for ${tampering.entries.toLocaleString('en')} entries that tell of ${tampering.records.toLocaleString('en')} rows`,
    ],
    ['accounting', measured.accounting],
    ...(soaked === null ? [] : soakFacts(soaked)),
  ];
  const wrong = [...faults.kinds, ...tampering.kinds].flatMap((kind) =>
    kind.wrong.map((what) => `- ${kind.name}: ${what}`),
  );
  const untrue = [...faults.false, ...tampering.false, ...(soaked?.false ?? [])];
  return [
    kindTable('fault', faults.kinds, faults.false),
    kindTable('tampering', tampering.kinds, tampering.false),
    table(['', ''], facts),
    ...wrong.slice(0, 20),
    ...untrue.slice(0, 20).map((what) => `- named although nobody has put it in: ${what}`),
  ].join('\n\n');
}

function standingText({ verdict, reasons }: Standing): string {
  return [verdict, ...reasons].join('; ');
}

function kindTable(head: string, kinds: readonly FoundOfKind[], untrue: readonly string[]): string {
  return table(
    [head, 'put in', 'found as what it is', 'after at most'],
    [
      ...kinds.map(({ name, injected, right, seconds }) => [
        ...[name, injected.toString(), right.toString(), `${seconds.toFixed(1)} s`],
      ]),
      ['none: false findings', '0', untrue.length.toString(), ''],
    ],
  );
}

function soakFacts({ minutes, checks, verdicts, false: found, reasons, longestSeconds }: Soaked) {
  const counts = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .map(([what, count]) => `${count.toString()} × ${what}`)
      .join(', ');
  return [
    [
      'checks while nothing was put in',
      `${checks.toString()} in ${minutes.toString()} minutes: ${counts(verdicts)}; false mismatches: ${found.length.toString()}`,
    ],
    ['the longest of them', `${longestSeconds.toFixed(1)} s`],
    ['why inconclusive', counts(reasons) || 'none was'],
  ] as const;
}
