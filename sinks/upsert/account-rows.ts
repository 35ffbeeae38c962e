import { offsetOf } from '../../schemas/contract/position.ts';
import type { OffsetRange } from '../../schemas/contract/position.ts';
import type { TransactionRow, WindowCount } from './database.ts';

/** Rows of the tables of accounts. Numbers are text. */
export interface BatchFields {
  readonly topic: string;
  readonly partition_number: number;
  readonly first_offset: string;
  readonly next_offset: string;
  readonly body: string;
}

export interface TransactionFields {
  readonly transaction_id: string;
  readonly found_at: string;
  readonly body: string;
  readonly settled_at: string | null;
  readonly settled_by: string | null;
  readonly settled_reason: string | null;
}

export interface CountFields {
  readonly starts_at: string;
  readonly counted: string;
  readonly events: string;
}

export function keptOf(row: BatchFields): OffsetRange & { readonly text: string } {
  return {
    ...{ topic: row.topic, partition: row.partition_number, text: row.body },
    ...{ first: offsetOf(row.first_offset), next: offsetOf(row.next_offset) },
  };
}

export function transactionRowOf(row: TransactionFields): TransactionRow {
  return {
    ...{ transaction: row.transaction_id, at: Number(row.found_at), text: row.body },
    settledAt: row.settled_at === null ? null : Number(row.settled_at),
    ...{ settledBy: row.settled_by, settledReason: row.settled_reason },
  };
}

export function countOf({ starts_at, counted, events }: CountFields): WindowCount {
  return { startsAt: Number(starts_at), counted, count: Number(events) };
}
