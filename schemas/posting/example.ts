import type { Document, Gone } from './document.ts';
import type { Plan } from './outcome.ts';

/** What becomes of a document, written down: documentation that a test keeps true. */
export interface PostingExample {
  readonly shows: string;
  /** The states of the document, each of which has been dealt with before the next. */
  readonly history: readonly (Document | Gone)[];
  /** What is done about the last state: the texts of the vouchers that are posted, or why none is. */
  readonly outcome: readonly string[] | Exclude<Plan, { readonly kind: 'actions' }>;
}
