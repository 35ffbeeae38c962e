import type { Version } from '../contract/position.ts';
import type { DocumentRef } from './document.ts';
import type { Voucher } from './voucher.ts';

/** What the books hold of one document. */
export interface Ledger {
  readonly document: DocumentRef;
  /** The newest state of the document that the books are up to date with. */
  readonly version: Version | null;
  /** In the order in which they were posted. */
  readonly vouchers: readonly Voucher[];
}

export function emptyLedger({ kind, id }: DocumentRef): Ledger {
  return { document: { kind, id }, version: null, vouchers: [] };
}
