import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { formatReport } from '../../monitoring/consistency/report.ts';
import type { Repair, RepairRow } from '../../schemas/contract/repair.ts';
import { approveRepair } from '../repair/approve.ts';
import { applyRepair } from '../repair/apply.ts';
import { planRepair } from '../repair/plan.ts';
import { repairNamed, withSession } from '../repair/session.ts';
import type { RepairSession } from '../repair/session.ts';
import { undoRepair } from '../repair/undo.ts';
import { createReach } from '../runtime/failpoint.ts';
import { routeNamed, routesOf, selectRoutes } from '../runtime/routes.ts';
import { withLedger } from '../runtime/sync/hand-order.ts';
import { textTable } from '../text-table.ts';
import { VERDICT_EXIT } from './check.ts';
import { configOf, EXIT, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';
import { untilSignal } from './signals.ts';
import { positiveInteger } from './stack.ts';

/** Rows of each table that a plan shows. */
const SHOWN = 20;

export function registerRepair(program: Command, context: CliContext): void {
  const repair = program
    .command('repair')
    .description('rows that are not what the source says: plan, approve, apply and undo their repair');
  registerPlan(repair, context);
  registerApply(repair, context);
  registerApprove(repair, context);
  registerUndo(repair, context);
  registerList(repair, context);
  registerShow(repair, context);
}

function registerPlan(repair: Command, context: CliContext): void {
  repair
    .command('plan')
    .description('check a route, and write down every row that differs and what would be done about it')
    .argument('<route>', 'which has to be running')
    .option('-t, --table <namespace.name...>', 'only these source or target tables')
    .option('--reason <text>', 'why, for the trail', notEmpty)
    .option('--limit <rows>', 'so many rows of a table at most', positiveInteger, 10_000)
    .option('--timeout <seconds>', 'how long nothing may happen', positiveInteger, 600)
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing differs, 1 a repair was planned, 2 no verdict was possible.',
    )
    .action(
      async (
        name: string,
        options: { table?: string[]; reason?: string; limit: number; timeout: number },
        command: Command,
      ) => {
        context.awaitVerdict();
        await inSession(name, options.timeout, command, context, async (session) => {
          const { report, repair: planned } = await planRepair(session, {
            ...{ tables: options.table, reason: options.reason ?? null, limit: options.limit },
          });
          const rows = planned === null ? [] : await session.sink.repairs.rows(planned);
          if (globalOptions(command).json)
            context.say(JSON.stringify({ report, repair: planned === null ? null : asJson(planned, rows) }));
          else {
            context.say(
              formatReport({ ...report, tables: report.tables.map((table) => ({ ...table, keys: [] })) }),
            );
            if (planned !== null) context.say(planText(planned, rows, SHOWN));
          }
          context.setExitCode(VERDICT_EXIT[report.verdict]);
        });
      },
    );
}

function registerApply(repair: Command, context: CliContext): void {
  addId(
    repair.command('apply').description('do what a repair says, and check its tables; may be given again'),
  )
    .option('--timeout <seconds>', 'how long nothing may happen', positiveInteger, 600)
    .addHelpText(
      'after',
      '\nExit codes: 0 its rows match, 1 some still differ, or it could not be done, 2 nothing can be said of some.',
    )
    .action(async (name: string, id: string, { timeout }: { timeout: number }, command: Command) => {
      await inSession(name, timeout, command, context, async (session) => {
        const { repair: applied, verdict } = await applyRepair(session, id);
        await sayRepair(session, applied, SHOWN, command, context);
        context.setExitCode(VERDICT_EXIT[verdict]);
      });
    });
}

function registerApprove(repair: Command, context: CliContext): void {
  addId(repair.command('approve').description('agree to a repair that somebody else has planned')).action(
    async (name: string, id: string, _options: unknown, command: Command) => {
      const { config } = configOf(command, context);
      const route = routeNamed(await routesOf(config), name);
      const approved = await withLedger(config, route, (sink) =>
        approveRepair({ route, sink, by: context.environment.user }, id),
      );
      context.say(globalOptions(command).json ? JSON.stringify(repairJson(approved)) : headText(approved));
    },
  );
}

function registerUndo(repair: Command, context: CliContext): void {
  addId(repair.command('undo').description('make rows what they were before a repair; may be given again'))
    .option('--timeout <seconds>', 'how long nothing may happen', positiveInteger, 600)
    .addHelpText('after', '\nExit codes: 0 all are as they were, 1 some have changed since, and stay.')
    .action(async (name: string, id: string, { timeout }: { timeout: number }, command: Command) => {
      await inSession(name, timeout, command, context, async (session) => {
        const undone = await undoRepair(session, id);
        await sayRepair(session, undone, SHOWN, command, context);
        context.setExitCode(undone.explanation === null ? EXIT.ok : EXIT.failed);
      });
    });
}

function registerList(repair: Command, context: CliContext): void {
  repair
    .command('list')
    .description('the repairs of the routes, the newest first')
    .argument('[routes...]', 'which; all of the configuration by default')
    .option('--limit <number>', 'at most so many of each', positiveInteger, 20)
    .action(async (names: string[], { limit }: { limit: number }, command: Command) => {
      const { config } = configOf(command, context);
      const found: Repair[] = [];
      for (const route of selectRoutes(await routesOf(config), names))
        found.push(
          ...(await withLedger(config, route, ({ repairs }) => repairs.list(route.name, { limit }))),
        );
      if (globalOptions(command).json) context.say(JSON.stringify(found.map(repairJson)));
      else context.say(found.length === 0 ? 'no repairs' : tableOf(found));
    });
}

function registerShow(repair: Command, context: CliContext): void {
  addId(repair.command('show').description('everything about a repair but the values of its rows')).action(
    async (name: string, id: string, _options: unknown, command: Command) => {
      const { config } = configOf(command, context);
      const route = routeNamed(await routesOf(config), name);
      await withLedger(config, route, async (sink) => {
        await sayRepair({ sink }, await repairNamed({ route, sink }, id), Infinity, command, context);
      });
    },
  );
}

function addId(command: Command): Command {
  return command.argument('<route>').argument('<id>', 'as the list shows it');
}

async function inSession(
  name: string,
  timeoutSeconds: number,
  command: Command,
  context: CliContext,
  use: (session: RepairSession) => Promise<void>,
): Promise<void> {
  const { config } = configOf(command, context);
  const route = routeNamed(await routesOf(config), name);
  const options = {
    ...{ config, by: context.environment.user, timeoutSeconds, signal: untilSignal() },
    ...{ onProgress: context.hint, reach: createReach(context.environment.killAt) },
  };
  await withSession(route, options, use);
}

async function sayRepair(
  { sink }: Pick<RepairSession, 'sink'>,
  repair: Repair,
  shown: number,
  command: Command,
  context: CliContext,
): Promise<void> {
  const rows = await sink.repairs.rows(repair);
  context.say(
    globalOptions(command).json ? JSON.stringify(asJson(repair, rows)) : planText(repair, rows, shown),
  );
}

function notEmpty(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('is empty');
  return text;
}

const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());

function repairJson(repair: Repair) {
  const { plannedAt, approvedAt, appliedAt, undoneAt } = repair;
  return {
    ...repair,
    ...{ plannedAt: iso(plannedAt), approvedAt: iso(approvedAt) },
    ...{ appliedAt: iso(appliedAt), undoneAt: iso(undoneAt) },
  };
}

/** Without the before-images: they are row values. */
function asJson(repair: Repair, rows: readonly RepairRow[]) {
  return {
    ...repairJson(repair),
    rows: rows.map(({ number, table, key, kind, columns, action, state, explanation, planned, left }) => ({
      ...{ number, table, key, kind, columns, action, state, explanation },
      ...{ plannedVersion: planned.version, leftVersion: left.version },
    })),
  };
}

function tableOf(repairs: readonly Repair[]): string {
  const table = textTable(['route', 'id', 'state', 'planned', 'by', 'approved by', 'applied by', 'reason']);
  for (const each of repairs)
    table.push([
      ...[each.route, each.id, each.state, iso(each.plannedAt) ?? '', each.plannedBy],
      ...[each.approvedBy ?? '', each.appliedBy ?? '', each.reason ?? ''],
    ]);
  return table.toString();
}

function headText({ route, id, state, explanation, plannedBy, approvedBy, reason }: Repair): string {
  const parts = [
    `planned by ${plannedBy}`,
    ...(approvedBy === null ? [] : [`approved by ${approvedBy}`]),
    ...(reason === null ? [] : [reason]),
  ];
  return `${route} ${id}: ${state}${explanation === null ? '' : `: ${explanation}`} (${parts.join('; ')})`;
}

function planText(repair: Repair, rows: readonly RepairRow[], shown: number): string {
  const lines = [headText(repair)];
  for (const table of new Set(rows.map((row) => row.table))) {
    const mine = rows.filter((row) => row.table === table);
    const counts = (['missing', 'extra', 'different'] as const)
      .map((kind) => [mine.filter((row) => row.kind === kind).length, kind] as const)
      .filter(([count]) => count > 0)
      .map(([count, kind]) => `${count.toString()} ${kind}`);
    lines.push(`  ${table}: ${counts.join(', ')}`);
    for (const row of mine.slice(0, shown)) lines.push(`    ${rowText(row)}`);
    if (mine.length > shown)
      lines.push(
        `    and ${(mine.length - shown).toString()} more: counterfoil repair show ${repair.route} ${repair.id}`,
      );
  }
  return lines.join('\n');
}

const DOES = { 'read-again': 'read again', delete: 'delete' } as const;
const DONE = { 'read-again': 'read again', delete: 'deleted' } as const;

function rowText({ kind, key, columns, action, state, explanation }: RepairRow): string {
  const what = `${kind} ${key}${columns.length === 0 ? '' : ` in ${columns.join(', ')}`}`;
  const because = explanation === null ? '' : `: ${explanation}`;
  switch (state) {
    case 'planned':
    case 'kept':
      return `${what}: ${DOES[action]}`;
    case 'written':
      return `${what}: ${DONE[action]}${because}`;
    case 'left':
      return `${what}: left alone${because}`;
    case 'restored':
      return `${what}: as before the repair`;
  }
}
