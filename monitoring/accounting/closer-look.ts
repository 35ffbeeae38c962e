import type { OpenTransaction, UnbalancedTransaction } from '../../schemas/contract/accounting.ts';
import type { TableDifference } from './reconciliation.ts';
import type { OffsetRange } from '../../schemas/contract/position.ts';

/** What a look into Kafka, and at the dead letters, can tell of a transaction. */
export interface TransactionRecords {
  /**
   * The places of the transaction's events of a table within these records, one for each event; null when Kafka no longer
   * holds them all.
   */
  places(
    transaction: string,
    table: string,
    ranges: readonly OffsetRange[],
  ): Promise<readonly number[] | null>;
  /** Whether the transaction has ended in an earlier record as well. */
  endedBefore(open: OpenTransaction): Promise<boolean>;
  /** Whether the transaction has ended at all, as far as Kafka holds what its connector says. */
  hasEnded(transaction: string): Promise<boolean>;
  /** How many records of the table were set aside that do not tell which transaction they are of. */
  unidentified(table: string): Promise<number>;
}

export type CloserLook =
  | { readonly balanced: true; readonly repeated: number }
  | ({ readonly balanced: false } & Pick<UnbalancedTransaction, 'fault' | 'explanation'>);

/** Places that are named, at most. */
const NAMED = 5;

/** Decides about a transaction that has ended, of which all records have come, and whose counts differ. */
export async function lookCloser(
  open: OpenTransaction,
  differences: readonly TableDifference[],
  records: TransactionRecords,
): Promise<CloserLook> {
  // A connector that has gone back in the log may send a part of a transaction again, and with it the end.
  if (await records.endedBefore(open)) return { balanced: true, repeated: eventsIn(open) };
  let repeated = 0;
  const missing: string[] = [];
  for (const { table, expected, seen } of differences) {
    const places = await records.places(open.transaction, table, seen.ranges);
    if (places === null)
      return unproven(`${table}: Kafka no longer holds the records by which it could be told`);
    const came = new Set(places);
    const lost = placesUpTo(expected).filter((place) => !came.has(place));
    if (places.some((place) => place > expected))
      return unproven(
        `${table}: the source counts ${expected.toString()} events, and there are ${seen.events.toString()}; a connector that ` +
          'was restarted within the transaction counts anew',
      );
    repeated += places.length + lost.length - expected;
    if (lost.length === 0) continue;
    const unidentified = await records.unidentified(table);
    if (unidentified > 0)
      return unproven(
        `${table}: ${lostText(lost, expected)}, and ${unidentified.toString()} dead letters of the table do not tell which transaction they are of`,
      );
    missing.push(`${table}: ${lostText(lost, expected)}`);
  }
  if (missing.length === 0) return { balanced: true, repeated };
  return { balanced: false, fault: 'missing', explanation: missing.join('; ') };
}

function lostText(lost: readonly number[], expected: number): string {
  const named = lost.slice(0, NAMED).join(', ') + (lost.length > NAMED ? ', …' : '');
  return `${lost.length.toString()} of ${expected.toString()} events never came (the transaction's number ${named} of the table)`;
}

function unproven(explanation: string): CloserLook {
  return { balanced: false, fault: 'unproven', explanation };
}

export function eventsIn({ seen }: OpenTransaction): number {
  return Object.values(seen).reduce((sum, { events }) => sum + events, 0);
}

function placesUpTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}
