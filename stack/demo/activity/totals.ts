import type { FinanceHappening } from './finance-desk.ts';
import type { OaOutcome, RowCounts } from './oa-lane.ts';
import { OA_ACTIONS, type OaAction } from './plan.ts';

/** One OA transaction that has ended. */
export interface OaHappening {
  readonly side: 'oa';
  readonly action: OaAction;
  readonly outcome: OaOutcome;
  readonly index: number;
  readonly targetType: string;
  readonly targetId: bigint;
  /** The last approval of a claim or contract payment, committed: finance is to pay it. */
  readonly finished: boolean;
  readonly rows: RowCounts;
  readonly retries: number;
  /** From when the action was due to its end, in milliseconds. */
  readonly latencyMs: number;
}

/** What happened, by ids; never by what rows hold. */
export type Happening = OaHappening | FinanceHappening;

export interface ActivityTotals {
  readonly oa: {
    readonly committed: number;
    readonly rolledBack: number;
    readonly overtaken: number;
    readonly retries: number;
    /** Committed, by action. */
    readonly actions: Readonly<Record<OaAction, number>>;
    /** Claims whose last approval was committed: as many payments are to come. */
    readonly claimsFinished: number;
    /** The same of contract payments. */
    readonly paymentsFinished: number;
    readonly rows: RowCounts;
    readonly worstLatencyMs: number;
  };
  readonly finance: Readonly<Record<FinanceHappening['action'], number>>;
}

/** Adds happenings up. */
export class ActivityCounts {
  readonly #outcomes: Record<OaOutcome, number> = { committed: 0, 'rolled-back': 0, overtaken: 0 };
  readonly #actions = Object.fromEntries(OA_ACTIONS.map((action) => [action, 0])) as Record<OaAction, number>;
  readonly #rows = { inserted: 0, updated: 0, deleted: 0 };
  readonly #finance = { pay: 0, cancel: 0, settle: 0, fail: 0, reissue: 0 };
  #retries = 0;
  #claimsFinished = 0;
  #paymentsFinished = 0;
  #worstLatencyMs = 0;

  add(happening: Happening): void {
    if (happening.side === 'finance') {
      this.#finance[happening.action] += 1;
      return;
    }
    this.#outcomes[happening.outcome] += 1;
    this.#retries += happening.retries;
    this.#worstLatencyMs = Math.max(this.#worstLatencyMs, happening.latencyMs);
    if (happening.outcome !== 'committed') return;
    this.#actions[happening.action] += 1;
    if (happening.finished && happening.targetType === 'contract_payment') this.#paymentsFinished += 1;
    else if (happening.finished) this.#claimsFinished += 1;
    this.#rows.inserted += happening.rows.inserted;
    this.#rows.updated += happening.rows.updated;
    this.#rows.deleted += happening.rows.deleted;
  }

  snapshot(): ActivityTotals {
    return {
      oa: {
        committed: this.#outcomes.committed,
        rolledBack: this.#outcomes['rolled-back'],
        overtaken: this.#outcomes.overtaken,
        retries: this.#retries,
        actions: { ...this.#actions },
        claimsFinished: this.#claimsFinished,
        paymentsFinished: this.#paymentsFinished,
        rows: { ...this.#rows },
        worstLatencyMs: this.#worstLatencyMs,
      },
      finance: { ...this.#finance },
    };
  }
}
