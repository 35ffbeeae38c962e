import type {
  BatchAccount,
  OpenTransaction,
  OutcomeCounts,
  SeenEvents,
  TransactionEnd,
  UnbalancedTransaction,
} from '../contract/accounting.ts';
import { offsetOf } from '../contract/position.ts';
import type { OffsetRange } from '../contract/position.ts';

/** An account as JSON text: lists, for there is one for each transaction of each batch. */
export function accountText({ tallies, ends }: BatchAccount): string {
  return JSON.stringify([
    tallies.map(({ transaction, table, events, sum, mixed, outcomes }) =>
      outcomes['applied'] === events
        ? [transaction, table, events, sum, mixed]
        : [transaction, table, events, sum, mixed, outcomes],
    ),
    ends.map(({ transaction, committedAt, events }) => [transaction, committedAt, events]),
  ]);
}

type StoredTally = readonly [string, string, number, number, number, OutcomeCounts?];
type StoredEnd = readonly [string, number, Readonly<Record<string, number>>];

/** Reads what {@link accountText} wrote; throws SyntaxError or TypeError for anything else. */
export function accountOfText(text: string): BatchAccount {
  const [tallies, ends] = JSON.parse(text) as readonly [readonly StoredTally[], readonly StoredEnd[]];
  return {
    tallies: tallies.map(([transaction, table, events, sum, mixed, outcomes = { applied: events }]) => ({
      ...{ transaction, table, events, sum, mixed, outcomes },
    })),
    ends: ends.map(([transaction, committedAt, events]) => ({ transaction, committedAt, events })),
  };
}

type StoredRange = readonly [string, number, string, string];
type StoredSeen = Omit<SeenEvents, 'ranges'> & { readonly ranges: readonly StoredRange[] };

interface StoredOpen {
  readonly since: number;
  readonly end: TransactionEnd | null;
  readonly endIn: StoredRange | null;
  readonly seen: Readonly<Record<string, StoredSeen>>;
}

export function openText({ since, end, endIn, seen }: OpenTransaction): string {
  const stored: StoredOpen = {
    ...{ since, end, endIn: endIn === null ? null : storedRange(endIn) },
    seen: mapped(seen, (events) => ({ ...events, ranges: events.ranges.map(storedRange) })),
  };
  return JSON.stringify(stored);
}

/** Reads what {@link openText} wrote. */
export function openOfText(transaction: string, text: string): OpenTransaction {
  const { since, end, endIn, seen } = JSON.parse(text) as StoredOpen;
  return {
    ...{ transaction, since, end, endIn: endIn === null ? null : rangeOf(endIn) },
    seen: mapped(seen, (events) => ({ ...events, ranges: events.ranges.map(rangeOf) })),
  };
}

type FaultText = Pick<UnbalancedTransaction, 'fault' | 'explanation' | 'committedAt' | 'tables'>;

export function unbalancedText({ fault, explanation, committedAt, tables }: UnbalancedTransaction): string {
  return JSON.stringify({ fault, explanation, committedAt, tables } satisfies FaultText);
}

/** Reads what {@link unbalancedText} wrote. */
export function unbalancedOfText(text: string): FaultText {
  return JSON.parse(text) as FaultText;
}

function storedRange({ topic, partition, first, next }: OffsetRange): StoredRange {
  return [topic, partition, first.toString(), next.toString()];
}

function rangeOf([topic, partition, first, next]: StoredRange): OffsetRange {
  return { topic, partition, first: offsetOf(first), next: offsetOf(next) };
}

function mapped<From, To>(of: Readonly<Record<string, From>>, to: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, to(value)]));
}
