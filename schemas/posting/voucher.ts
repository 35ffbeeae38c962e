import type { CalendarDate } from '../dictionary/calendar-date.ts';
import type { ListName } from '../dictionary/lists.ts';
import type { DocumentRef } from './document.ts';
import type { BaseMinor, Denomination, Minor } from './money.ts';

/** A reversal 红字冲销 has the entries of the voucher it takes back, with negative amounts. */
export type VoucherKind = 'posting' | 'reversal';

/**
 * What makes a voucher the same voucher, however often it is made. A reversal has the revision of the posting it
 * takes back.
 */
export interface VoucherKey {
  readonly document: DocumentRef;
  readonly revision: number;
  readonly kind: VoucherKind;
}

export function voucherKeyText({ document, revision, kind }: VoucherKey): string {
  return `${document.kind}/${document.id}/${revision.toString()}/${kind}`;
}

export interface Entry {
  readonly side: 'debit' | 'credit';
  readonly account: string;
  readonly costCenter: string | null;
  readonly party: string | null;
  readonly summary: string;
  /** In the currency of the document. */
  readonly amount: Minor;
  /** The same in the currency of the books. */
  readonly base: BaseMinor;
}

/** Budget that a contract had reserved and that the cost itself uses from now on; negative in a reversal. */
export interface BudgetRelease {
  readonly year: number;
  readonly costCenter: string;
  readonly category: string;
  readonly base: BaseMinor;
}

/** An entry of the dictionary that a voucher was made with. */
export interface UsedCode {
  readonly list: ListName;
  readonly code: string;
  readonly version: number;
}

/** 记账凭证. Once posted it is never changed: a later voucher takes it back. */
export interface Voucher {
  readonly key: VoucherKey;
  readonly period: string;
  readonly date: CalendarDate;
  readonly currency: Denomination;
  readonly base: Denomination;
  /** What one unit of the currency is worth in that of the books; exact. */
  readonly rate: string;
  readonly description: string;
  readonly entries: readonly Entry[];
  readonly releases: readonly BudgetRelease[];
  /** Changes with what the document says, not with when it was said. */
  readonly content: string;
  readonly codes: readonly UsedCode[];
}
