import { setTimeout as sleep } from 'node:timers/promises';
import { RuleVerifier } from '../../monitoring/invariants/verifier.ts';
import type { RuleReport } from '../../monitoring/invariants/verifier.ts';
import { asCounterfoilError, CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import type { Config } from '../config/schema.ts';
import { isDatabase } from '../config/target-schema.ts';
import { targetOf } from '../runtime/targets.ts';
import { askingOf } from './asking.ts';
import type { TargetRule } from './rules.ts';

export interface TargetRuleReport extends RuleReport {
  readonly target: string;
}

/** Rules that are looked at, each with what was seen of it before. */
class Watched {
  readonly #verifier: RuleVerifier;

  constructor(
    private readonly config: Config,
    private readonly wanted: TargetRule,
  ) {
    const { graceSeconds, fullSeconds } = config.invariants;
    this.#verifier = new RuleVerifier(wanted.rule, {
      ...{ graceMs: graceSeconds * 1_000, fullMs: fullSeconds * 1_000, now: Date.now },
    });
  }

  get isInDoubt(): boolean {
    return this.#verifier.isInDoubt;
  }

  /** A database that does not answer makes a look inconclusive. */
  async look(): Promise<TargetRuleReport> {
    const { rule, target } = this.wanted;
    try {
      const settings = targetOf(this.config, target);
      if (!isDatabase(settings)) throw new CounterfoilError('INTERNAL', `${target} is no database`);
      return { target, ...(await this.#verifier.look(askingOf(target, settings))) };
    } catch (error) {
      const { message } = asCounterfoilError(error, 'INTERNAL', 'the rule could not be looked at');
      return {
        ...{ target, rule: rule.name, about: rule.about, verdict: 'inconclusive', reason: message },
        ...{ scope: 'all', groups: 0, broken: 0, keys: [] },
      };
    }
  }
}

/** Recomputes all groups of each rule, and looks again at those of rules that are off before they count. */
export async function verifyRules(
  config: Config,
  rules: readonly TargetRule[],
  signal: AbortSignal,
): Promise<readonly TargetRuleReport[]> {
  const watched = rules.map((rule) => new Watched(config, rule));
  const reports = await lookAtAll(watched);
  if (!watched.some(({ isInDoubt }) => isInDoubt)) return reports;
  await sleep(config.invariants.graceSeconds * 1_000, undefined, { signal });
  const again: TargetRuleReport[] = [];
  for (const [at, each] of watched.entries()) {
    const before = reports[at];
    again.push(each.isInDoubt || before === undefined ? await each.look() : before);
  }
  return again;
}

/** Looks at the rules on an interval, until `signal` aborts. Never throws. */
export async function startInvariants(
  config: Config,
  rules: readonly TargetRule[],
  telemetry: Telemetry,
  signal: AbortSignal,
): Promise<void> {
  const { intervalSeconds } = config.invariants;
  if (intervalSeconds === 0 || rules.length === 0) return;
  const watched = rules.map((rule) => new Watched(config, rule));
  for (;;) {
    await sleep(intervalSeconds * 1_000, undefined, { signal }).catch(() => undefined);
    for (const each of watched) {
      if (signal.aborted) return;
      const { target, rule, verdict, scope, broken, keys, reason } = await each.look();
      telemetry.emit({ type: 'invariant-looked-at', target, rule, verdict, scope, broken, keys, reason });
    }
  }
}

async function lookAtAll(watched: readonly Watched[]): Promise<TargetRuleReport[]> {
  const reports: TargetRuleReport[] = [];
  for (const each of watched) reports.push(await each.look());
  return reports;
}
