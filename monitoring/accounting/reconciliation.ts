import type {
  AccountWindow,
  KeptAccount,
  OpenTransaction,
  Reconciled,
  SeenEvents,
  TransactionEnd,
  TransactionTally,
  UnbalancedTransaction,
} from '../../schemas/contract/accounting.ts';
import { added, addedOutcomes, countUpTo, isSame, NOTHING } from '../../schemas/accounting/count.ts';
import type { OffsetRange } from '../../schemas/contract/position.ts';

export interface ReconciliationOptions {
  /** Of the ledger, when `open` was read. */
  readonly revision: number;
  /** See `AccountLedger.begin`. */
  readonly since: number | null;
  /** Whether events of a source table, `namespace.name`, come to the route. */
  readonly concerns: (table: string) => boolean;
}

/** How a table of a transaction differs from what the source counts. */
export interface TableDifference {
  readonly table: string;
  readonly expected: number;
  readonly seen: SeenEvents;
}

const HOUR_MS = 3_600_000;
const UNSEEN: SeenEvents = { ...NOTHING, outcomes: {}, ranges: [] };

/**
 * The transactions of which something was seen, and not everything. Accounts of batches are put in; what is balanced by
 * them, what was decided otherwise, and what is open afterwards come out as a round, to be written down as a whole.
 */
export class Reconciliation {
  readonly #options: ReconciliationOptions;
  readonly #open: Map<string, OpenTransaction>;
  /** Those that the ledger knows as open. */
  readonly #written: Set<string>;
  #revision: number;
  #taken: OffsetRange[] = [];
  #touched = new Set<string>();
  #closed = new Set<string>();
  #unbalanced: UnbalancedTransaction[] = [];
  #windows = new Map<number, AccountWindow>();

  constructor(open: readonly OpenTransaction[], options: ReconciliationOptions) {
    this.#options = options;
    this.#revision = options.revision;
    this.#open = new Map(open.map((each) => [each.transaction, each]));
    this.#written = new Set(this.#open.keys());
  }

  get open(): readonly OpenTransaction[] {
    return [...this.#open.values()];
  }

  /** Takes an account in; `now` in milliseconds since the epoch. */
  take({ tallies, ends, ...range }: KeptAccount, now: number): void {
    this.#taken.push(range);
    for (const tally of tallies) this.#see(tally, range, now);
    for (const end of ends) this.#end(end, range, now);
  }

  #see({ transaction, table, outcomes, ...count }: TransactionTally, range: OffsetRange, now: number): void {
    const open = this.#open.get(transaction) ?? opened(transaction, now);
    const before = open.seen[table] ?? UNSEEN;
    const seen: SeenEvents = {
      ...added(before, count),
      outcomes: addedOutcomes(before.outcomes, outcomes),
      ranges: withRange(before.ranges, range),
    };
    this.#change({ ...open, seen: { ...open.seen, [table]: seen } });
  }

  #end(end: TransactionEnd, endIn: OffsetRange, now: number): void {
    const open = this.#open.get(end.transaction);
    if (open === undefined && !Object.keys(end.events).some(this.#options.concerns)) return;
    this.#change({ ...(open ?? opened(end.transaction, now)), end, endIn });
  }

  #change(open: OpenTransaction): void {
    this.#open.set(open.transaction, open);
    this.#touched.add(open.transaction);
  }

  /** Closes what is balanced; returns what has ended and is not, which may only be because not all has come yet. */
  settle(): readonly OpenTransaction[] {
    const { since } = this.#options;
    const doubtful: OpenTransaction[] = [];
    for (const open of this.#open.values()) {
      const { end } = open;
      if (end === null) continue;
      if (since !== null && end.committedAt <= since) this.#close(open);
      else if (this.differences(open).length > 0) doubtful.push(open);
      else this.balance(open, 0);
    }
    return doubtful;
  }

  differences({ end, seen }: OpenTransaction): readonly TableDifference[] {
    const expected = end?.events ?? {};
    const tables = Object.keys(expected).filter((table) => !(table in seen) && this.#options.concerns(table));
    return [...Object.keys(seen), ...tables].flatMap((table) => {
      const difference = { table, expected: expected[table] ?? 0, seen: seen[table] ?? UNSEEN };
      return isSame(difference.seen, countUpTo(difference.expected)) ? [] : [difference];
    });
  }

  /** Closes a transaction of which every event was seen, some of them, `repeated`, more than once. */
  balance(open: OpenTransaction, repeated: number): void {
    const startsAt = Math.floor((open.end?.committedAt ?? open.since) / HOUR_MS) * HOUR_MS;
    const window = this.#windows.get(startsAt) ?? {
      ...{ startsAt, balanced: 0, events: 0, repeated: 0, outcomes: {} },
    };
    const seen = Object.values(open.seen);
    this.#windows.set(startsAt, {
      startsAt,
      balanced: window.balanced + 1,
      events: window.events + seen.reduce((sum, { events }) => sum + events, 0),
      repeated: window.repeated + repeated,
      outcomes: seen.reduce((sum, { outcomes }) => addedOutcomes(sum, outcomes), window.outcomes),
    });
    this.#close(open);
  }

  /** Closes a transaction that is not balanced, or cannot be proven to be. */
  accuse(
    open: OpenTransaction,
    verdict: Pick<UnbalancedTransaction, 'fault' | 'explanation'>,
    now: number,
  ): void {
    const tables = this.differences(open).map(
      ({ table, expected, seen }) => [table, { expected, seen: seen.events }] as const,
    );
    this.#unbalanced.push({
      ...{ transaction: open.transaction, ...verdict, foundAt: now, settled: null },
      committedAt: open.end?.committedAt ?? open.since,
      tables: Object.fromEntries(tables),
    });
    this.#close(open);
  }

  #close({ transaction }: OpenTransaction): void {
    this.#open.delete(transaction);
    this.#closed.add(transaction);
  }

  /** What has come out since the last round; null when there is nothing to be written down. */
  round(): Reconciled | null {
    const open = [...this.#touched].flatMap((transaction) => this.#open.get(transaction) ?? []);
    const closed = [...this.#closed].filter((transaction) => this.#written.has(transaction));
    if (this.#taken.length + open.length + closed.length + this.#unbalanced.length === 0) return null;
    const round = {
      ...{ revision: this.#revision, taken: this.#taken, closed, open, unbalanced: this.#unbalanced },
      windows: [...this.#windows.values()],
    };
    this.#revision += 1;
    for (const transaction of this.#closed) this.#written.delete(transaction);
    for (const { transaction } of open) this.#written.add(transaction);
    this.#taken = [];
    this.#touched = new Set();
    this.#closed = new Set();
    this.#unbalanced = [];
    this.#windows = new Map();
    return round;
  }
}

/** Batches of a partition mostly come one behind the other. */
function withRange(ranges: readonly OffsetRange[], more: OffsetRange): readonly OffsetRange[] {
  const before = ranges.find(
    ({ topic, partition, next }) =>
      topic === more.topic && partition === more.partition && next === more.first,
  );
  if (before === undefined) return [...ranges, more];
  return ranges.map((range) => (range === before ? { ...range, next: more.next } : range));
}

function opened(transaction: string, since: number): OpenTransaction {
  return { transaction, since, end: null, endIn: null, seen: {} };
}
