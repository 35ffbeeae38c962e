import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { loadConfig } from '../config/load.ts';
import { parseDatabaseUrl } from '../init/database-url.ts';
import { runInit } from '../init/init.ts';
import type { InitPlan, Services } from '../init/plan.ts';
import { initScripts } from '../init/statements.ts';
import { globalOptions, stackFolder } from './context.ts';
import type { CliContext } from './context.ts';

interface InitArguments {
  readonly source: string;
  readonly target: string;
  readonly namespace?: string;
  readonly output: string;
  readonly force?: boolean;
}

export function registerInit(program: Command, context: CliContext): void {
  program
    .command('init')
    .description(
      'look at two databases, write a configuration that mirrors one into the other, and say what is next',
    )
    .requiredOption('--source <url>', 'mariadb://, mysql:// or postgresql://user@host:port/database')
    .requiredOption('--target <url>', 'the same; a MariaDB or MySQL target needs no database')
    .option('--namespace <name>', 'target schema or database of the copies')
    .option('-o, --output <file>', 'the file to write', 'counterfoil.yaml')
    .option('--force', 'overwrite the file if it is there')
    .addHelpText(
      'after',
      '\nThe passwords of the two users are read from COUNTERFOIL_SOURCE_PASSWORD and COUNTERFOIL_TARGET_PASSWORD.\nKafka, Connect and registry are those of the local stack, if there is one.',
    )
    .action(async (options: InitArguments, command: Command) => {
      const { sourcePassword, targetPassword } = context.environment;
      const file = resolve(options.output);
      const plan = await runInit({
        file,
        force: options.force === true,
        source: parseDatabaseUrl(options.source, '--source', sourcePassword),
        target: parseDatabaseUrl(options.target, '--target', targetPassword),
        namespace: options.namespace,
        services: servicesOf(command, context),
      });
      if (globalOptions(command).json) context.say(JSON.stringify({ file, ...summaryOf(plan) }));
      else context.say(textOf(file, plan));
    });
}

/** Those of the local stack, if it has been started once; else the usual addresses. */
function servicesOf(command: Command, context: CliContext): Services {
  const stackConfig = join(stackFolder(globalOptions(command), context), 'counterfoil.yaml');
  if (!existsSync(stackConfig)) {
    if (command.getOptionValueSourceWithGlobals('stack') === 'cli')
      throw new CounterfoilError('CONFIGURATION_INVALID', `there is no ${stackConfig}`, {
        remedy: 'Run this where the stack was started, or leave --stack out to write the usual addresses.',
      });
    context.hint(
      `There is no local stack here (${stackConfig}): Kafka, Connect and registry get their usual addresses, and \`connect.plugin\` is false.`,
    );
    return {
      brokers: ['127.0.0.1:9092'],
      connectUrl: 'http://127.0.0.1:8083',
      plugin: false,
      registryUrl: 'http://127.0.0.1:8081/apis/ccompat/v7',
      converterUrl: undefined,
    };
  }
  const { kafka, connect, registry } = loadConfig(stackConfig);
  return {
    brokers: kafka.brokers,
    connectUrl: connect.url,
    plugin: connect.plugin,
    registryUrl: registry.url,
    converterUrl: registry.converterUrl,
  };
}

function summaryOf(plan: InitPlan) {
  const { tables, keyless, doubtful, noise, namespace } = plan;
  return { namespace, tables, keyless, doubtful, noise, scripts: initScripts(plan) };
}

function textOf(file: string, plan: InitPlan): string {
  const { tables, keyless, doubtful, noise } = plan;
  const scripts = initScripts(plan).flatMap(({ where, statements }) => [
    '',
    `-- On ${where}:`,
    ...statements,
  ]);
  return [
    `${file} is written: ${tables.length.toString()} tables; without a key${plan.services.plugin ? '' : ' and so excluded'}: ${keyless.length.toString()}; with types to look at: ${doubtful.length.toString()}; perhaps not worth it: ${noise.length.toString()}.`,
    '',
    'Next:',
    '1. Read the file, and put the addresses of your Kafka, Connect and registry into it.',
    '2. Run these statements, with passwords of your choice, and put the passwords into the environment variables that they name:',
    ...scripts,
    '',
    '3. counterfoil doctor             # says what else is missing, and how to mend it',
    '4. counterfoil connectors apply   # creates the topics and starts the capture',
    '5. counterfoil run                # and, beside it: counterfoil check',
  ].join('\n');
}
