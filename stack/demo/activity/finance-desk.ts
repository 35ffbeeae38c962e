import type pg from 'pg';
import { openPostgres, type DatabaseAccess } from '../access.ts';
import { planPayment, type Payable } from './finance-plan.ts';
import {
  arrivedPayables,
  bookPayment,
  failedPayments,
  pendingPayments,
  reissue,
  settle,
  type PendingRow,
} from './finance-sql.ts';
import { persist, type Patience } from './patience.ts';

export type FinanceHappening =
  | { readonly side: 'finance'; readonly action: 'pay' | 'cancel'; readonly documentId: bigint }
  | { readonly side: 'finance'; readonly action: 'settle' | 'fail' | 'reissue'; readonly paymentId: bigint };

export interface FinanceDeskOptions {
  readonly access: DatabaseAccess;
  readonly seed: number;
  readonly patience: Patience;
  readonly onHappening: (happening: FinanceHappening) => void;
}

/** How many of each kind of work one pass takes on, so that a pass does not last for ever. */
const PASS_LIMIT = 200;

/**
 * Finance at work: pays the approved claims and contract payments that have arrived in `ap`, and settles payments. Every
 * step is a transaction of its own that can be repeated: a unique key, or the status it starts from, makes it
 * happen once, even when a COMMIT was lost from sight.
 */
export class FinanceDesk {
  readonly #options: FinanceDeskOptions;
  readonly #cancelled = new Set<bigint>();
  #client: pg.Client | null = null;

  constructor(options: FinanceDeskOptions) {
    this.#options = options;
  }

  /**
   * Settles before it pays, so that each payment is pending for at least a moment. Stops early at an abort.
   * False when there was nothing to do.
   */
  async pass(): Promise<boolean> {
    const failed = await this.#each('failed payments', failedPayments, (client, payment) =>
      this.#reissue(client, payment),
    );
    const pending = await this.#each('pending payments', pendingPayments, (client, payment) =>
      this.#settle(client, payment),
    );
    const arrived = await this.#each('arrived documents', arrivedPayables, (client, payable) =>
      this.#pay(client, payable),
    );
    return failed + pending + arrived > 0;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }

  async #each<T>(
    what: string,
    list: (client: pg.Client, limit: number) => Promise<readonly T[]>,
    handle: (client: pg.Client, item: T) => Promise<boolean>,
  ): Promise<number> {
    const items = await this.#run(what, (client) => list(client, PASS_LIMIT));
    let done = 0;
    for (const item of items) {
      if (this.#options.patience.signal.aborted) break;
      if (await this.#run(what, (client) => handle(client, item))) done += 1;
    }
    return done;
  }

  async #run<T>(what: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const disconnect = (): void => {
      void this.#client?.end().catch(() => undefined);
      this.#client = null;
    };
    const attempt = async (): Promise<T> => {
      this.#client ??= await openPostgres(this.#options.access);
      return work(this.#client);
    };
    const { result } = await persist(attempt, disconnect, this.#options.patience, what);
    return result;
  }

  async #pay(client: pg.Client, payable: Payable): Promise<boolean> {
    const { seed, onHappening } = this.#options;
    const { id } = payable;
    const plan = planPayment(payable, seed);
    const cancels = plan.cancelledFirst && !this.#cancelled.has(id);
    const outcome = await bookPayment(client, plan, cancels);
    if (outcome === 'present') return false;
    if (outcome === 'cancelled') this.#cancelled.add(id);
    else this.#cancelled.delete(id);
    const action = outcome === 'cancelled' ? 'cancel' : 'pay';
    onHappening({ side: 'finance', action, documentId: id });
    return true;
  }

  async #settle(client: pg.Client, payment: PendingRow): Promise<boolean> {
    const action = await settle(client, payment, this.#options.seed);
    if (action === null) return false;
    this.#options.onHappening({ side: 'finance', action, paymentId: payment.id });
    return true;
  }

  async #reissue(client: pg.Client, payment: { readonly id: bigint }): Promise<boolean> {
    if (!(await reissue(client, payment.id))) return false;
    this.#options.onHappening({ side: 'finance', action: 'reissue', paymentId: payment.id });
    return true;
  }
}
