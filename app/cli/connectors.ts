import type { Command } from 'commander';
import { applyConnectors } from '../../connectors/debezium/connector-apply.ts';
import { diffConnectors, formatPlan, isEmptyPlan } from '../../connectors/debezium/connector-plan.ts';
import { connectorStatus, formatStatus } from '../../connectors/debezium/connector-status.ts';
import { renderConnector } from '../../connectors/debezium/render.ts';
import { maskedConfig } from '../../connectors/debezium/secret.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { captureSources } from '../runtime/capture.ts';
import { connectOf } from '../runtime/connect.ts';
import { provisionSourceTopics } from '../runtime/provision.ts';
import { resnapshot } from '../runtime/resnapshot.ts';
import { EXIT, configOf, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';

export function registerConnectors(program: Command, context: CliContext): void {
  const connectors = program
    .command('connectors')
    .description('the Debezium connectors of the configured sources');

  connectors
    .command('render')
    .description('print the connectors as they should be, passwords masked')
    .action((_options: unknown, command: Command) => {
      const { config } = configOf(command, context);
      const rendered = captureSources(config).map(renderConnector);
      const masked = rendered.map((definition) => ({
        name: definition.name,
        config: maskedConfig(definition.config),
      }));
      context.say(JSON.stringify(masked, null, globalOptions(command).json ? 0 : 2));
    });

  connectors
    .command('diff')
    .description('show how Connect differs from the configuration; exit code 1 when it does')
    .action(async (_options: unknown, command: Command) => {
      const { plan } = await plannedConnectors(command, context);
      context.say(globalOptions(command).json ? JSON.stringify(plan) : formatPlan(plan));
      if (!isEmptyPlan(plan)) context.setExitCode(EXIT.failed);
    });

  connectors
    .command('apply')
    .description(
      'create the topics that are missing and bring Connect to what the configuration says; shows the difference first',
    )
    .option('--remove', 'also delete connectors of ours that are in no configuration any more')
    .option('--dry-run', 'show the difference only')
    .action(async (options: { remove?: boolean; dryRun?: boolean }, command: Command) => {
      const { json } = globalOptions(command);
      const { client, config, desired, plan } = await plannedConnectors(command, context);
      if (!json) context.say(formatPlan(plan));
      if (options.dryRun) return;
      const topics = await provisionSourceTopics(config);
      const applied = await applyConnectors(client, plan, desired, { remove: options.remove === true });
      if (json) context.say(JSON.stringify({ plan, topics, applied }));
      else {
        for (const { topic, setting, wanted, found, why } of topics.differences) {
          context.say(`topic ${topic}: ${setting} is ${found}, should be ${wanted}; left as it is (${why})`);
        }
        context.say(
          `${topics.created.length} topics created; connectors: ${applied.put.length} applied, ${applied.unchanged.length} unchanged, ${applied.removed.length} removed`,
        );
      }
    });

  connectors
    .command('status')
    .description('what Connect says of them; exit code 1 when one is not running')
    .action(async (_options: unknown, command: Command) => {
      const { config } = configOf(command, context);
      const client = connectOf(config);
      const states = await connectorStatus(client, Object.keys(config.sources));
      context.say(globalOptions(command).json ? JSON.stringify(states) : formatStatus(states));
      if (!states.every(({ health }) => health === 'running')) context.setExitCode(EXIT.failed);
    });

  connectors
    .command('resnapshot')
    .description(
      'have a connector begin anew after its position was lost: it reads all rows again, then the log from there',
    )
    .argument('<source>')
    .option('--yes', 'do it: all rows of its tables are read')
    .action(async (source: string, options: { yes?: boolean }, command: Command) => {
      const { config } = configOf(command, context);
      if (options.yes !== true)
        throw new CounterfoilError(
          'CONFIGURATION_INVALID',
          `all captured tables of ${source} would be read from the beginning`,
          { remedy: 'Repeat with --yes.' },
        );
      await resnapshot(config, source);
      context.say(`${source}: begins with a new snapshot`);
    });

  connectors
    .command('restart')
    .description('restart connectors and their failed tasks; what runs goes on running')
    .argument('[names...]', 'which; all of the configuration by default')
    .option('--all', 'restart what runs as well')
    .action(async (names: string[], options: { all?: boolean }, command: Command) => {
      const { config } = configOf(command, context);
      const client = connectOf(config);
      for (const name of names.length > 0 ? names : Object.keys(config.sources)) {
        await client.restart(name, options.all ? 'all' : 'failed');
        context.say(`${name}: restart requested`);
      }
    });
}

async function plannedConnectors(command: Command, context: CliContext) {
  const { config } = configOf(command, context);
  const client = connectOf(config);
  const desired = captureSources(config).map(renderConnector);
  return { client, config, desired, plan: diffConnectors(await client.connectors(), desired) };
}
