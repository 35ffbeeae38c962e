import { CounterfoilError } from '../../../schemas/contract/errors.ts';
import { tableLabel } from '../../../schemas/contract/table.ts';
import type { TableId } from '../../../schemas/contract/table.ts';
import { awaitBackfill, cancelBackfill, newBackfillId, sourceOf, startBackfill } from '../backfill.ts';
import { assertReadableAgain } from '../backfill-table.ts';
import type { Route } from '../routes.ts';
import type { Chosen } from './chosen-rows.ts';
import { momentOf, orderOf, untilOver, withLedger } from './hand-order.ts';
import type { HandOptions, HandRun } from './hand-order.ts';
import { LedRun } from './led-run.ts';

/** Has a route with a schedule run now, by the process that runs it, and waits for it. */
export async function runNow(route: Route, options: HandOptions): Promise<HandRun> {
  return withLedger(options.config, route, async (sink) => {
    const run = { route: route.name, id: newBackfillId() };
    await sink.runs.order(
      orderOf(run, options, { state: 'ordered', dueAt: await momentOf(options.config, route) }),
    );
    options.onProgress(`${run.id}: ordered`);
    return untilOver(run, sink, options);
  });
}

/**
 * Has source rows read again, waits until their routes have applied them, and checks exactly these rows. Each route's target
 * keeps a run of the same id. Throws CONFIGURATION_INVALID before anything is ordered for what cannot be read again.
 */
export async function syncRows(
  { routes, source, table, where }: Extract<Chosen, { kind: 'rows' }>,
  options: HandOptions,
): Promise<readonly HandRun[]> {
  const { config } = options;
  await assertReadableAgain(source, sourceOf(config, source), table, where);
  const id = newBackfillId();
  const rows = { table: tableLabel(table), where };
  const led: LedRun[] = [];
  try {
    for (const route of routes) led.push(await LedRun.begin(route, { route: route.name, id }, rows, options));
    const names = led.map(({ name }) => name);
    const rowsRead = await readAgain(source, table, where, id, names, options);
    const done: HandRun[] = [];
    for (const each of led) done.push(await each.finish(source, table, rowsRead));
    return done;
  } catch (error) {
    const state = options.signal.aborted ? 'cancelled' : 'failed';
    const explanation = options.signal.aborted ? 'the command was ended' : (error as Error).message;
    for (const each of led) await each.give(state, explanation);
    throw error;
  } finally {
    await Promise.allSettled(led.map((each) => each.close()));
  }
}

/** Has the connector read rows again; the progress names the routes. Resolves with how many rows were read. */
export async function readAgain(
  source: string,
  table: TableId,
  where: string | null,
  id: string,
  routes: readonly string[],
  { config, signal, timeoutSeconds, onProgress }: Omit<HandOptions, 'by' | 'reason'>,
): Promise<number> {
  await startBackfill(config, source, table, where, id);
  onProgress(`${id}: ${source} reads ${tableLabel(table)} again, for ${routes.join(', ')}`);
  const silence = new AbortController();
  const patience = setTimeout(() => {
    silence.abort();
  }, timeoutSeconds * 1_000);
  const end = await awaitBackfill(
    config,
    source,
    id,
    AbortSignal.any([signal, silence.signal]),
    ({ chunks }) => {
      patience.refresh();
      onProgress(`${id}: ${chunks.toString()} chunks read`);
    },
  ).finally(() => {
    clearTimeout(patience);
  });
  if (end === null) await cancelBackfill(config, source);
  signal.throwIfAborted();
  if (end === null)
    throw new CounterfoilError(
      'SOURCE_UNAVAILABLE',
      `the connector of ${source} has read nothing for ${timeoutSeconds.toString()} s`,
      { remedy: 'Is it running? `counterfoil connectors status`' },
    );
  if (end.state === 'completed') return end.rows;
  throw new CounterfoilError(
    'SOURCE_UNAVAILABLE',
    `the rows were not read: ${end.state}${end.reason === null ? '' : `, ${end.reason}`}`,
  );
}
