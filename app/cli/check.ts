import type { Command } from 'commander';
import { formatReport, worstVerdict } from '../../monitoring/consistency/report.ts';
import type { Verdict } from '../../schemas/contract/telemetry.ts';
import { checkRoutes } from '../runtime/check-routes.ts';
import { routesOf, selectRoutes } from '../runtime/routes.ts';
import { EXIT, configOf, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';
import { untilSignal } from './signals.ts';
import { positiveInteger } from './stack.ts';

export const VERDICT_EXIT: Readonly<Record<Verdict, number>> = {
  match: EXIT.ok,
  mismatch: EXIT.mismatch,
  inconclusive: EXIT.inconclusive,
};

export function registerCheck(program: Command, context: CliContext): void {
  program
    .command('check')
    .description(
      'prove that the targets hold what the sources say, through the mapping; the routes must be running',
    )
    .argument('[routes...]', 'which; all of the configuration by default')
    .option('-t, --table <namespace.name...>', 'only these source or target tables')
    .option('--deadline <seconds>', 'how long to wait for a route to catch up', positiveInteger)
    .addHelpText(
      'after',
      '\nExit codes: 0 every table matches, 1 a mismatch was found, 2 no verdict was possible. Routes into topics are named, and not compared.',
    )
    .action(async (names: string[], options: { table?: string[]; deadline?: number }, command: Command) => {
      const { config } = configOf(command, context);
      const routes = selectRoutes(await routesOf(config), names);
      const reports = await checkRoutes(config, routes, {
        signal: untilSignal(),
        deadlineSeconds: options.deadline ?? config.check.deadlineSeconds,
        ...(options.table === undefined ? {} : { tables: options.table }),
        onReport: (report) => {
          if (!globalOptions(command).json) context.say(formatReport(report));
        },
        onIncomparable: (route, reason) => {
          context.hint(`${route}: ${reason}`);
        },
      });
      if (globalOptions(command).json) context.say(JSON.stringify(reports));
      context.setExitCode(VERDICT_EXIT[worstVerdict(reports.map(({ verdict }) => verdict))]);
    });
}
