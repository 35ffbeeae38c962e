import fc from 'fast-check';
import { SHIPPED_DICTIONARY, loadDictionary } from '../../../../app/dictionary/load.ts';
import type { Books } from '../../../../processors/posting/post.ts';
import { change, day } from '../../../../schemas/posting/example-documents.ts';
import { documentId } from '../../../../schemas/posting/document.ts';
import type { Document, DocumentKind, Gone, TaxedLine } from '../../../../schemas/posting/document.ts';
import { minor, sumOf } from '../../../../schemas/posting/money.ts';
import type { Period } from '../../../../schemas/posting/period.ts';

/** A state of a document, and the books as they were when it arrived. */
export interface Happening {
  readonly state: Document | Gone;
  readonly books: Books;
}

const { dictionary } = loadDictionary(SHIPPED_DICTIONARY);
const STATUSES: Record<DocumentKind, readonly string[]> = {
  'expense-claim': [
    'approved',
    'approved',
    'approved',
    'submitted',
    'rejected',
    'withdrawn',
    'draft',
    'unheard-of',
  ],
  'purchase-receipt': ['received', 'received', 'invoiced', 'cancelled'],
  'contract-payment': ['approved', 'approved', 'submitted', 'withdrawn'],
  payment: ['paid', 'paid', 'pending', 'failed', 'reissued'],
};
const KINDS = Object.keys(STATUSES) as DocumentKind[];
const DUE = ['approved', 'received', 'paid'];
const MONTHS = ['2026-01', '2026-02', '2026-03', '2026-04'];

const amount = fc.oneof(fc.bigInt(0n, 300n), fc.bigInt(0n, 10n ** 15n));
const seldom = <T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: usual, weight: 20 }, { arbitrary: other, weight: 1 });
const expenseType = seldom(
  fc.constantFrom('rail', 'hotel', 'banquet', 'gift', 'printing', 'course', 'misc', 'rent'),
  fc.constant('unheard-of'),
);

export const lines: fc.Arbitrary<TaxedLine[]> = fc
  .array(
    fc.record({
      expenseType,
      amount,
      taxCode: fc.constantFrom('VAT13', 'VAT09', 'VAT06', 'VAT03', 'VAT01', 'NONE'),
      taxed: fc.bigInt(0n, 13n),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((drawn) =>
    drawn.map(({ taxed, ...line }, index) => ({
      ...line,
      lineNo: index + 1,
      amount: minor(line.amount),
      tax: minor((line.amount * taxed) / 113n),
    })),
  );

const date = fc
  .tuple(fc.constantFrom(...MONTHS), fc.integer({ min: 1, max: 28 }))
  .map(([month, nth]) => day(`${month}-${String(nth).padStart(2, '0')}`));

const periods: fc.Arbitrary<readonly Period[]> = fc
  .array(fc.constantFrom('open' as const, 'open' as const, 'closed' as const), { minLength: 4, maxLength: 4 })
  .map((statuses) =>
    statuses.map((status, index) => ({
      code: MONTHS[index]!,
      startsOn: day(`${MONTHS[index]!}-01`),
      endsOn: day(`${MONTHS[index]!}-${['31', '28', '31', '30'][index]!}`),
      status,
    })),
  );

const drawnState = fc.record({
  status: fc.nat(),
  gone: seldom(fc.constant(null), fc.constantFrom('flagged' as const, 'removed' as const)),
  wrongTotal: seldom(fc.constant(false), fc.constant(true)),
  accountingDate: date,
  changedOn: date,
  currency: seldom(fc.constantFrom('CNY', 'USD', 'HKD'), fc.constant('EUR')),
  department: seldom(fc.constantFrom('D0200', 'D0410', 'D0510'), fc.constant('D0599')),
  method: fc.constantFrom('bank_transfer', 'petty_cash', 'corporate_card'),
  lines,
  /** The same content as the state before, in another state or on another day. */
  repeats: fc.boolean(),
});
type Drawn = typeof drawnState extends fc.Arbitrary<infer T> ? T : never;

function stateOf(kind: DocumentKind, id: bigint, nth: number, drawn: Drawn): Document | Gone {
  const changed = { id: documentId(id.toString()), version: change(nth), changedOn: drawn.changedOn };
  if (drawn.gone !== null) return { ...changed, kind, gone: drawn.gone };
  const status = STATUSES[kind][drawn.status % STATUSES[kind].length]!;
  const sum = sumOf(drawn.lines.map((line) => line.amount));
  const common = {
    ...changed,
    number: `NO-${id.toString()}`,
    status,
    accountingDate: DUE.includes(status) ? drawn.accountingDate : null,
    currency: drawn.currency,
    total: drawn.wrongTotal ? minor(sum + 1n) : sum,
    party: 'E10001',
  };
  const { department, method } = drawn;
  switch (kind) {
    case 'expense-claim':
      return { ...common, kind, department, lines: drawn.lines };
    case 'purchase-receipt':
      return {
        ...common,
        kind,
        department,
        lines: drawn.lines.map(({ lineNo, expenseType: type, amount: units }) => ({
          lineNo,
          expenseType: type,
          amount: units,
        })),
      };
    case 'contract-payment':
      return { ...common, kind, department, budgetYear: 2026, lines: drawn.lines };
    case 'payment':
      return { ...common, kind, settles: 'expense-claim', method };
  }
}

/** One document's life: created, changed, withdrawn, rejected, submitted again, paid, deleted, in any order. */
export const lives: fc.Arbitrary<readonly Happening[]> = fc
  .tuple(
    fc.constantFrom(...KINDS),
    fc.bigInt(1n, 10n ** 18n),
    fc.array(fc.tuple(drawnState, periods), { minLength: 1, maxLength: 8 }),
  )
  .map(([kind, id, states]) => {
    let before: Drawn | null = null;
    return states.map(([drawn, open], index) => {
      const kept: Drawn =
        drawn.repeats && before !== null
          ? {
              ...before,
              status: drawn.status,
              changedOn: drawn.changedOn,
              accountingDate: drawn.accountingDate,
              gone: drawn.gone,
            }
          : drawn;
      before = kept;
      return { state: stateOf(kind, id, index + 1, kept), books: { dictionary, periods: open } };
    });
  });
