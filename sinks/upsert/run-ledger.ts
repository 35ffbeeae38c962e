import type { RunId, RunLedger } from '../../schemas/contract/sync-run.ts';
import type { RunTable, TargetDatabase } from './database.ts';
import { inTransaction } from './transaction.ts';

/** The runs of a target. */
export function createRunLedger(database: TargetDatabase): RunLedger {
  const asking = <T>(ask: (runs: RunTable) => Promise<T>): Promise<T> =>
    inTransaction(database, ({ runs }) => ask(runs));

  /** Of a run that is nobody's yet. */
  const whileUntouched = (run: RunId, doing: (runs: RunTable) => Promise<void>): Promise<boolean> =>
    asking(async (runs) => {
      const [found] = (await runs.lockOpen(run.route)).filter(({ id }) => id === run.id);
      if (found?.state !== 'ordered' || found.worker !== null) return false;
      await doing(runs);
      return true;
    });

  return {
    order: (order, after = null) =>
      asking(async (runs) => {
        if (after !== null) {
          // All who know the same latest run wait for each other here.
          await runs.lock(after);
          const [latest] = await runs.list(order.route, { mode: 'scheduled', limit: 1 });
          if (latest?.id !== after.id) return false;
        }
        return runs.insert(order);
      }),
    take: (route, worker, now, seconds) =>
      asking(async (runs) => {
        const open = (await runs.lockOpen(route)).filter(({ state }) => state !== 'reading');
        if (open.some((run) => run.attended && run.worker !== worker)) return null;
        const due = open.find(({ dueAt }) => dueAt <= now);
        if (due === undefined) return null;
        await runs.update(due, { state: due.state === 'ordered' ? 'applying' : due.state });
        await runs.lend(due, worker, seconds);
        const [taken] = await runs.list(route, { id: due.id, limit: 1 });
        return taken ?? null;
      }),
    keep: (run, worker, seconds) =>
      asking(async (runs) => {
        const [found] = (await runs.lockOpen(run.route)).filter(({ id }) => id === run.id);
        if (found === undefined || (found.worker !== null && found.worker !== worker)) return false;
        await runs.lend(run, worker, seconds);
        return true;
      }),
    change: (run, worker, change, release) =>
      asking(async (runs) => {
        const [found] = (await runs.lockOpen(run.route)).filter(({ id }) => id === run.id);
        if (found === undefined || found.worker !== worker) return false;
        if (Object.keys(change).length > 0) await runs.update(run, change);
        if (release !== undefined) await runs.lend(run, null, 0);
        return true;
      }),
    withdraw: (run, state, explanation) =>
      whileUntouched(run, (runs) => runs.update(run, { state, explanation })),
    unplan: async (run) => {
      await whileUntouched(run, (runs) => runs.remove(run));
    },
    list: (route, filter) => asking((runs) => runs.list(route, filter)),
  };
}
