/** One thing that was waited for: on the clock of Date.now(). */
export interface Passage {
  readonly dueAt: number;
  readonly seenAt: number;
}

/** Milliseconds. */
export interface Latency {
  readonly seen: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What is waited for, by id, and how long each took from when it was due until it was seen. */
export class Awaited {
  readonly #due = new Map<string, number>();
  readonly #passed: Passage[] = [];

  /** Due now. */
  add(id: string): void {
    this.#due.set(id, Date.now());
  }

  get waiting(): number {
    return this.#due.size;
  }

  /** Those of what is waited for that have waited longest. */
  ids(limit: number): string[] {
    const ids: string[] = [];
    for (const id of this.#due.keys()) if (ids.push(id) >= limit) break;
    return ids;
  }

  seen(ids: Iterable<string>): void {
    const seenAt = Date.now();
    for (const id of ids) {
      const dueAt = this.#due.get(id);
      if (dueAt === undefined) continue;
      this.#passed.push({ dueAt, seenAt });
      this.#due.delete(id);
    }
  }

  /** Will not come: withdrawn, or parked. */
  forget(ids: Iterable<string>): void {
    for (const id of ids) this.#due.delete(id);
  }

  passed(): readonly Passage[] {
    return this.#passed;
  }
}

export function latencyOf(passed: readonly Passage[]): Latency {
  const took = passed.map(({ dueAt, seenAt }) => seenAt - dueAt).sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(share * took.length))] ?? 0;
  return { seen: took.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** Those that waited at no moment from a fault until `ms` after it. */
export function undisturbed(
  passed: readonly Passage[],
  faultsAt: readonly number[],
  ms: number,
): readonly Passage[] {
  return passed.filter(({ dueAt, seenAt }) => faultsAt.every((at) => seenAt < at || dueAt > at + ms));
}
