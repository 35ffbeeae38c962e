import { SHIPPED_DICTIONARY, loadDictionary } from '../../../../app/dictionary/load.ts';
import { decide } from '../../../../processors/posting/decide.ts';
import { expenseClaim } from '../../../../schemas/documents/expense-claim.ts';
import { documentId } from '../../../../schemas/posting/document.ts';
import { change, day } from '../../../../schemas/posting/example-documents.ts';
import { emptyLedger } from '../../../../schemas/posting/ledger.ts';
import type { Ledger } from '../../../../schemas/posting/ledger.ts';
import { ledgerAfter } from '../../../../processors/posting/plan.ts';
import type { TextRow } from '../../../../schemas/posting/declaration.ts';

const { dictionary } = loadDictionary(SHIPPED_DICTIONARY);
const MARCH = {
  ...{ code: '2026-03', startsOn: day('2026-03-01'), endsOn: day('2026-03-31'), status: 'open' as const },
};
const books = { dictionary, periods: [MARCH] };
const id = documentId('9007199254740993');

const header: TextRow = {
  ...{ claim_no: 'BX1', applicant_no: 'E10012', department_code: 'D0510', currency: 'CNY' },
  ...{ total_amount: '636.00', status: 'approved', is_deleted: '0' },
  // Late in the evening in UTC is the next day in China.
  ...{ approved_at: '2026-03-05 16:00:00+00', updated_at: '2026-03-05 16:00:00.5+00' },
};
const line: TextRow = {
  ...{ line_no: '1', expense_type: 'hotel', amount: '636.00', tax_rate: '0.0600', tax_amount: '36.00' },
};
const rowsOf = (row: TextRow, lines: readonly TextRow[]) => ({
  header: row,
  parts: { lines },
  references: {},
});
const read = (over: TextRow = {}, lines: readonly TextRow[] = [line]) =>
  expenseClaim.read({ id, version: change(1) }, rowsOf({ ...header, ...over }, lines), dictionary);

test('a claim is read exactly: the day in China, cents, the tax code of its rate', () => {
  expect(read()).toMatchObject({
    ...{ kind: 'expense-claim', id, number: 'BX1', accountingDate: '2026-03-06', total: 63600n },
    lines: [{ lineNo: 1, amount: 63600n, tax: 3600n, taxCode: 'VAT06' }],
  });
  expect(read({}, [{ ...line, tax_rate: null, tax_amount: null }])).toMatchObject({
    lines: [{ tax: 0n, taxCode: 'NONE' }],
  });
});

test.each<[string, TextRow, readonly TextRow[], object]>([
  ['a currency', { currency: 'XAU' }, [line], { kind: 'parked', list: 'currency', code: 'XAU' }],
  ['a rate of tax', {}, [{ ...line, tax_rate: '0.0700' }], { kind: 'parked', list: 'tax-code' }],
  ['a cent', { total_amount: '636.001' }, [line], { kind: 'refused', reason: 'amount-too-fine', line: null }],
  [
    'a cent of a line',
    {},
    [{ ...line, amount: '1.001' }],
    { kind: 'refused', reason: 'amount-too-fine', line: 1 },
  ],
])('%s that there is not is no voucher, and is named', (_, over, lines, outcome) => {
  expect(read(over, lines)).toMatchObject(outcome);
});

test('a column that the copy does not have is the fault of the program, not of the claim', () => {
  expect(() => read({ claim_no: null })).toThrow(/claim_no .* missing or null/);
});

describe('decided about', () => {
  let ledger: Ledger;
  let nth: number;
  beforeEach(() => {
    ledger = emptyLedger({ kind: 'expense-claim', id });
    nth = 0;
  });

  function look(row: TextRow | null, lines: readonly TextRow[] = [line], today = day('2026-03-20')) {
    nth += 1;
    const subject = { id, version: change(nth), rows: row === null ? null : rowsOf(row, lines), ledger };
    const decision = decide(expenseClaim, subject, books, today);
    const newest = {
      id,
      version: change(nth),
      kind: 'expense-claim',
      changedOn: today,
      gone: 'removed',
    } as const;
    ledger = ledgerAfter(ledger, newest, decision.plan);
    return decision;
  }

  test('a draft that makes no sense yet is nobody’s concern', () => {
    const draft = { ...header, status: 'draft', currency: 'XAU', approved_at: null };
    expect(look(draft, [])).toMatchObject({ state: 'none', reason: null, number: 'BX1' });
  });

  test('approved, withdrawn, approved again, deleted by its flag: posted, reversed, posted, reversed', () => {
    expect(look(header).state).toBe('posted');
    expect(look({ ...header, status: 'withdrawn' }).state).toBe('reversed');
    expect(look(header).state).toBe('posted');
    expect(look({ ...header, is_deleted: 'true' }).state).toBe('reversed');
    expect(ledger.vouchers.map(({ key }) => `${key.revision} ${key.kind}`)).toEqual([
      ...['1 posting', '1 reversal', '2 posting', '2 reversal'],
    ]);
  });

  test('a claim whose row was cleared away keeps its voucher', () => {
    look(header);
    expect(look(null, [])).toMatchObject({ state: 'posted', number: null, plan: { kind: 'nothing' } });
  });

  test('a state that the dictionary does not know parks it; what stands stays', () => {
    look(header);
    expect(look({ ...header, status: 'archived' })).toMatchObject({
      state: 'parked',
      reason: expect.stringContaining('status expense-claim/archived') as string,
    });
    expect(ledger.vouchers).toHaveLength(1);
  });

  test('one that contradicts itself is refused, without an amount in the reason', () => {
    const { state, reason } = look({ ...header, total_amount: '637.77' });
    expect([state, reason]).toEqual(['refused', 'the total is not the sum of the lines']);
  });
});
