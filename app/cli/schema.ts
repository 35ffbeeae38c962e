import type { Command } from 'commander';
import type { TableChange } from '../../schemas/contract/ports.ts';
import type { LogicalType } from '../../schemas/contract/table.ts';
import { routesOf, selectRoutes } from '../runtime/routes.ts';
import { planSchema } from '../runtime/schema-plan.ts';
import type { PlannedTable } from '../runtime/schema-plan.ts';
import { EXIT, configOf, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';

export function registerSchema(program: Command, context: CliContext): void {
  const schema = program.command('schema').description('source tables against target tables');
  schema
    .command('plan')
    .description(
      'what would be done to the target tables for the source tables as they are now; does nothing',
    )
    .argument('[routes...]', 'which; all of the configuration by default')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing is in the way, 1 a route would stop or a table is refused.',
    )
    .action(async (names: string[], _options: unknown, command: Command) => {
      const { config } = configOf(command, context);
      const planned: PlannedTable[] = [];
      for (const route of selectRoutes(await routesOf(config), names))
        planned.push(...(await planSchema(route, config)));
      if (globalOptions(command).json) context.say(JSON.stringify(planned));
      else for (const line of planned.flatMap(linesOf)) context.say(line);
      if (!globalOptions(command).json && planned.every(isUnchanged)) context.say('nothing to do');
      context.setExitCode(planned.some(isInTheWay) ? EXIT.failed : EXIT.ok);
    });
}

function isUnchanged({ changes, refused }: PlannedTable): boolean {
  return refused === null && changes.length === 0;
}

function isInTheWay({ changes, refused }: PlannedTable): boolean {
  return refused !== null || changes.some(({ action }) => action === 'stop');
}

function linesOf(table: PlannedTable): string[] {
  const { route, source, target, changes, refused } = table;
  const ends = `${route}: ${source}${target === null ? '' : ` → ${target}`}`;
  if (refused !== null) return [`${ends}: refused, ${refused.code}: ${refused.reason}`];
  return changes.map((change) => `${ends}: ${sentence(change)}`);
}

function sentence(change: TableChange): string {
  switch (change.kind) {
    case 'create':
      return 'create the table';
    case 'add':
      return `${VERBS[change.action]} the column ${change.column} (${typeText(change.type)})`;
    case 'widen':
      return `${change.action === 'evolve' ? 'widen' : VERBS[change.action]} ${change.column} from ${change.from} to ${typeText(change.type)}`;
    case 'retype':
      return `${change.action === 'evolve' ? 'change' : VERBS[change.action]} ${change.column} from ${change.from} to ${typeText(change.type)}, and read the rows again`;
    case 'drop':
      return `${change.action === 'ignore' ? 'keep' : VERBS[change.action]} the column ${change.column}, which the source does not have`;
  }
}

const VERBS = { evolve: 'add', ignore: 'leave out', stop: 'STOP at' } as const;

function typeText(type: LogicalType): string {
  if (type.kind === 'array') return `array of ${typeText(type.element)}`;
  const details = Object.entries(type).flatMap(([name, value]) =>
    name === 'kind' || name === 'values' ? [] : [`${name} ${String(value)}`],
  );
  return details.length === 0 ? type.kind : `${type.kind}, ${details.join(', ')}`;
}
