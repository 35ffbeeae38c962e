import type { Command } from 'commander';
import { transactionTopic } from '../../connectors/debezium/topic-names.ts';
import { worstVerdict } from '../../monitoring/consistency/report.ts';
import type { AccountLedger } from '../../schemas/contract/accounting.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Sink } from '../../schemas/contract/ports.ts';
import { accountLines, accountReport } from '../accounting/account-report.ts';
import type { AccountReport } from '../accounting/account-report.ts';
import type { Config } from '../config/schema.ts';
import { routeNamed, routesOf, selectRoutes } from '../runtime/routes.ts';
import type { Route } from '../runtime/routes.ts';
import { createSink } from '../runtime/targets.ts';
import { VERDICT_EXIT } from './check.ts';
import { configOf, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';
import { positiveInteger } from './stack.ts';

const HOUR_MS = 3_600_000;
/** More than a restart takes, and more than two clocks should disagree. */
const BEHIND_MS = 120_000;

export function registerAccounting(program: Command, context: CliContext): void {
  const accounting = program
    .command('accounting')
    .description('source transactions: whether each of their events has come, and what became of it');

  accounting
    .command('show', { isDefault: true })
    .description('show how the accounts of routes stand')
    .argument('[routes...]', 'which; all of the configuration by default')
    .option(
      '--hours <number>',
      'transactions that the source committed within so many hours',
      positiveInteger,
      24,
    )
    .option('--settled', 'transactions that somebody has looked into as well')
    .addHelpText(
      'after',
      '\nExit codes: 0 every transaction is balanced, 1 events are missing, 2 it cannot be told.',
    )
    .action(async (names: string[], options: { hours: number; settled?: boolean }, command: Command) => {
      context.awaitVerdict();
      const { config } = configOf(command, context);
      const from = Math.floor(Date.now() / HOUR_MS - options.hours) * HOUR_MS;
      const reports: AccountReport[] = [];
      for (const route of selectRoutes(await routesOf(config), names)) {
        if (!route.accounted) {
          context.hint(`${route.name}: not counted: ${reasonOf(route)}`);
          continue;
        }
        reports.push(
          await withAccounts(route, config, async (accounts, sink) =>
            accountReport(
              { name: route.name, accounts, letters: sink.letters, told: await toldUpTo(route, sink) },
              { from, settled: options.settled === true, behindBefore: behindBefore(route) },
            ),
          ),
        );
      }
      if (globalOptions(command).json) context.say(JSON.stringify(reports));
      else for (const line of reports.flatMap(accountLines)) context.say(line);
      context.setExitCode(VERDICT_EXIT[worstVerdict(reports.map(({ verdict }) => verdict))]);
    });

  accounting
    .command('settle')
    .description('say that somebody has looked into a transaction that is not balanced, and what came of it')
    .argument('<route>')
    .argument('<transaction>', 'as `counterfoil accounting` names it')
    .requiredOption('--reason <text>', 'what came of it')
    .action(async (name: string, transaction: string, options: { reason: string }, command: Command) => {
      const { config } = configOf(command, context);
      const route = routeNamed(await routesOf(config), name);
      if (options.reason.trim() === '') throw usage('--reason is empty');
      const settled = await withAccounts(route, config, (accounts) =>
        accounts.settle(name, transaction, context.environment.user, options.reason),
      );
      if (!settled) throw usage(`${name} has no unbalanced transaction ${transaction} that is not settled`);
      context.say(globalOptions(command).json ? JSON.stringify({ route: name, transaction }) : 'settled');
    });
}

/** When the newest transaction was committed whose end the route has read; null when it has read none. */
async function toldUpTo({ name, config }: Route, sink: Sink): Promise<number | null> {
  const topic = transactionTopic(config.source);
  const times = (await sink.positions(name))
    .filter((position) => position.topic === topic)
    .flatMap(({ sourceTime }) => sourceTime ?? []);
  return times.length === 0 ? null : Math.max(...times);
}

/** Routes that rest between runs may be behind. */
function behindBefore({ config }: Route): number {
  return config.sync.mode === 'realtime' ? Date.now() - BEHIND_MS : Number.NEGATIVE_INFINITY;
}

function reasonOf({ config }: Route): string {
  return config.accounting ? `${config.target} is sent messages` : '`accounting: false`';
}

async function withAccounts<T>(
  route: Route,
  config: Config,
  use: (accounts: AccountLedger, sink: Sink) => Promise<T>,
): Promise<T> {
  const sink = await createSink(config, route.config.target, { poolSize: 1 });
  try {
    if (sink.accounts === null) throw usage(`route ${route.name} keeps no accounts: ${reasonOf(route)}`);
    await sink.prepare();
    return await use(sink.accounts, sink);
  } finally {
    await sink.close();
  }
}

function usage(message: string): CounterfoilError {
  return new CounterfoilError('CONFIGURATION_INVALID', message);
}
