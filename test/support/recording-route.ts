import { epochOf } from '../../schemas/contract/position.ts';
import type { Offset } from '../../schemas/contract/position.ts';
import type { BatchHandler } from '../../schemas/contract/ports.ts';

/** Positions as a target would keep them, and what was read. */
export class Route implements BatchHandler {
  readonly positions = new Map<string, Offset>();
  readonly recordTimes = new Map<string, number>();
  readonly values: string[] = [];
  #epoch = 0n;
  #waiting: { until: () => boolean; resolve: () => void }[] = [];
  /** What a batch waits for before it is committed. */
  gate: Promise<void> = Promise.resolve();
  batches = 0;

  claim: BatchHandler['claim'] = (partitions) => {
    const epoch = epochOf(++this.#epoch);
    return Promise.resolve(
      partitions.map(({ topic, partition }) => ({
        route: 'test',
        topic,
        partition,
        epoch,
        next: this.positions.get(`${topic}/${partition}`) ?? null,
        recordTime: this.recordTimes.get(`${topic}/${partition}`) ?? null,
      })),
    );
  };
  handle: BatchHandler['handle'] = async (batch, claim) => {
    this.batches++;
    await this.gate;
    this.values.push(...batch.records.map(({ value }) => value?.toString() ?? 'null'));
    this.positions.set(`${claim.topic}/${claim.partition}`, batch.next);
    this.recordTimes.set(
      `${claim.topic}/${claim.partition}`,
      Math.max(...batch.records.map(({ timestamp }) => timestamp)),
    );
    this.#look();
    return batch.next;
  };
  advance: BatchHandler['advance'] = (claim, next) => {
    this.positions.set(`${claim.topic}/${claim.partition}`, next);
    this.#look();
    return Promise.resolve();
  };
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ until: condition, resolve });
      this.#look();
    });
  }
  #look(): void {
    this.#waiting = this.#waiting.filter(({ until, resolve }) => {
      if (!until()) return true;
      resolve();
      return false;
    });
  }
}
