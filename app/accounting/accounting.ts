import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { topicNameOf, transactionTopic } from '../../connectors/debezium/topic-names.ts';
import { heldRanges } from '../../connectors/kafka/held-range.ts';
import type { TopicReader } from '../../connectors/kafka/topics.ts';
import { eventsIn, lookCloser } from '../../monitoring/accounting/closer-look.ts';
import type { TransactionRecords } from '../../monitoring/accounting/closer-look.ts';
import { Reconciliation } from '../../monitoring/accounting/reconciliation.ts';
import { offsetGap } from '../../monitoring/consistency/fence.ts';
import { DEFAULT_BACK_OFF, retrying } from '../../processors/pipeline/retry.ts';
import type { AccountLedger, OpenTransaction, Reconciled } from '../../schemas/contract/accounting.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Decoder, Sink } from '../../schemas/contract/ports.ts';
import type { PartitionRange } from '../../schemas/contract/position.ts';
import { tableIdOf } from '../../schemas/contract/table-pattern.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import type { Config } from '../config/schema.ts';
import type { Route } from '../runtime/routes.ts';
import { transactionRecords } from './transaction-records.ts';

/** A transaction without an end, of which this long ago something was seen first, may have been closed before. */
const SENT_AGAIN_MS = 600_000;
const PAUSE_MS = 1_000;
/** People settle transactions: how many are left need not be asked in each round. */
const UNSETTLED_MS = 10_000;
const MOST_UNSETTLED = 10_000;
/** Accounts of batches that one round takes in. */
const ACCOUNTS_AT_ONCE = 500;

export interface AccountingOptions {
  readonly config: Config;
  readonly kafka: Kafka;
  readonly reader: TopicReader;
  readonly newDecoder: () => Decoder;
  readonly telemetry: Telemetry;
  readonly signal: AbortSignal;
}

/**
 * Counts the events of each source transaction that a route has read against what its connector says at the transaction's
 * end, until `signal` aborts. Any number of processes may do so for the same route. Never throws: while it fails, the time
 * of its last round stands still.
 */
export async function accountFor(route: Route, sink: Sink, options: AccountingOptions): Promise<void> {
  const { accounts } = sink;
  const { signal, telemetry } = options;
  if (!route.accounted || accounts === null) return;
  const accounting = new Accounting(route, { ...sink, accounts }, options);
  while (!signal.aborted) {
    await retrying(() => accounting.round(), {
      ...{ signal, backOff: DEFAULT_BACK_OFF, retriable: () => true },
      onFailure: (error, attempt) => {
        accounting.forget();
        telemetry.emit({
          ...{ type: 'accounting-failed', route: route.name, code: error.code, attempt },
          reason: error.message,
        });
      },
    }).catch(() => undefined);
    if (!accounting.isBehind) await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** What was in Kafka when transactions were doubted: once it is applied, all of their events have come. */
interface Mark {
  readonly ends: ReadonlyMap<string, readonly PartitionRange[]>;
  readonly doubted: ReadonlySet<string>;
}

class Accounting {
  readonly #route: Route;
  readonly #sink: Pick<Sink, 'positions' | 'prepare'>;
  readonly #accounts: AccountLedger;
  readonly #options: AccountingOptions;
  readonly #records: TransactionRecords;
  readonly #concerns = new Map<string, boolean>();
  #reconciliation: Reconciliation | null = null;
  readonly #lookedAt = new Set<string>();
  #mark: Mark | null = null;
  #isBehind = false;
  #unsettled = { at: 0, count: 0 };

  constructor(
    route: Route,
    sink: Pick<Sink, 'positions' | 'prepare' | 'letters'> & { readonly accounts: AccountLedger },
    options: AccountingOptions,
  ) {
    this.#route = route;
    this.#sink = sink;
    this.#accounts = sink.accounts;
    this.#options = options;
    const { kafka, reader, newDecoder, signal } = options;
    this.#records = transactionRecords({
      ...{ route: route.name, kafka, reader, newDecoder, sink, signal },
      boundaryTopic: transactionTopic(route.config.source),
      topicOf: (table) => this.#topicOf(table),
    });
  }

  /** Whether there are more accounts than one round takes in. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** What is open is read again: it may not be what was written down. */
  forget(): void {
    this.#reconciliation = null;
    this.#mark = null;
    this.#isBehind = false;
  }

  async round(): Promise<void> {
    const reconciliation = (this.#reconciliation ??= await this.#begin());
    const { name } = this.#route;
    // Before accounts are read, so that those of all that the positions have passed are among them.
    const passed = this.#mark !== null && (await this.#hasPassed(this.#mark));
    const kept = await this.#accounts.kept(name, ACCOUNTS_AT_ONCE);
    const now = Date.now();
    for (const account of kept) reconciliation.take(account, now);
    this.#isBehind = kept.length === ACCOUNTS_AT_ONCE;
    const doubtful = reconciliation.settle();
    if (!this.#isBehind) await this.#decide(reconciliation, doubtful, passed, now);
    const round = reconciliation.round();
    if (round !== null && !(await this.#accounts.reconcile(name, round))) {
      this.forget();
      return;
    }
    await this.#tell(reconciliation, round);
  }

  async #begin(): Promise<Reconciliation> {
    const { name } = this.#route;
    await this.#sink.prepare();
    const since = await this.#accounts.begin(name, await this.#appliedBefore());
    const { revision, transactions } = await this.#accounts.open(name);
    return new Reconciliation(transactions, {
      ...{ revision, since, concerns: (table) => this.#isConcerned(table) },
    });
  }

  /** Until when transactions may have been applied, or lost from Kafka, without an account; null when none can have been. */
  async #appliedBefore(): Promise<number | null> {
    const positions = await this.#sink.positions(this.#route.name);
    const times = positions.flatMap(({ sourceTime }) => (sourceTime === null ? [] : [sourceTime]));
    if (times.length > 0) return Math.max(...times);
    const ranges = [...(await this.#ends()).values()].flat();
    return ranges.every(({ low }) => low === 0n) ? null : Date.now();
  }

  /** Decides about those of which all has come, and remembers which are doubted now. */
  async #decide(
    reconciliation: Reconciliation,
    doubtful: readonly OpenTransaction[],
    passed: boolean,
    now: number,
  ): Promise<void> {
    const due = doubtful.filter(({ transaction }) => passed && this.#mark?.doubted.has(transaction) === true);
    await this.#closeSentAgain(reconciliation, now);
    for (const open of due) {
      const look = await lookCloser(open, reconciliation.differences(open), this.#records);
      if (look.balanced) reconciliation.balance(open, look.repeated);
      else reconciliation.accuse(open, look, now);
    }
    if (this.#mark !== null && !passed) return;
    const left = doubtful.filter((open) => !due.includes(open));
    this.#mark =
      left.length === 0
        ? null
        : { ends: await this.#ends(), doubted: new Set(left.map(({ transaction }) => transaction)) };
  }

  /** Events that a connector has sent again after their transaction was closed may come without another end. */
  async #closeSentAgain(reconciliation: Reconciliation, now: number): Promise<void> {
    for (const open of reconciliation.open) {
      if (open.end !== null || now - open.since < SENT_AGAIN_MS || this.#lookedAt.has(open.transaction))
        continue;
      this.#lookedAt.add(open.transaction);
      if (await this.#records.hasEnded(open.transaction)) reconciliation.balance(open, eventsIn(open));
    }
  }

  async #ends(): Promise<ReadonlyMap<string, readonly PartitionRange[]>> {
    const { reader } = this.#options;
    return heldRanges(reader, (await reader.list()).filter(this.#route.accepts));
  }

  async #hasPassed({ ends }: Mark): Promise<boolean> {
    return offsetGap(ends, await this.#sink.positions(this.#route.name)) === null;
  }

  #isConcerned(table: string): boolean {
    const known = this.#concerns.get(table);
    if (known !== undefined) return known;
    const concerned = this.#route.accepts(this.#topicOf(table));
    this.#concerns.set(table, concerned);
    return concerned;
  }

  #topicOf(table: string): string {
    const { source } = this.#route.config;
    const settings = this.#options.config.sources[source];
    if (settings === undefined) throw new CounterfoilError('INTERNAL', `there is no source ${source}`);
    return topicNameOf(source, tableIdOf(table), settings.naming);
  }

  async #tell(reconciliation: Reconciliation, round: Reconciled | null): Promise<void> {
    const { telemetry } = this.#options;
    const route = this.#route.name;
    for (const { transaction, fault, explanation } of round?.unbalanced ?? [])
      telemetry.emit({ type: 'transaction-unbalanced', route, transaction, fault, explanation });
    const now = Date.now();
    if (now - this.#unsettled.at >= UNSETTLED_MS || (round?.unbalanced.length ?? 0) > 0) {
      const unsettled = await this.#accounts.unbalanced(route, { settled: false, limit: MOST_UNSETTLED });
      this.#unsettled = { at: now, count: unsettled.length };
    }
    const { open } = reconciliation;
    telemetry.emit({
      ...{ type: 'transactions-reconciled', route, unbalanced: this.#unsettled.count, open: open.length },
      balanced: (round?.windows ?? []).reduce((sum, { balanced }) => sum + balanced, 0),
      oldest: open.length === 0 ? null : Math.min(...open.map(({ since }) => since)),
    });
  }
}
