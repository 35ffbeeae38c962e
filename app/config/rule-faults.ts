import { unknownName } from './faults.ts';
import type { Fault, Sound } from './faults.ts';
import type { RuleConfig } from './invariants-schema.ts';
import { isDatabase } from './target-schema.ts';
import type { TargetConfig } from './target-schema.ts';

/** A rule of the business that can be proven nowhere. A target that is not sound has faults of its own, and is not judged here. */
export function ruleFaults(
  { at, value }: Sound<RuleConfig>,
  names: readonly string[],
  targets: readonly Sound<TargetConfig>[],
): readonly Fault[] {
  const path = ['invariants', 'rules', at, 'target'];
  if (!names.includes(value.target)) return [{ path, message: unknownName(value.target, names) }];
  const found = targets.find((each) => each.at === value.target)?.value;
  if (found === undefined || isDatabase(found)) return [];
  return [{ path, message: `${value.target} is no database: rules are proven by what is in one` }];
}
