import type { Command } from 'commander';
import { worstVerdict } from '../../monitoring/consistency/report.ts';
import { verifyRules } from '../invariants/invariants.ts';
import type { TargetRuleReport } from '../invariants/invariants.ts';
import { rulesOf } from '../invariants/rules.ts';
import { routesOf } from '../runtime/routes.ts';
import { textTable } from '../text-table.ts';
import { VERDICT_EXIT } from './check.ts';
import { chosen } from './chosen.ts';
import { configOf, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';
import { untilSignal } from './signals.ts';

export function registerInvariants(program: Command, context: CliContext): void {
  program
    .command('invariants')
    .description(
      'prove the rules of the business: debit is credit, a claim comes to its voucher, and those of the configuration',
    )
    .argument('[rules...]', 'which; all by default')
    .addHelpText(
      'after',
      '\nWhat is off is looked at again after `invariants.graceSeconds`. Exit codes: 0 all hold, 1 one is broken, 2 it cannot be told.',
    )
    .action(async (names: string[], _options: unknown, command: Command) => {
      context.awaitVerdict();
      const { config } = configOf(command, context);
      const rules = chosen('rule', await rulesOf(config, await routesOf(config)), names);
      const reports = await verifyRules(config, rules, untilSignal());
      if (globalOptions(command).json) context.say(JSON.stringify(reports));
      else context.say(reports.length === 0 ? 'there are no rules' : textOf(reports));
      context.setExitCode(VERDICT_EXIT[worstVerdict(reports.map(({ verdict }) => verdict))]);
    });
}

function textOf(reports: readonly TargetRuleReport[]): string {
  const table = textTable(['target', 'rule', 'verdict', 'groups', 'broken']);
  for (const { target, rule, verdict, groups, broken } of reports)
    table.push([target, rule, verdict, groups, broken]);
  const details = reports.flatMap(({ rule, about, verdict, reason, keys, broken }) =>
    verdict === 'match'
      ? []
      : [
          `${rule}: ${about}${reason === null ? '' : ` (${reason})`}`,
          ...keys.map((key) => `  ${key}`),
          ...(broken > keys.length ? [`  and ${(broken - keys.length).toString()} more`] : []),
        ],
  );
  return [table.toString(), ...details].join('\n');
}
