import { isOpen } from '../../../../schemas/contract/sync-run.ts';
import type {
  RunChange,
  RunFilter,
  RunId,
  RunLedger,
  RunOrder,
  SyncRun,
} from '../../../../schemas/contract/sync-run.ts';

const NONE = { applied: 0, superseded: 0, duplicate: 0, filtered: 0, 'dead-lettered': 0, parked: 0 };

/** A ledger of runs without a database; what real ones do is in test/contract/sink/runs.ts. Each call is a transaction. */
export class MemoryRuns implements RunLedger {
  /** The clock of the target. */
  now = 0;
  /** How often each run was ended. */
  readonly endings = new Map<string, number>();
  readonly #runs = new Map<string, { run: SyncRun; leaseUntil: number }>();

  order({ state, ...order }: RunOrder, after: RunId | null = null): Promise<boolean> {
    if (this.#runs.has(order.id)) return Promise.resolve(false);
    if (after !== null && this.#sorted(order.route, 'scheduled')[0]?.id !== after.id)
      return Promise.resolve(false);
    const run: SyncRun = {
      ...{ ...order, state, orderedAt: this.now, cutOff: null, startedAt: null, finishedAt: null },
      ...{ outcomes: NONE, rowsRead: null, verdict: null, explanation: null, worker: null, attended: false },
    };
    this.#runs.set(order.id, { run, leaseUntil: 0 });
    return Promise.resolve(true);
  }

  take(route: string, worker: string, now: number, seconds: number): Promise<SyncRun | null> {
    const open = this.#sorted(route)
      .reverse()
      .filter(({ state }) => isOpen(state) && state !== 'reading');
    if (open.some((run) => run.attended && run.worker !== worker)) return Promise.resolve(null);
    const due = open.find(({ dueAt }) => dueAt <= now);
    if (due === undefined) return Promise.resolve(null);
    this.#set(due, { ...due, worker, state: due.state === 'ordered' ? 'applying' : due.state }, seconds);
    return Promise.resolve(this.#get(due) ?? null);
  }

  keep(id: RunId, worker: string, seconds: number): Promise<boolean> {
    const run = this.#get(id);
    if (run === undefined || !isOpen(run.state) || (run.worker !== null && run.worker !== worker))
      return Promise.resolve(false);
    this.#set(id, { ...run, worker }, seconds);
    return Promise.resolve(true);
  }

  change(id: RunId, worker: string, change: RunChange, release?: 'release'): Promise<boolean> {
    const run = this.#get(id);
    if (run === undefined || !isOpen(run.state) || run.worker !== worker) return Promise.resolve(false);
    const next = { ...run, ...change };
    if (!isOpen(next.state)) this.endings.set(run.id, (this.endings.get(run.id) ?? 0) + 1);
    this.#runs.get(id.id)!.run = release === undefined ? next : { ...next, worker: null };
    return Promise.resolve(true);
  }

  withdraw(id: RunId, state: 'missed' | 'cancelled', explanation: string): Promise<boolean> {
    const run = this.#get(id);
    if (run?.state !== 'ordered' || run.worker !== null) return Promise.resolve(false);
    this.#set(id, { ...run, state, explanation }, 0);
    return Promise.resolve(true);
  }

  unplan(id: RunId): Promise<void> {
    const run = this.#get(id);
    if (run?.state === 'ordered' && run.worker === null) this.#runs.delete(id.id);
    return Promise.resolve();
  }

  list(route: string, { id, mode, limit }: RunFilter): Promise<readonly SyncRun[]> {
    const found = this.#sorted(route, mode).filter((run) => id === undefined || run.id === id);
    return Promise.resolve(found.slice(0, limit));
  }

  #sorted(route: string, mode?: RunOrder['mode']): SyncRun[] {
    return [...this.#runs.values()]
      .filter(({ run }) => run.route === route && (mode === undefined || run.mode === mode))
      .map(({ run, leaseUntil }) => ({ ...run, attended: leaseUntil > this.now }))
      .sort((a, b) => b.dueAt - a.dueAt);
  }

  #get({ id }: RunId): SyncRun | undefined {
    const found = this.#runs.get(id);
    return found && { ...found.run, attended: found.leaseUntil > this.now };
  }

  #set({ id }: RunId, run: SyncRun, seconds: number): void {
    this.#runs.set(id, { run, leaseUntil: this.now + seconds * 1_000 });
  }
}
