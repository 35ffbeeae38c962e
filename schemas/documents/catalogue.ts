import type { DocumentDeclaration } from '../posting/declaration.ts';
import type { DocumentKind } from '../posting/document.ts';
import { contractPayment } from './contract-payment.ts';
import { expenseClaim } from './expense-claim.ts';
import { payment } from './payment.ts';
import { purchaseReceipt } from './purchase-receipt.ts';

/** The documents that can be posted, by kind. */
export const DOCUMENTS: ReadonlyMap<DocumentKind, DocumentDeclaration> = new Map(
  [expenseClaim, purchaseReceipt, contractPayment, payment].map((declaration) => [
    declaration.kind,
    declaration,
  ]),
);
