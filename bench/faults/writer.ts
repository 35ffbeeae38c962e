import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { BANK_LINES, idOf, isReserved, restoreStatement } from './ledger.ts';
import { openSource } from './sessions.ts';

/** Entries that are changed again and again: for a while some ten times a second each, for the next while not at all. */
const HOT = [1, 2, 3, 4, 5, 6, 7, 8];
const WHILE_MS = 20_000;
/** Those among them that go to and fro between two states, and those that go and come back as they were. */
const TOGGLED = [9, 10];
const COMING_AND_GOING = [12, 13];
const STATUSES = ['draft', 'approved', 'posted'];

/** Changes entries that are not reserved, so many a second, in transactions of one to five of them. */
export class LiveWriter {
  changes = 0;
  readonly #began = performance.now();
  readonly #stop = new AbortController();
  #paused: Promise<void> = Promise.resolve();
  #idle: Promise<void> = Promise.resolve();
  #pausedMs = 0;
  /** Numbers of the entries and lines that it has added and not deleted yet. */
  readonly #entries: number[] = [];
  readonly #lines: number[] = [];
  readonly #gone = new Set<number>();
  #added: number;

  /** Rejects when it cannot write. */
  readonly done: Promise<void>;

  private constructor(
    private readonly source: Connection,
    private readonly rows: number,
    private readonly rate: number,
  ) {
    this.#added = rows;
    this.done = this.#run();
    this.done.catch(() => undefined);
  }

  static async start(database: string, rows: number, rate: number): Promise<LiveWriter> {
    return new LiveWriter(await openSource(database), rows, rate);
  }

  get perSecond(): number {
    return (1_000 * this.changes) / (performance.now() - this.#began - this.#pausedMs);
  }

  /** Does the work while nothing is written. */
  async paused<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    let go: () => void = () => undefined;
    this.#paused = new Promise((resolve) => (go = resolve));
    await this.#idle;
    try {
      return await work();
    } finally {
      this.#pausedMs += performance.now() - began;
      go();
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.done;
    await this.source.end();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#paused;
      this.#idle = this.#transaction(1 + Math.floor(Math.random() * 5));
      await this.#idle;
      const due = this.#began + this.#pausedMs + (1_000 * this.changes) / this.rate;
      if (due > performance.now()) await sleep(due - performance.now());
    }
  }

  async #transaction(changes: number): Promise<void> {
    await this.source.beginTransaction();
    for (let made = 0; made < changes; made += 1) await this.source.query(this.#change());
    await this.source.commit();
    this.changes += changes;
  }

  #change(): string {
    const dice = Math.random();
    const isHot = Math.floor((performance.now() - this.#began) / WHILE_MS) % 2 === 0;
    if (isHot && dice < 0.3) return this.#update(pick(HOT));
    if (isHot && dice < 0.35) return toggle(pick(TOGGLED));
    if (isHot && dice < 0.4) return this.#comeOrGo(pick(COMING_AND_GOING));
    if (dice < 0.65) return this.#update(this.#anyEntry());
    if (dice < 0.8) return this.#insert();
    if (dice < 0.95) return this.#delete();
    return dice < 0.98 ? this.#insertLine() : this.#deleteLine();
  }

  #update(n: number): string {
    return `UPDATE ledger_entry SET memo = 'touched ${this.changes.toString()}', debit = debit + 0.01, status = '${pick(STATUSES)}' WHERE id = ${idOf(n)}`;
  }

  #comeOrGo(n: number): string {
    if (this.#gone.delete(n)) return restoreStatement([n]);
    this.#gone.add(n);
    return `DELETE FROM ledger_entry WHERE id = ${idOf(n)}`;
  }

  #insert(): string {
    this.#added += 1;
    this.#entries.push(this.#added);
    return `INSERT INTO ledger_entry VALUES (${idOf(this.#added)}, 'PZ-${this.#added.toString()}', 1, '1002', 1.50, 0, 'CNY', 1, '2026-03', NOW(3), '新增', 'draft', X'00ff')`;
  }

  #delete(): string {
    const n = this.#entries.shift();
    return n === undefined ? this.#insert() : `DELETE FROM ledger_entry WHERE id = ${idOf(n)}`;
  }

  #insertLine(): string {
    this.#added += 1;
    this.#lines.push(this.#added);
    return `INSERT INTO bank_line VALUES (${(BANK_LINES + this.#added).toString()}, '2026-03-01', 8.00, '手续费')`;
  }

  #deleteLine(): string {
    const n = this.#lines.shift();
    return n === undefined
      ? this.#insertLine()
      : `DELETE FROM bank_line WHERE line_no = ${(BANK_LINES + n).toString()}`;
  }

  #anyEntry(): number {
    const n = 1 + Math.floor(Math.random() * this.rows);
    return isReserved(n) ? n - 1 : n;
  }
}

function toggle(n: number): string {
  return `UPDATE ledger_entry SET status = IF(status = 'draft', 'posted', 'draft') WHERE id = ${idOf(n)}`;
}

function pick<T>(items: readonly T[]): T {
  return items[Math.floor(Math.random() * items.length)] as T;
}
