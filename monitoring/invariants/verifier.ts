import type { Rule } from '../../schemas/invariants/rule.ts';
import type { Verdict } from '../../schemas/contract/telemetry.ts';
import { Looks } from './looks.ts';
import type { Offence } from './looks.ts';
import { groupsStatement, isIncremental, violationsStatement } from './statement.ts';
import type { Dialect } from './statement.ts';

/** Asks a target, in one snapshot, as a user who cannot write. Throws CounterfoilError. */
export interface Asking {
  readonly dialect: Dialect;
  /** Answers to these statements, in order. Numbers are text. */
  ask(statements: readonly string[]): Promise<readonly (readonly Readonly<Record<string, unknown>>[])[]>;
}

export interface VerifierOptions {
  /** How long a group must be off by the same measures, milliseconds. */
  readonly graceMs: number;
  /** How far apart full recomputes are, milliseconds. */
  readonly fullMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface RuleReport {
  readonly rule: string;
  readonly about: string;
  /** `inconclusive`: groups are off that may be on their way, or the database did not answer. */
  readonly verdict: Verdict;
  readonly reason: string | null;
  /** Whether all groups were looked at, or those that changed lately. */
  readonly scope: 'all' | 'changed';
  readonly groups: number;
  readonly broken: number;
  /** Groups that break the rule, as `name=value`; not all of many. */
  readonly keys: readonly string[];
}

/** More is too much to read, and to remember. */
const MOST_OFFENCES = 1_000;
const NAMED = 20;
/** A transaction that took longer than this to commit is seen by the full recompute. */
const MARGIN_MS = 120_000;

/** Looks at one rule again and again. */
export class RuleVerifier {
  readonly #looks: Looks;
  #fullAt: number | null = null;
  #lookedAt: number | null = null;

  constructor(
    private readonly rule: Rule,
    private readonly options: VerifierOptions,
  ) {
    this.#looks = new Looks(options.graceMs);
  }

  get isInDoubt(): boolean {
    return this.#looks.isInDoubt;
  }

  async look(asking: Asking): Promise<RuleReport> {
    const now = this.options.now();
    const since = this.#since(now);
    const { dialect } = asking;
    const [counted, found] = await asking.ask([
      groupsStatement(this.rule, dialect, since),
      violationsStatement(this.rule, dialect, MOST_OFFENCES, since),
    ]);
    const { broken, unsettled } = this.#looks.look((found ?? []).map(offenceOf), now);
    this.#lookedAt = now;
    if (since === undefined) this.#fullAt = now;
    return {
      ...{
        rule: this.rule.name,
        about: this.rule.about,
        groups: Number(counted?.[0]?.['groups_found'] ?? 0),
      },
      scope: since === undefined ? 'all' : 'changed',
      verdict: broken.length > 0 ? 'mismatch' : unsettled.length > 0 ? 'inconclusive' : 'match',
      reason: reasonOf(unsettled.length, found?.length ?? 0),
      broken: broken.length,
      keys: broken.slice(0, NAMED).map((offence) => this.#nameOf(offence)),
    };
  }

  /** All groups are looked at while any is in doubt, for the doubt must be lifted or become a verdict. */
  #since(now: number): number | undefined {
    const isDue = this.#fullAt === null || now - this.#fullAt >= this.options.fullMs;
    if (isDue || this.#lookedAt === null || this.#looks.isInDoubt || !isIncremental(this.rule))
      return undefined;
    return Math.floor((this.#lookedAt - MARGIN_MS) / 1_000);
  }

  #nameOf({ key }: Offence): string {
    return this.rule.by.map((name, at) => `${name}=${key[at] ?? 'NULL'}`).join(' ');
  }
}

function reasonOf(unsettled: number, off: number): string | null {
  const reasons = [
    ...(unsettled > 0 ? [`${unsettled.toString()} groups are off, and may be on their way`] : []),
    ...(off >= MOST_OFFENCES ? [`groups beyond the first ${MOST_OFFENCES.toString()} are not counted`] : []),
  ];
  return reasons.length === 0 ? null : reasons.join('; ');
}

function offenceOf({ a, b, n, m, ...keys }: Readonly<Record<string, unknown>>): Offence {
  return {
    key: Object.values(keys).map((value) => (typeof value === 'string' ? value : null)),
    measures: [a, b, n, m].map(String).join(' '),
  };
}
