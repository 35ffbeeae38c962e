import type { DatabaseAccess } from '../access.ts';
import { OaLane } from './oa-lane.ts';
import type { Patience } from './patience.ts';
import type { Plan } from './plan.ts';
import type { OaHappening } from './totals.ts';

/** Plans that may wait in each lane: enough to ride out a slow moment, few enough to stop soon. */
const QUEUE_LIMIT = 16;

export interface LaneReport {
  happened(happening: OaHappening): void;
  /** Somebody else changed the plan's document: nobody should go on planning from what it was. */
  overtaken(plan: Plan): void;
}

/**
 * Several connections that work through plans at the same time. Plans about one document, or about those that follow from
 * one, go to one lane and stay in order; what different lanes share, the budgets, is changed by additions, which commute. So the tables end the same
 * for any number of lanes.
 */
export class OaLanes {
  readonly #lanes: readonly { readonly lane: OaLane; tail: Promise<void>; waiting: number }[];
  readonly #report: LaneReport;
  readonly #failure = new AbortController();
  #error: Error | null = null;
  #room: (() => void) | null = null;

  constructor(access: DatabaseAccess, count: number, patience: Patience, report: LaneReport) {
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`lanes must be 1 or more, not ${count}`);
    this.#report = report;
    this.#lanes = Array.from({ length: count }, () => ({
      lane: new OaLane(access, patience),
      tail: Promise.resolve(),
      waiting: 0,
    }));
  }

  /** Aborts when a lane failed; `drained` then rejects with the reason. */
  get failed(): AbortSignal {
    return this.#failure.signal;
  }

  /** Resolves when the plan is in its lane, which takes until there is room. */
  async enqueue(plan: Plan, dueMs: number): Promise<void> {
    const place = this.#lanes[laneOf(plan.root ?? plan.target.id, this.#lanes.length)];
    if (place === undefined) throw new RangeError('no lane');
    while (place.waiting >= QUEUE_LIMIT && this.#error === null) {
      await new Promise<void>((resolve) => (this.#room = resolve));
    }
    if (this.#error !== null) return;
    place.waiting += 1;
    place.tail = place.tail.then(async () => {
      await this.#execute(place.lane, plan, dueMs);
      place.waiting -= 1;
      this.#room?.();
    });
  }

  /** Resolves when all lanes are empty. Rejects with the first failure. */
  async drained(): Promise<void> {
    await Promise.all(this.#lanes.map(({ tail }) => tail));
    if (this.#error !== null) throw this.#error;
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map(({ lane }) => lane.close()));
  }

  /** Never rejects. After a failure the plans that wait are dropped: later ones may build on the one that failed. */
  async #execute(lane: OaLane, plan: Plan, dueMs: number): Promise<void> {
    if (this.#error !== null) return;
    try {
      const { outcome, rows, retries } = await lane.execute(plan);
      if (outcome === 'overtaken') this.#report.overtaken(plan);
      this.#report.happened({
        side: 'oa',
        action: plan.action,
        outcome,
        index: plan.index,
        targetType: plan.target.type,
        targetId: plan.target.id,
        finished: plan.finished === true && outcome === 'committed',
        rows,
        retries,
        latencyMs: performance.now() - dueMs,
      });
    } catch (error) {
      this.#error ??= error instanceof Error ? error : new Error('a lane failed', { cause: error });
      this.#failure.abort();
    }
  }
}

/** The sequence in the low bits is nearly always the same, so the milliseconds decide as well. */
function laneOf(id: bigint, lanes: number): number {
  return Number(BigInt.asUintN(32, id ^ (id >> 22n)) % BigInt(lanes));
}
