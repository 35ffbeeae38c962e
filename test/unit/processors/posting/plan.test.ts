import { SHIPPED_DICTIONARY, loadDictionary } from '../../../../app/dictionary/load.ts';
import { postingDay } from '../../../../processors/posting/open-period.ts';
import { ledgerAfter, liveVoucher, planPosting } from '../../../../processors/posting/plan.ts';
import { postDocument } from '../../../../processors/posting/post.ts';
import {
  change,
  cheaperTrip,
  day,
  examplePeriods,
  gift,
  payout,
  receipt,
  trip,
} from '../../../../schemas/posting/example-documents.ts';
import type { Document } from '../../../../schemas/posting/document.ts';
import { emptyLedger } from '../../../../schemas/posting/ledger.ts';
import { minor } from '../../../../schemas/posting/money.ts';
import { explain } from '../../../../schemas/posting/outcome.ts';

const books = { dictionary: loadDictionary(SHIPPED_DICTIONARY).dictionary, periods: examplePeriods };
const line = trip.lines[0]!;

test.each<[string, Document, string]>([
  ['no day of approval', { ...trip, accountingDate: null }, 'no-accounting-date'],
  ['no money', { ...trip, total: minor(0n), lines: [] }, 'total-not-positive'],
  ['a negative payment', { ...payout, total: minor(-1n) }, 'total-not-positive'],
  ['a cent too much', { ...trip, total: minor(trip.total + 1n) }, 'total-differs-from-lines'],
  ['a receipt that is not its lines', { ...receipt, total: minor(1n) }, 'total-differs-from-lines'],
  ['lines that came twice', { ...trip, lines: [...trip.lines, line] }, 'line-twice'],
  [
    'a negative line',
    { ...trip, lines: [...trip.lines, { ...line, lineNo: 9, amount: minor(-1n) }] },
    'line-negative',
  ],
  [
    'more tax than money',
    { ...gift, lines: [{ ...gift.lines[0]!, tax: minor(11301n) }, gift.lines[1]!] },
    'tax-out-of-range',
  ],
  [
    'negative tax',
    { ...gift, lines: [{ ...gift.lines[0]!, tax: minor(-1n) }, gift.lines[1]!] },
    'tax-out-of-range',
  ],
])('%s is refused, and no amount is told', (_, document, reason) => {
  const outcome = planPosting(emptyLedger(document), document, books);
  expect(outcome).toMatchObject({ kind: 'refused', reason });
  if (outcome.kind === 'refused') expect(explain(outcome)).not.toMatch(/\d{3}/);
});

test.each<[Document, string]>([
  [{ ...trip, department: 'D1' }, 'department D1 means nothing on 2026-03-05; add it to the dictionary'],
  [{ ...trip, currency: 'EUR' }, 'currency EUR means nothing on 2026-03-05; add it to the dictionary'],
  [
    { ...trip, status: 'lost' },
    'status expense-claim/lost means nothing on 2026-03-05; add it to the dictionary',
  ],
  [
    { ...trip, lines: [{ ...line, expenseType: 'boat' }], total: line.amount },
    'expense-type boat means nothing on 2026-03-05; add it to the dictionary',
  ],
  [
    { ...trip, lines: [{ ...line, taxCode: 'VAT17' }], total: line.amount },
    'tax-code VAT17 means nothing on 2026-03-05; add it to the dictionary',
  ],
  [
    { ...payout, method: 'cheque' },
    'payment-method cheque means nothing on 2026-03-06; add it to the dictionary',
  ],
  [
    { ...trip, accountingDate: day('2026-04-01') },
    'no accounting period is open on 2026-04-01 or later; open one',
  ],
])('a document waits, and is told what for: %#', (document, text) => {
  const outcome = planPosting(emptyLedger(document), document, books);
  expect(outcome.kind).toBe('parked');
  if (outcome.kind === 'parked') expect(explain(outcome)).toBe(text);
});

test('the codes of a voucher are those of its own day, its rate is that of the business day', () => {
  const rates = books.dictionary.get('exchange-rate')!.get('USD')!;
  const old = { ...rates[0]!, to: day('2026-02-15'), value: { ...rates[0]!.value, rate: '7' } };
  const current = { ...rates[0]!, version: 2, from: day('2026-02-16') };
  const dictionary = new Map(books.dictionary).set('exchange-rate', new Map([['USD', [old, current]]]));
  const posting = postDocument({ ...trip, currency: 'USD', accountingDate: day('2026-02-15') }, 1, {
    ...books,
    dictionary,
  });
  expect(posting).toMatchObject({ kind: 'voucher', voucher: { date: '2026-03-01', rate: '7' } });
});

test('a voucher says which entries of the dictionary it was made with', () => {
  expect(postDocument(payout, 1, books)).toMatchObject({
    voucher: {
      codes: [
        { list: 'currency', code: 'CNY', version: 1 },
        { list: 'payment-method', code: 'bank_transfer', version: 1 },
        { list: 'posting-account', code: 'employee-payable', version: 1 },
      ],
    },
  });
});

test('a document that waited is posted once what it waited for is there, by the same state again', () => {
  const waiting = planPosting(emptyLedger(trip), trip, { ...books, periods: [] });
  const ledger = ledgerAfter(emptyLedger(trip), trip, waiting);
  expect(waiting.kind).toBe('parked');
  expect(planPosting(ledger, trip, books)).toMatchObject({ actions: [{ kind: 'post' }] });
});

test('the same change put together in another way is not a change', () => {
  const posted = ledgerAfter(emptyLedger(trip), trip, planPosting(emptyLedger(trip), trip, books));
  expect(planPosting(posted, { ...cheaperTrip, version: trip.version }, books)).toEqual({
    kind: 'nothing',
    why: 'stale',
  });
});

test('while the reversal has no open period the new revision waits as well', () => {
  const posted = ledgerAfter(emptyLedger(trip), trip, planPosting(emptyLedger(trip), trip, books));
  const january = [{ ...examplePeriods[1]!, status: 'open' as const }];
  const earlier = { ...cheaperTrip, accountingDate: day('2026-01-09') };
  expect(planPosting(posted, earlier, { ...books, periods: january })).toEqual({
    kind: 'parked',
    reason: 'no-open-period',
    date: '2026-03-09',
  });
});

test('a ledger with two vouchers that both stand, or of another document, is a fault of the product', () => {
  const posted = ledgerAfter(emptyLedger(trip), trip, planPosting(emptyLedger(trip), trip, books));
  const [voucher] = posted.vouchers;
  const twice = { ...posted, vouchers: [voucher!, { ...voucher!, key: { ...voucher!.key, revision: 2 } }] };
  expect(() => liveVoucher(twice)).toThrow('two vouchers');
  expect(() => planPosting(posted, { ...gift, version: change(9) }, books)).toThrow('ledger of another');
});

test('without any open period no day can be found', () => {
  expect(postingDay([], day('2026-01-01'))).toMatchObject({ kind: 'parked', reason: 'no-open-period' });
});
