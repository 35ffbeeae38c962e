import type { Command } from 'commander';
import { formatFindings } from '../doctor/finding.ts';
import type { Status } from '../doctor/finding.ts';
import { runDoctor, worstStatus } from '../doctor/doctor.ts';
import { routesOf } from '../runtime/routes.ts';
import { EXIT, configOf, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';

const STATUS_EXIT: Readonly<Record<Status, number>> = {
  ok: EXIT.ok,
  warning: EXIT.ok,
  error: EXIT.failed,
  unknown: EXIT.inconclusive,
};

export function registerDoctor(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description(
      'look at everything that must hold before the start, and say how to mend what does not; changes nothing',
    )
    .option('-a, --all', 'show what is as it must be, too')
    .addHelpText(
      'after',
      '\nExit codes: 0 no errors, 1 an error was found, 2 something could not be looked at.',
    )
    .action(async (options: { all?: boolean }, command: Command) => {
      const { config } = configOf(command, context);
      const findings = await runDoctor(config, await routesOf(config));
      if (globalOptions(command).json) context.say(JSON.stringify(findings));
      else context.say(formatFindings(findings, options.all === true));
      context.setExitCode(STATUS_EXIT[worstStatus(findings)]);
    });
}
