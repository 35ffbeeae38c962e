import type { Command } from 'commander';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { runDemo } from '../demo/demo.ts';
import { stackReporter } from '../demo/stack-reporter.ts';
import { VERDICT_EXIT } from './check.ts';
import { globalOptions, stackFolder } from './context.ts';
import type { CliContext } from './context.ts';
import { SHUT_DOWN_MS, untilSignal } from './signals.ts';
import { positiveInteger } from './stack.ts';

const DEFAULT_ACTIONS = 500;

export function registerDemo(program: Command, context: CliContext): void {
  program
    .command('demo')
    .description(
      'the main job on the local stack: an office at work in OA, its claims in finance, payments back in OA, all of it checked',
    )
    .option(
      '--once',
      'a fixed amount of activity, then proof, then the end; exit code 0 only if every check matched',
    )
    .option(
      '--actions <number>',
      `with --once: how many OA transactions (default: ${DEFAULT_ACTIONS})`,
      positiveInteger,
    )
    .option('--rate <number>', 'OA transactions per second', positiveInteger, 25)
    .option('--seed <number>', 'decides on what happens', positiveInteger, 1)
    .action(
      async (options: { once?: boolean; actions?: number; rate: number; seed: number }, command: Command) => {
        if (options.actions !== undefined && !options.once)
          throw new CounterfoilError('CONFIGURATION_INVALID', '--actions goes with --once');
        const verdict = await runDemo({
          directory: stackFolder(globalOptions(command), context),
          environment: context.environment.all,
          cacheFolder: context.environment.cacheFolder,
          report: stackReporter(context.hint),
          seed: options.seed,
          rate: options.rate,
          actions: options.once ? (options.actions ?? DEFAULT_ACTIONS) : null,
          signal: untilSignal(SHUT_DOWN_MS),
          say: context.say,
        });
        context.setExitCode(options.once ? VERDICT_EXIT[verdict] : 0);
      },
    );
}
