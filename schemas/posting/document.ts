import type { Version } from '../contract/position.ts';
import type { CalendarDate } from '../dictionary/calendar-date.ts';
import type { Minor } from './money.ts';

declare const idBrand: unique symbol;

/** The id of a document in its system, as text: a number in decimal digits, or whatever else the system counts in. */
export type DocumentId = string & { readonly [idBrand]: true };

export function documentId(id: string): DocumentId {
  return id as DocumentId;
}

export const DOCUMENT_KINDS = ['expense-claim', 'purchase-receipt', 'contract-payment', 'payment'] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

export interface DocumentRef {
  readonly kind: DocumentKind;
  readonly id: DocumentId;
}

interface Change {
  readonly id: DocumentId;
  /** Where this state of the document stands in its history. */
  readonly version: Version;
  /** The day of this change, on which the books correct what they held of the document before. */
  readonly changedOn: CalendarDate;
}

interface Present extends Change {
  readonly number: string;
  /** The code of the state in its system. */
  readonly status: string;
  /** The day the business took place for the books (the approval); null until then. */
  readonly accountingDate: CalendarDate | null;
  readonly currency: string;
  readonly total: Minor;
  /** Whom the money is owed or paid to: a staff number, the code of a supplier. */
  readonly party: string;
}

export interface CostLine {
  readonly lineNo: number;
  readonly expenseType: string;
  /** With the tax in it. */
  readonly amount: Minor;
}

export interface TaxedLine extends CostLine {
  readonly taxCode: string;
  readonly tax: Minor;
}

/** 费用报销单 */
export interface ExpenseClaim extends Present {
  readonly kind: 'expense-claim';
  readonly department: string;
  readonly lines: readonly TaxedLine[];
}

/** 采购入库单: goods that are here, without an invoice yet. */
export interface PurchaseReceipt extends Present {
  readonly kind: 'purchase-receipt';
  readonly department: string;
  readonly lines: readonly CostLine[];
}

/** 合同付款申请: what became due by a contract. The contract had reserved its budget. */
export interface ContractPayment extends Present {
  readonly kind: 'contract-payment';
  readonly department: string;
  readonly budgetYear: number;
  readonly lines: readonly TaxedLine[];
}

/** 付款单: money that went out for what was owed. */
export interface Payment extends Present {
  readonly kind: 'payment';
  readonly settles: 'expense-claim' | 'contract-payment';
  readonly method: string;
}

/** A document as it is now. */
export type Document = ExpenseClaim | PurchaseReceipt | ContractPayment | Payment;

/**
 * A document that is no longer there. People delete by a flag. A row that is removed says nothing about the business:
 * systems clear approved cases out of their tables after a while.
 */
export interface Gone extends Change {
  readonly kind: DocumentKind;
  readonly gone: 'flagged' | 'removed';
}
