import type { Command } from 'commander';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { offsetOf } from '../../schemas/contract/position.ts';
import { planReplay } from '../runtime/replay.ts';
import type { PartitionReplay, ReplayStart } from '../runtime/replay.ts';
import { routeNamed, routesOf } from '../runtime/routes.ts';
import { configOf, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';

export function registerReplay(program: Command, context: CliContext): void {
  program
    .command('replay')
    .description('have a route read records again: shows what, and does it with --yes')
    .argument('<route>')
    .requiredOption('--from <start>', 'beginning, an offset, or a time such as 2026-11-24T08:00:00Z')
    .option('-t, --topic <name...>', 'only these topics; all but the heartbeats by default')
    .option('--yes', 'do it')
    .addHelpText(
      'after',
      '\nRows that the target holds as new are left as they are. A running route notices within a second or so.',
    )
    .action(
      async (name: string, options: { from: string; topic?: string[]; yes?: boolean }, command: Command) => {
        const { config } = configOf(command, context);
        const route = routeNamed(await routesOf(config), name);
        const replay = await planReplay(config, route, startOf(options.from), options.topic);
        try {
          const doing = options.yes === true && replay.partitions.length > 0;
          if (doing) await replay.run();
          if (globalOptions(command).json)
            context.say(
              JSON.stringify({ route: name, done: doing, partitions: replay.partitions.map(asJson) }),
            );
          else {
            for (const partition of replay.partitions) context.say(lineOf(partition));
            context.say(
              replay.partitions.length === 0
                ? 'nothing to read again'
                : doing
                  ? 'done'
                  : 'nothing was changed: repeat with --yes',
            );
          }
        } finally {
          await replay.close();
        }
      },
    );
}

function startOf(text: string): ReplayStart {
  if (text === 'beginning') return { kind: 'beginning' };
  if (/^\d+$/.test(text)) return { kind: 'offset', offset: offsetOf(text) };
  const time = Date.parse(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(time)) return { kind: 'time', time };
  throw new CounterfoilError(
    'CONFIGURATION_INVALID',
    `--from is neither "beginning" nor an offset nor a time: ${text}`,
  );
}

function lineOf({ topic, partition, next, until, records, gone, sourceTime }: PartitionReplay): string {
  const end =
    sourceTime === null ? '' : `, up to what the source committed at ${new Date(sourceTime).toISOString()}`;
  const lost = gone === null ? '' : `; offsets ${gone.from} to ${gone.to} are no longer in Kafka`;
  return `${topic}/${partition}: offsets ${next} to ${until - 1n}, at most ${records} records${end}${lost}`;
}

function asJson({ next, until, records, gone, ...rest }: PartitionReplay) {
  return {
    ...rest,
    next: next.toString(),
    until: until.toString(),
    records: records.toString(),
    gone: gone === null ? null : { from: gone.from.toString(), to: gone.to.toString() },
  };
}
