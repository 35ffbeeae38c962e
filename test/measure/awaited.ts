/** What is waited for, by id, and how long each took from when it was due until it was seen. */
export class Awaited {
  readonly #due = new Map<string, number>();
  readonly #took: number[] = [];

  /** Due now. */
  add(id: bigint): void {
    this.#due.set(id.toString(), Date.now());
  }

  /** Those of what is waited for that have waited longest. */
  ids(limit: number): string[] {
    const ids: string[] = [];
    for (const id of this.#due.keys()) if (ids.push(id) >= limit) break;
    return ids;
  }

  seen(ids: Iterable<string>): void {
    const now = Date.now();
    for (const id of ids) {
      const due = this.#due.get(id);
      if (due === undefined) continue;
      this.#took.push(now - due);
      this.#due.delete(id);
    }
  }

  /** Will not come: withdrawn, changed, or parked. */
  forget(ids: Iterable<string>): void {
    for (const id of ids) this.#due.delete(id);
  }

  /** Milliseconds. */
  summary(): { seen: number; p50: number; p99: number; max: number } {
    const sorted = this.#took.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return { seen: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
  }
}
