import { Option } from 'commander';
import type { Command } from 'commander';
import type { StoredLetter } from '../../schemas/contract/dead-letter.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { openLetters } from '../runtime/letters.ts';
import type { RouteLetters } from '../runtime/letters.ts';
import type { RedriveOutcome } from '../runtime/redrive.ts';
import { routeNamed, routesOf, selectRoutes } from '../runtime/routes.ts';
import { EXIT, configOf, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';
import { letterId, parseLetterId } from '../runtime/letter-id.ts';
import { untilSignal } from './signals.ts';
import { positiveInteger } from './stack.ts';
import { textTable } from '../text-table.ts';

const STATUSES = ['open', 'redriven', 'superseded', 'discarded', 'all'] as const;
type Status = (typeof STATUSES)[number];

interface Selection {
  readonly all?: boolean;
  readonly code?: string;
}

export function registerDlq(program: Command, context: CliContext): void {
  const dlq = program
    .command('dlq')
    .description('dead letters: records that were set aside, and those that wait behind them');
  registerList(dlq, context);
  registerShow(dlq, context);
  registerRedrive(dlq, context);
  registerDiscard(dlq, context);
}

function registerList(dlq: Command, context: CliContext): void {
  dlq
    .command('list')
    .description('list the dead letters')
    .argument('[routes...]', 'which; all of the configuration by default')
    .addOption(new Option('--status <status>', 'only those in this state').choices(STATUSES).default('open'))
    .option('--code <code>', 'only those with this error code')
    .option('--limit <number>', 'at most so many of each route', positiveInteger, 100)
    .action(
      async (
        names: string[],
        options: { status: Status; code?: string; limit: number },
        command: Command,
      ) => {
        const { config } = configOf(command, context);
        const found: StoredLetter[] = [];
        for (const route of selectRoutes(await routesOf(config), names)) {
          found.push(
            ...(await withLetters(openLetters(route, config), ({ ledger }) =>
              ledger.list(route.name, {
                limit: options.limit,
                ...(options.status === 'all' ? {} : { status: options.status }),
                ...(options.code === undefined ? {} : { code: options.code }),
              }),
            )),
          );
        }
        if (globalOptions(command).json) context.say(JSON.stringify(found.map(asJson)));
        else context.say(found.length === 0 ? 'no dead letters' : tableOf(found));
      },
    );
}

function registerShow(dlq: Command, context: CliContext): void {
  dlq
    .command('show')
    .description('show one dead letter')
    .argument('<route>')
    .argument('<id>', 'topic/partition@offset, as the list shows it')
    .option('--record', 'show the record itself as well: its bytes hold row values')
    .action(async (name: string, id: string, options: { record?: boolean }, command: Command) => {
      const { route, config } = await oneRoute(name, command, context);
      await withLetters(openLetters(route, config), async ({ ledger }) => {
        const at = parseLetterId(id);
        const [letter] = await ledger.list(name, at);
        if (letter === undefined) throw noSuchLetter(name, id);
        const record = await ledger.record(name, letter);
        const shown = {
          ...asJson(letter),
          keyBytes: record?.key?.length ?? null,
          valueBytes: record?.value?.length ?? null,
          ...(options.record === true
            ? {
                record: {
                  key: record?.key?.toString('base64') ?? null,
                  value: record?.value?.toString('base64') ?? null,
                },
              }
            : {}),
        };
        context.say(JSON.stringify(shown, null, globalOptions(command).json ? undefined : 2));
      });
    });
}

function registerRedrive(dlq: Command, context: CliContext): void {
  dlq
    .command('redrive')
    .description('take dead letters the way of live records again, those of one row in their order')
    .argument('<route>')
    .argument('[ids...]', 'topic/partition@offset, as the list shows it')
    .option('--all', 'all that are open')
    .option('--code <code>', 'all with this error code')
    .addHelpText('after', '\nExit codes: 0 all were redriven, 1 some failed again or still wait.')
    .action(async (name: string, ids: string[], options: Selection, command: Command) => {
      const wanted = selectorOf(ids, options);
      const { route, config } = await oneRoute(name, command, context);
      const counts = { redriven: 0, failed: 0, waiting: 0, gone: 0 };
      const json = globalOptions(command).json === true;
      await withLetters(openLetters(route, config), (letters) =>
        letters.redrive({
          by: context.environment.user,
          wanted,
          signal: untilSignal(),
          onOutcome: (letter, outcome) => {
            counts[outcome.kind] += 1;
            context.say(
              json
                ? JSON.stringify({ ...asJson(letter), outcome })
                : `${letterId(letter)}: ${sentence(outcome)}`,
            );
          },
        }),
      );
      context.hint(`${counts.redriven} redriven, ${counts.failed} failed, ${counts.waiting} waiting`);
      context.setExitCode(counts.failed + counts.waiting === 0 ? EXIT.ok : EXIT.failed);
    });
}

function registerDiscard(dlq: Command, context: CliContext): void {
  dlq
    .command('discard')
    .description(
      'give dead letters up, for a reason that is recorded; what waits behind them can be redriven',
    )
    .argument('<route>')
    .argument('[ids...]', 'topic/partition@offset, as the list shows it')
    .option('--all', 'all that are open')
    .option('--code <code>', 'all with this error code')
    .requiredOption('--reason <text>', 'why they are given up')
    .action(
      async (name: string, ids: string[], options: Selection & { reason: string }, command: Command) => {
        const wanted = selectorOf(ids, options);
        if (options.reason.trim() === '') throw usage('--reason is empty');
        const { route, config } = await oneRoute(name, command, context);
        let discarded = 0;
        await withLetters(openLetters(route, config), async ({ ledger }) => {
          for (const letter of await ledger.list(name, { status: 'open' }))
            if (wanted(letter) && (await ledger.discard(letter, context.environment.user, options.reason)))
              discarded += 1;
        });
        context.say(globalOptions(command).json ? JSON.stringify({ discarded }) : `${discarded} discarded`);
        if (discarded === 0 && ids.length > 0) throw noSuchLetter(name, ids.join(', '));
      },
    );
}

async function oneRoute(name: string, command: Command, context: CliContext) {
  const { config } = configOf(command, context);
  return { route: routeNamed(await routesOf(config), name), config };
}

async function withLetters<T>(
  opening: Promise<RouteLetters>,
  use: (letters: RouteLetters) => Promise<T>,
): Promise<T> {
  const letters = await opening;
  try {
    return await use(letters);
  } finally {
    await letters.close();
  }
}

function selectorOf(ids: readonly string[], { all, code }: Selection): (letter: StoredLetter) => boolean {
  if (ids.length === 0 && all !== true && code === undefined)
    throw usage('name the letters, or say --all or --code CODE');
  if (ids.length > 0 && (all === true || code !== undefined))
    throw usage('name letters, or say --all or --code CODE, not both');
  for (const id of ids) parseLetterId(id);
  const named = new Set(ids);
  return (letter) =>
    ids.length > 0 ? named.has(letterId(letter)) : code === undefined || letter.code === code;
}

function sentence(outcome: RedriveOutcome): string {
  switch (outcome.kind) {
    case 'redriven':
      return outcome.rows > 0
        ? `redriven, ${outcome.rows} rows written`
        : 'redriven, nothing to write: the target is as new';
    case 'failed':
      return `failed again: ${outcome.code} ${outcome.reason}${outcome.remedy === null ? '' : ` (${outcome.remedy})`}`;
    case 'waiting':
      return 'waits behind an earlier letter of its row';
    case 'gone':
      return 'was closed by somebody else';
  }
}

function asJson(letter: StoredLetter) {
  const time = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    id: letterId(letter),
    ...letter,
    offset: letter.offset.toString(),
    createdAt: time(letter.createdAt),
    closedAt: time(letter.closedAt),
  };
}

function tableOf(letters: readonly StoredLetter[]): string {
  const table = textTable(['route', 'id', 'code', 'status', 'since', 'reason']);
  for (const letter of letters)
    table.push([
      ...[letter.route, letterId(letter), letter.code, letter.status],
      ...[new Date(letter.createdAt).toISOString(), letter.closedReason ?? letter.reason],
    ]);
  return table.toString();
}

function noSuchLetter(route: string, id: string): CounterfoilError {
  return usage(`${route} has no such dead letter: ${id}`);
}

function usage(message: string): CounterfoilError {
  return new CounterfoilError('CONFIGURATION_INVALID', message);
}
