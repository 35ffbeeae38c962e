import type { DocumentDeclaration } from '../posting/declaration.ts';
import { expenseClaim } from './expense-claim.ts';
import { payment } from './payment.ts';

/** The kinds of documents that can be posted, by name. */
export const DOCUMENTS: ReadonlyMap<string, DocumentDeclaration> = new Map(
  [expenseClaim, payment].map((declaration) => [declaration.kind, declaration]),
);
