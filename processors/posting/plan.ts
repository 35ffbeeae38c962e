import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { compareVersions } from '../../schemas/contract/position.ts';
import { lookup } from '../../schemas/dictionary/dictionary.ts';
import type { Document, Gone } from '../../schemas/posting/document.ts';
import type { Ledger } from '../../schemas/posting/ledger.ts';
import { parked } from '../../schemas/posting/outcome.ts';
import type { Action, Parked, Plan } from '../../schemas/posting/outcome.ts';
import type { Voucher } from '../../schemas/posting/voucher.ts';
import { contentOf, postDocument } from './post.ts';
import type { Books } from './post.ts';
import { reversalOf } from './reverse.ts';

/**
 * What brings the books up to date with the newest state of a document. A posted voucher is never altered: when the
 * document says something else now, the live voucher is reversed and the next revision posted, both or neither: a
 * document that waits for a code keeps the voucher it has until its new one can be made.
 */
export function planPosting(ledger: Ledger, newest: Document | Gone, books: Books): Plan {
  if (ledger.document.kind !== newest.kind || ledger.document.id !== newest.id)
    throw new CounterfoilError('INTERNAL', 'a document was planned against the ledger of another');
  if (ledger.version !== null && compareVersions(newest.version, ledger.version) <= 0)
    return { kind: 'nothing', why: 'stale' };
  const live = liveVoucher(ledger);
  const due = 'gone' in newest ? false : isDue(newest, books);
  if (typeof due === 'object') return due;

  if (!due || 'gone' in newest) {
    if (live === null) return { kind: 'nothing', why: 'not-due' };
    if ('gone' in newest && newest.gone === 'removed') return { kind: 'nothing', why: 'removed' };
    return planOf([reversal(live, newest, books)]);
  }
  if (live?.content === contentOf(newest)) return { kind: 'nothing', why: 'unchanged' };
  const posting: Step = { kind: 'post', posting: postDocument(newest, lastRevision(ledger) + 1, books) };
  return planOf(live === null ? [posting] : [reversal(live, newest, books), posting]);
}

/** The ledger after a plan was carried out. What waits or was refused leaves it as it is, and comes again. */
export function ledgerAfter(ledger: Ledger, newest: Document | Gone, plan: Plan): Ledger {
  switch (plan.kind) {
    case 'actions':
      return {
        ...ledger,
        version: newest.version,
        vouchers: [...ledger.vouchers, ...plan.actions.map(({ voucher }) => voucher)],
      };
    case 'nothing':
      return plan.why === 'stale' ? ledger : { ...ledger, version: newest.version };
    case 'parked':
    case 'refused':
      return ledger;
  }
}

/** The voucher that stands in the books for a document: there is one at most. */
export function liveVoucher({ vouchers }: Ledger): Voucher | null {
  const reversed = new Set(
    vouchers.filter(({ key }) => key.kind === 'reversal').map(({ key }) => key.revision),
  );
  const live = vouchers.filter(({ key }) => key.kind === 'posting' && !reversed.has(key.revision));
  if (live.length > 1) throw new CounterfoilError('INTERNAL', 'a document has two vouchers that both stand');
  return live[0] ?? null;
}

function lastRevision({ vouchers }: Ledger): number {
  return Math.max(0, ...vouchers.map(({ key }) => key.revision));
}

/** Whether the books hold a voucher of a document in this state, by the dictionary. */
export function isDue(
  { kind, status: code, changedOn }: Pick<Document, 'kind' | 'status' | 'changedOn'>,
  { dictionary }: Books,
): boolean | Parked {
  const status = lookup(dictionary, 'status', `${kind}/${code}`, changedOn);
  return status.kind === 'found' ? status.value.voucher === 'due' : parked(status);
}

interface Step {
  readonly kind: Action['kind'];
  readonly posting: ReturnType<typeof postDocument>;
}

function reversal(live: Voucher, { changedOn }: Document | Gone, { periods }: Books): Step {
  return { kind: 'reverse', posting: reversalOf(live, changedOn, periods) };
}

/** All steps, or the first reason against one of them. */
function planOf(steps: readonly Step[]): Plan {
  const actions: Action[] = [];
  for (const { kind, posting } of steps) {
    if (posting.kind !== 'voucher') return posting;
    actions.push({ kind, voucher: posting.voucher });
  }
  return { kind: 'actions', actions };
}
