import { unreachable } from '../contract/unreachable.ts';
import type { CalendarDate } from '../dictionary/calendar-date.ts';
import type { NotMapped } from '../dictionary/dictionary.ts';
import type { ListName } from '../dictionary/lists.ts';
import type { Voucher } from './voucher.ts';

/**
 * The document waits for finance: for a code in the dictionary, for an open period, or for master data. Then it is tried
 * again.
 */
export type Parked =
  | {
      readonly kind: 'parked';
      readonly reason: 'not-mapped';
      readonly list: ListName;
      readonly code: string;
      readonly date: CalendarDate;
    }
  | { readonly kind: 'parked'; readonly reason: 'no-open-period'; readonly date: CalendarDate }
  | {
      readonly kind: 'parked';
      readonly reason: 'not-known';
      /** The table of master data, and which row of it. */
      readonly table: string;
      readonly key: string;
    };

/** The document waits for this code. */
export function parked({ list, code, date }: NotMapped): Parked {
  return { kind: 'parked', reason: 'not-mapped', list, code, date };
}

export type RefusalReason =
  | 'illegible'
  | 'no-accounting-date'
  | 'not-as-agreed'
  | 'not-an-amount'
  | 'amount-too-fine'
  | 'total-not-positive'
  | 'total-differs-from-lines'
  | 'line-twice'
  | 'line-negative'
  | 'tax-out-of-range';

/** The document contradicts itself: it becomes no voucher until it is mended where it comes from. */
export interface Refused {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  /** The number of the line that is wrong, if it is one. */
  readonly line: number | null;
  /** What of it is illegible, and why: names and types, and no values. */
  readonly what?: string;
}

export type Posting = { readonly kind: 'voucher'; readonly voucher: Voucher } | Parked | Refused;

export interface Action {
  readonly kind: 'post' | 'reverse';
  readonly voucher: Voucher;
}

/** What is to be done about the newest state of a document. All of it at once, or none. */
export type Plan =
  | { readonly kind: 'actions'; readonly actions: readonly Action[] }
  | { readonly kind: 'nothing'; readonly why: 'not-due' | 'unchanged' | 'stale' | 'removed' }
  | Parked
  | Refused;

/** For people: codes and days, and no amounts. */
export function explain(outcome: Parked | Refused): string {
  if (outcome.kind === 'refused') {
    const where = outcome.line === null ? '' : `line ${outcome.line.toString()}: `;
    return `${where}${outcome.what ?? refusalText(outcome.reason)}`;
  }
  switch (outcome.reason) {
    case 'not-mapped':
      return `${outcome.list} ${outcome.code} means nothing on ${outcome.date}; add it to the dictionary`;
    case 'no-open-period':
      return `no accounting period is open on ${outcome.date} or later; open one`;
    case 'not-known':
      return `${outcome.table} ${outcome.key} is not known, or has no code`;
    default:
      return unreachable(outcome);
  }
}

function refusalText(reason: RefusalReason): string {
  switch (reason) {
    case 'illegible':
      return 'what it says cannot be read';
    case 'no-accounting-date':
      return 'a document in this state must say when it was approved';
    case 'not-as-agreed':
      return 'what came is not as the system describes it';
    case 'not-an-amount':
      return 'an amount is no number';
    case 'amount-too-fine':
      return 'an amount is finer than its currency';
    case 'total-not-positive':
      return 'the total is not more than zero';
    case 'total-differs-from-lines':
      return 'the total is not the sum of the lines';
    case 'line-twice':
      return 'the number of the line is there twice';
    case 'line-negative':
      return 'the amount is less than zero';
    case 'tax-out-of-range':
      return 'the tax is less than zero, or more than the amount';
    default:
      return unreachable(reason);
  }
}
