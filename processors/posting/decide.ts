import type { DocumentDeclaration, Outline } from '../../schemas/posting/declaration.ts';
import type { Document, Gone } from '../../schemas/posting/document.ts';
import type { CalendarDate } from '../../schemas/dictionary/calendar-date.ts';
import { explain } from '../../schemas/posting/outcome.ts';
import type { Parked, Plan, Refused } from '../../schemas/posting/outcome.ts';
import type { BookState, Decision, Subject } from '../../schemas/posting/store.ts';
import { isDue, ledgerAfter, liveVoucher, planPosting } from './plan.ts';
import type { Books } from './post.ts';

/** Decides about one document. Pure, but for the day on which a row that is gone is missed. */
export function decide(
  declaration: DocumentDeclaration,
  subject: Subject,
  books: Books,
  today: CalendarDate,
): Decision {
  const outline = subject.rows === null ? null : declaration.outline(subject.rows);
  const newest = newestOf(declaration, subject, outline, books, today);
  if (newest.kind === 'parked' || newest.kind === 'refused')
    return { plan: newest, number: outline?.number ?? null, ...standing(subject, newest, null) };
  const plan = planPosting(subject.ledger, newest, books);
  return { plan, number: outline?.number ?? null, ...standing(subject, plan, newest) };
}

/** To the books a document in a state that is due no voucher is as one that was taken away. */
function newestOf(
  declaration: DocumentDeclaration,
  { id, version, rows }: Subject,
  outline: Outline | null,
  books: Books,
  today: CalendarDate,
): Document | Gone | Parked | Refused {
  const { kind } = declaration;
  const identity = { id, version };
  if (rows === null || outline === null) return { ...identity, kind, changedOn: today, gone: 'removed' };
  const { status, flagged, changedOn } = outline;
  const gone = { ...identity, kind, changedOn, gone: 'flagged' } as const;
  if (flagged) return gone;
  const due = isDue({ kind, status, changedOn }, books);
  if (typeof due === 'object') return due;
  return due ? declaration.read(identity, rows, books.dictionary) : gone;
}

function standing(
  { ledger }: Subject,
  plan: Plan,
  newest: Document | Gone | null,
): { readonly state: BookState; readonly reason: string | null } {
  if (plan.kind === 'parked' || plan.kind === 'refused') return { state: plan.kind, reason: explain(plan) };
  const after = newest === null ? ledger : ledgerAfter(ledger, newest, plan);
  if (liveVoucher(after) !== null) return { state: 'posted', reason: null };
  return { state: after.vouchers.length > 0 ? 'reversed' : 'none', reason: null };
}
