import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { formatReport, worstVerdict } from '../../monitoring/consistency/report.ts';
import { versionText } from '../../monitoring/consistency/source-position.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { isOpen } from '../../schemas/contract/sync-run.ts';
import type { SyncRun } from '../../schemas/contract/sync-run.ts';
import type { Verdict } from '../../schemas/contract/telemetry.ts';
import type { Config } from '../config/schema.ts';
import { runNow, syncRows } from '../runtime/sync/by-hand.ts';
import { withLedger } from '../runtime/sync/hand-order.ts';
import type { HandRun } from '../runtime/sync/hand-order.ts';
import { chosenRows } from '../runtime/sync/chosen-rows.ts';
import type { Choice } from '../runtime/sync/chosen-rows.ts';
import { routeNamed, routesOf, selectRoutes } from '../runtime/routes.ts';
import type { Route } from '../runtime/routes.ts';
import { textTable } from '../text-table.ts';
import { VERDICT_EXIT } from './check.ts';
import { configOf, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';
import { untilSignal } from './signals.ts';
import { positiveInteger } from './stack.ts';

interface RunOptions extends Omit<Choice, 'route'> {
  readonly reason?: string;
  readonly timeout: number;
}

export function registerSync(program: Command, context: CliContext): void {
  const sync = program
    .command('sync')
    .description(
      'runs of routes: start one by hand, correct rows, and see what was run when, by whom, with what result',
    );
  registerRun(sync, context);
  registerList(sync, context);
  registerShow(sync, context);
}

function registerRun(sync: Command, context: CliContext): void {
  sync
    .command('run', { isDefault: true })
    .description('have a route with a schedule run now, or have rows read again, applied and checked')
    .argument(
      '[route]',
      'a route with a schedule; with --entity or --table: only this route of those that carry it',
    )
    .option('--entity <name>', 'the rows of an entity')
    .option('--table <namespace.name>', 'the rows of a source table')
    .option('--where <sql>', 'only these rows: what would stand behind WHERE in the SQL of the source')
    .option('--now', 'bring routes with a schedule up to now, too')
    .option('--reason <text>', 'why, for the trail', notEmpty)
    .option('--timeout <seconds>', 'how long nothing may happen', positiveInteger, 600)
    .addHelpText(
      'after',
      `
A process that runs the routes does the work; this command orders it and waits. When it is ended, rows that are being read
are given up, and so is a run that no process has begun; one that has begun goes on.
Exit codes: 0 match, 1 mismatch, or it could not be done, 2 no verdict was possible, or no process has run the route.`,
    )
    .action(async (route: string | undefined, options: RunOptions, command: Command) => {
      const { config } = configOf(command, context);
      const chosen = await chosenRows({ ...options, route }, await routesOf(config), config);
      const by = {
        config,
        by: context.environment.user,
        reason: options.reason ?? null,
        timeoutSeconds: options.timeout,
        signal: untilSignal(),
        onProgress: context.hint,
      };
      const done = chosen.kind === 'route' ? [await runNow(chosen.route, by)] : await syncRows(chosen, by);
      if (globalOptions(command).json)
        context.say(JSON.stringify(done.map(({ run, report }) => ({ ...asJson(run, config), report }))));
      else for (const each of done) context.say(textOf(each, config));
      context.setExitCode(VERDICT_EXIT[worstVerdict(done.map(({ run }) => verdictOf(run)))]);
    });
}

function registerList(sync: Command, context: CliContext): void {
  sync
    .command('list')
    .description('the runs of the routes, the newest first, and the one that is planned')
    .argument('[routes...]', 'which; all of the configuration by default')
    .option('--limit <number>', 'at most so many of each', positiveInteger, 20)
    .action(async (names: string[], options: { limit: number }, command: Command) => {
      const { config } = configOf(command, context);
      const found: SyncRun[] = [];
      for (const route of selectRoutes(await routesOf(config), names))
        found.push(
          ...(await withLedger(config, route, ({ runs }) => runs.list(route.name, { limit: options.limit }))),
        );
      if (globalOptions(command).json) context.say(JSON.stringify(found.map((run) => asJson(run, config))));
      else context.say(found.length === 0 ? 'no runs' : tableOf(found));
    });
}

function registerShow(sync: Command, context: CliContext): void {
  sync
    .command('show')
    .description('everything about one run; its condition may hold row values')
    .argument('<route>')
    .argument('<id>', 'as the list shows it')
    .action(async (name: string, id: string, _options: unknown, command: Command) => {
      const { config } = configOf(command, context);
      const route: Route = routeNamed(await routesOf(config), name);
      const [run] = await withLedger(config, route, ({ runs }) => runs.list(name, { id, limit: 1 }));
      if (run === undefined)
        throw new CounterfoilError('CONFIGURATION_INVALID', `${name} has no run "${id}"`, {
          remedy: 'See `counterfoil sync list`.',
        });
      context.say(JSON.stringify(asJson(run, config), null, globalOptions(command).json ? undefined : 2));
    });
}

/** What is complete and cannot be compared leaves nothing to be said. */
function verdictOf({ verdict, state }: SyncRun): Verdict {
  return verdict ?? (state === 'completed' ? 'match' : 'inconclusive');
}

function notEmpty(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('is empty');
  return text;
}

const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());

/** A run that somebody led by a command, and that this command left behind without a word. */
function stateOf({ state, attended }: SyncRun): string {
  return state === 'reading' && !attended ? 'abandoned' : state;
}

function asJson(run: SyncRun, { routes, sources }: Config) {
  const source = routes.find(({ name }) => name === run.route)?.source ?? '';
  const kind = sources[source]?.kind === 'postgresql' ? 'wal' : 'binlog';
  return {
    ...run,
    state: stateOf(run),
    ...{ dueAt: iso(run.dueAt), missedSince: iso(run.missedSince), orderedAt: iso(run.orderedAt) },
    ...{ startedAt: iso(run.startedAt), finishedAt: iso(run.finishedAt) },
    cutOff:
      run.cutOff === null
        ? null
        : { position: versionText(kind, run.cutOff.version), time: iso(run.cutOff.time) },
  };
}

function tableOf(runs: readonly SyncRun[]): string {
  const table = textTable([
    'route',
    'id',
    'mode',
    'state',
    'moment',
    'events',
    'verdict',
    'ordered by',
    'what',
  ]);
  for (const run of runs)
    table.push([
      ...[run.route, run.id, run.mode, stateOf(run), iso(run.dueAt) ?? '', eventsText(run)],
      ...[run.verdict ?? '', run.orderedBy, run.rows?.table ?? 'the route'],
    ]);
  return table.toString();
}

function eventsText({ outcomes, rowsRead }: SyncRun): string {
  const parts = Object.entries(outcomes).filter(([name, count]) => count > 0 && name !== 'filtered');
  const counts = parts.map(([name, count]) => `${count.toString()} ${name}`);
  return [...(rowsRead === null ? [] : [`${rowsRead.toString()} rows read`]), ...counts].join(', ');
}

function textOf({ run, report }: HandRun, config: Config): string {
  const { cutOff } = asJson(run, config);
  const lines = [
    `${run.route} ${run.id}: ${run.verdict ?? run.state}${run.explanation === null ? '' : `: ${run.explanation}`}`,
  ];
  if (cutOff !== null) lines.push(`  cut off at ${cutOff.position}, ${cutOff.time ?? ''}`);
  const events = eventsText(run);
  if (events !== '') lines.push(`  ${events}`);
  if (report !== null) lines.push(formatReport(report).replaceAll(/^/gm, '  '));
  if (isOpen(run.state)) lines.push(`  it goes on; see \`counterfoil sync show ${run.route} ${run.id}\``);
  return lines.join('\n');
}
