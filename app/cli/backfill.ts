import type { Command } from 'commander';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { tableIdOf, tableMatcher } from '../../schemas/contract/table-pattern.ts';
import type { Config } from '../config/schema.ts';
import {
  awaitBackfill,
  cancelBackfill,
  listBackfills,
  startBackfill,
  untilApplied,
  waitingRows,
} from '../runtime/backfill.ts';
import type { ShownBackfill } from '../runtime/backfill.ts';
import { routeNamed, routesOf } from '../runtime/routes.ts';
import { EXIT, configOf, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';
import { untilSignal } from './signals.ts';
import { textTable } from '../text-table.ts';

interface Where {
  readonly source?: string;
  readonly route?: string;
}

export function registerBackfill(program: Command, context: CliContext): void {
  const backfill = program
    .command('backfill')
    .description('read rows of a source table again while the stream runs');
  registerStart(backfill, context);
  registerStatus(backfill, context);
  registerCancel(backfill, context);
}

function registerStart(backfill: Command, context: CliContext): void {
  backfill
    .command('start', { isDefault: true })
    .description('read a table again, or those of its rows for which a condition holds')
    .argument('<table>', 'namespace.table, as the source names it')
    .option('--where <sql>', 'only these rows: what would stand behind WHERE in the SQL of the source')
    .option('--source <name>', 'the source; needed when several have the table')
    .option('-r, --route <name>', 'the source of this route')
    .option('--no-wait', 'return as soon as it is asked for')
    .addHelpText(
      'after',
      '\nIt goes on when this command ends, and after a restart of the connector.\nExit codes: 0 the rows are in the target (or it is under way, with --no-wait), 1 it failed or was cancelled, or rows of the table wait behind dead letters.',
    )
    .action(async (label: string, options: Where & { where?: string; wait: boolean }, command: Command) => {
      const { config } = configOf(command, context);
      const table = tableIdOf(label);
      const source = await chosenSource(config, options, label);
      const json = globalOptions(command).json === true;
      const id = await startBackfill(config, source, table, options.where ?? null);
      if (!json) context.say(`${id}: ${source} reads ${label} again`);
      if (!options.wait) {
        if (json) context.say(JSON.stringify({ id, source, table: label, state: 'asked' }));
        return;
      }
      const until = untilSignal();
      const end = await awaitBackfill(config, source, id, until, ({ chunks }) => {
        context.hint(`${id}: ${chunks} chunks read`);
      });
      const routes = (await routesOf(config)).filter(
        (route) => route.config.source === source && route.mapping.accepts(table),
      );
      const applied =
        end?.state === 'completed' && (await untilApplied(config, routes, source, table, until));
      const waiting = applied ? await waitingRows(config, routes, source, table) : 0;
      if (json) context.say(JSON.stringify({ ...end, id, source, table: label, applied, waiting }));
      else context.say(`${id}: ${sentence(end, routes.length, applied)}`);
      if (waiting > 0)
        context.hint(
          `${waiting} rows of ${label} wait behind dead letters, those that were read among them: see \`counterfoil dlq list\``,
        );
      context.setExitCode(applied && waiting === 0 ? EXIT.ok : EXIT.failed);
    });
}

function sentence(
  end: Pick<ShownBackfill, 'state' | 'rows' | 'reason'> | null,
  routes: number,
  applied: boolean,
): string {
  if (end === null) return 'goes on; see `counterfoil backfill status`';
  if (end.state !== 'completed') return `${end.state}${end.reason === null ? '' : `: ${end.reason}`}`;
  if (!applied) return `${end.rows} rows read; the routes have not applied them yet`;
  return `${end.rows} rows read, and applied by ${routes} route${routes === 1 ? '' : 's'}`;
}

function registerStatus(backfill: Command, context: CliContext): void {
  backfill
    .command('status')
    .description('the backfills that the connectors have told of')
    .option('--source <name>', 'only of this source')
    .action(async (options: Where, command: Command) => {
      const { config } = configOf(command, context);
      const found: ShownBackfill[] = [];
      for (const [name, source] of Object.entries(config.sources)) {
        if (source.signals === undefined || (options.source ?? name) !== name) continue;
        found.push(...(await listBackfills(config, name)));
      }
      if (globalOptions(command).json) context.say(JSON.stringify(found));
      else context.say(found.length === 0 ? 'no backfills' : tableOf(found));
    });
}

function registerCancel(backfill: Command, context: CliContext): void {
  backfill
    .command('cancel')
    .description('end the backfill of a source; what was read stays')
    .argument('<source>')
    .action(async (source: string, _options: unknown, command: Command) => {
      const { config } = configOf(command, context);
      const running = (await listBackfills(config, source)).find(({ state }) => state === 'running');
      if (running === undefined) {
        context.say(globalOptions(command).json ? '{"cancelled":null}' : `${source} runs no backfill`);
        return;
      }
      await cancelBackfill(config, source);
      const end = await awaitBackfill(config, source, running.id, untilSignal(), () => undefined);
      if (globalOptions(command).json) context.say(JSON.stringify({ ...end, cancelled: running.id }));
      else context.say(`${running.id}: ${end?.state ?? 'is asked to end'}`);
    });
}

/** The source that is named, or that of the route, or the one that captures the table. */
async function chosenSource(config: Config, { source, route }: Where, label: string): Promise<string> {
  if (source !== undefined) return source;
  if (route !== undefined) return routeNamed(await routesOf(config), route).config.source;
  const capturing = Object.entries(config.sources).filter(([, { include, exclude }]) =>
    tableMatcher(include, exclude)(tableIdOf(label)),
  );
  const [only] = capturing;
  if (only !== undefined && capturing.length === 1) return only[0];
  const names = capturing.map(([name]) => name).join(', ');
  throw new CounterfoilError(
    'CONFIGURATION_INVALID',
    only === undefined
      ? `no source captures ${label}`
      : `${label} is in several sources (${names}): name one with --source`,
  );
}

function tableOf(backfills: readonly ShownBackfill[]): string {
  const table = textTable(['source', 'id', 'tables', 'state', 'chunks', 'rows', 'since', 'until']);
  const time = (at: number) => new Date(at).toISOString();
  for (const { source, id, tables, state, reason, chunks, rows, startedAt, changedAt } of backfills)
    table.push([
      ...[source, id, tables.join(', '), reason === null ? state : `${state}: ${reason}`],
      ...[chunks, state === 'running' ? '…' : rows, time(startedAt), time(changedAt)],
    ]);
  return table.toString();
}
