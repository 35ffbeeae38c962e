import { Argument, InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { readLogs, removeStack, stackStatus, stopStack } from '../../stack/commands.ts';
import { checkPrerequisites } from '../../stack/prerequisites.ts';
import { PART_NAMES } from '../../stack/stack-types.ts';
import type { PartName } from '../../stack/stack-types.ts';
import { bringUp } from '../demo/local-stack.ts';
import { stackReporter } from '../demo/stack-reporter.ts';
import { SHUT_DOWN_MS, untilSignal } from './signals.ts';
import { EXIT, globalOptions, stackFolder } from './context.ts';
import type { CliContext } from './context.ts';
import { textTable } from '../text-table.ts';

export function registerStack(program: Command, context: CliContext): void {
  const stack = program
    .command('stack')
    .description(
      'the local stack: Kafka, Connect with Debezium, schema registry, MariaDB and PostgreSQL as child processes',
    );

  stack
    .command('up')
    .description('start it (or say that it runs), with the demo databases and a configuration for them')
    .option('--no-demo-databases', 'leave the databases empty')
    .action(async (options: { demoDatabases: boolean }, command: Command) => {
      const global = globalOptions(command);
      const running = await bringUp({
        directory: stackFolder(global, context),
        environment: context.environment.all,
        cacheFolder: context.environment.cacheFolder,
        mode: 'detached',
        signal: untilSignal(SHUT_DOWN_MS),
        demoDatabases: options.demoDatabases,
        report: stackReporter(context.hint),
      });
      if (global.json)
        context.say(JSON.stringify({ config: running.configFile, addresses: running.stack.addresses }));
      else {
        const named = global.stack === 'demo' ? '' : ` --stack ${global.stack}`;
        context.say(running.stack.alreadyRunning ? 'The stack runs already.' : 'The stack is up.');
        context.say(`configuration: ${running.configFile}`);
        context.say(
          `next: counterfoil${named} connectors apply, … run, … check; to end it: counterfoil${named} stack down`,
        );
      }
    });

  stack
    .command('down')
    .description('stop it; its data stays unless --delete-data')
    .option('--delete-data', 'delete its folder, with all data')
    .action(async (options: { deleteData?: boolean }, command: Command) => {
      const directory = stackFolder(globalOptions(command), context);
      const report = stackReporter(context.hint);
      const wasRunning = options.deleteData
        ? await removeStack(directory, { report })
        : await stopStack(directory, { report });
      const data = options.deleteData ? ' Its data is deleted.' : '';
      if (globalOptions(command).json)
        context.say(JSON.stringify({ wasRunning, dataDeleted: options.deleteData === true }));
      else context.say(`${wasRunning ? 'The stack is down.' : 'The stack was not running.'}${data}`);
    });

  stack
    .command('status')
    .description('what runs, where; exit code 1 when it is not all running')
    .action(async (_options: unknown, command: Command) => {
      const global = globalOptions(command);
      const status = await stackStatus(stackFolder(global, context));
      if (global.json) context.say(JSON.stringify(status));
      else {
        context.say(`stack ${status.name}: ${status.condition}`);
        const table = textTable(['part', 'state', 'pid', 'port', 'log']);
        for (const part of status.parts)
          table.push([part.part, part.alive ? 'running' : 'down', part.pid ?? '', part.port, part.log]);
        if (status.parts.length > 0) context.say(table.toString());
      }
      if (status.condition !== 'running') context.setExitCode(EXIT.failed);
    });

  stack
    .command('logs')
    .description("the last lines of a part's log")
    .addArgument(new Argument('<part>').choices([...PART_NAMES]))
    .option('-n, --lines <number>', 'how many', positiveInteger, 50)
    .action(async (part: PartName, options: { lines: number }, command: Command) => {
      const global = globalOptions(command);
      const lines = await readLogs(stackFolder(global, context), part, options.lines);
      if (global.json) context.say(JSON.stringify({ part, lines }));
      else if (lines.length === 0) context.hint(`${part} of stack ${global.stack} has written no log`);
      else for (const line of lines) context.say(line);
    });

  stack
    .command('doctor')
    .description('check what a fresh machine needs: Node, a JDK, Maven')
    .action(async (_options: unknown, command: Command) => {
      const found = await checkPrerequisites(context.environment.all);
      if (globalOptions(command).json) context.say(JSON.stringify(found));
      else
        for (const item of found)
          context.say(
            `${item.satisfied ? '✓' : '✗'} ${item.name}: ${item.found ?? 'not found'} (needed: ${item.needed})`,
          );
      if (!found.every((item) => item.satisfied)) context.setExitCode(EXIT.usage);
    });
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('must be a whole number above 0');
  return value;
}
