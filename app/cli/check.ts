import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { formatReport, worstVerdict } from '../../monitoring/consistency/report.ts';
import type { Verdict } from '../../schemas/contract/telemetry.ts';
import type { Config } from '../config/schema.ts';
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

interface CheckFlags {
  readonly table?: string[];
  readonly deadline?: number;
  readonly rowsPerSecond?: number;
  readonly timeShare?: number;
  readonly progress?: string;
  readonly keys?: number;
}

function withFlags(config: Config, { rowsPerSecond, timeShare, progress }: CheckFlags): Config {
  const check = {
    ...config.check,
    ...(rowsPerSecond === undefined ? {} : { rowsPerSecond }),
    ...(timeShare === undefined ? {} : { timeSharePercent: timeShare }),
    ...(progress === undefined ? {} : { progressFolder: progress }),
  };
  return { ...config, check };
}

function percentage(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= 100)) throw new InvalidArgumentError('must be a number from 1 to 100');
  return value;
}

export function shownKeysOption(): Option {
  return new Option('--keys <n>', 'how many rows of a table to name at most (default: 20)').argParser(
    positiveInteger,
  );
}

export function registerCheck(program: Command, context: CliContext): void {
  program
    .command('check')
    .description(
      'prove that the targets hold what the sources say, through the mapping; the routes must be running',
    )
    .argument('[routes...]', 'which; all of the configuration by default')
    .option('-t, --table <namespace.name...>', 'only these source or target tables')
    .option('--deadline <seconds>', 'how long to wait for a route to catch up', positiveInteger)
    .option('--rows-per-second <n>', 'how many rows to read of each side at most', positiveInteger)
    .option('--time-share <percent>', 'of the time, in which rows are read at most', percentage)
    .option(
      '--progress <folder>',
      'note there how far the check comes, and go on with one that was interrupted',
    )
    .addOption(shownKeysOption())
    .addHelpText(
      'after',
      '\nExit codes: 0 every table matches, 1 a mismatch was found, 2 no verdict was possible. Routes into topics are named, and not compared.',
    )
    .action(async (names: string[], options: CheckFlags, command: Command) => {
      context.awaitVerdict();
      const config = withFlags(configOf(command, context).config, options);
      const routes = selectRoutes(await routesOf(config), names);
      const reports = await checkRoutes(config, routes, {
        signal: untilSignal(),
        deadlineSeconds: options.deadline ?? config.check.deadlineSeconds,
        ...(options.table === undefined ? {} : { tables: options.table }),
        ...(options.keys === undefined ? {} : { shownKeys: options.keys }),
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
