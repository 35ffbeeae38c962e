import { SHIPPED_DICTIONARY, loadDictionary } from '../../../../app/dictionary/load.ts';
import { decide } from '../../../../processors/posting/decide.ts';
import { purchaseReceipt } from '../../../../schemas/documents/purchase-receipt.ts';
import { documentId } from '../../../../schemas/posting/document.ts';
import { change, day } from '../../../../schemas/posting/example-documents.ts';
import { emptyLedger } from '../../../../schemas/posting/ledger.ts';
import type { TextRow } from '../../../../schemas/posting/declaration.ts';
import { voucherText } from '../../../../schemas/posting/voucher-text.ts';

const { dictionary } = loadDictionary(SHIPPED_DICTIONARY);
const MARCH = {
  ...{ code: '2026-03', startsOn: day('2026-03-01'), endsOn: day('2026-03-31'), status: 'open' as const },
};
const id = documentId('7301000000000000001');

const header: TextRow = {
  ...{ receipt_no: 'RK1', supplier_code: 'V0002', department_code: 'D0800', currency: 'CNY' },
  ...{ total_amount: '12030.00', status: 'received' },
  // Late in the evening in UTC is the next day in China.
  ...{ received_at: '2026-03-09 16:00:00+00', updated_at: '2026-03-09 16:00:00.5+00' },
};
const lines: readonly TextRow[] = [
  { line_no: '1', expense_type: 'equipment', amount: '11998.00' },
  { line_no: '3', expense_type: 'stationery', amount: '32.00' },
];
const rowsOf = (row: TextRow, given: readonly TextRow[]) => ({
  header: row,
  parts: { lines: given },
  references: {},
});
const read = (over: TextRow = {}, given = lines) =>
  purchaseReceipt.read({ id, version: change(1) }, rowsOf({ ...header, ...over }, given), dictionary);

test('a receipt is read exactly: the day in China, cents, no tax', () => {
  expect(read()).toMatchObject({
    ...{ kind: 'purchase-receipt', id, number: 'RK1', accountingDate: '2026-03-10', total: 1203000n },
    ...{ party: 'V0002', department: 'D0800' },
    lines: [
      { lineNo: 1, expenseType: 'equipment', amount: 1199800n },
      { lineNo: 3, expenseType: 'stationery', amount: 3200n },
    ],
  });
});

test.each<[string, TextRow, readonly TextRow[], object]>([
  ['a currency', { currency: 'XAU' }, lines, { kind: 'parked', list: 'currency', code: 'XAU' }],
  ['a cent', { total_amount: '1.001' }, lines, { kind: 'refused', reason: 'amount-too-fine', line: null }],
  [
    'a cent of a line',
    {},
    [{ ...lines[1], amount: '32.001' }],
    { kind: 'refused', reason: 'amount-too-fine', line: 3 },
  ],
])('%s that there is not is no voucher, and is named', (_, over, given, outcome) => {
  expect(read(over, given)).toMatchObject(outcome);
});

function look(row: TextRow, given = lines) {
  const subject = {
    ...{ id, version: change(1), rows: rowsOf(row, given) },
    ledger: emptyLedger({ kind: 'purchase-receipt', id }),
  };
  return decide(purchaseReceipt, subject, { dictionary, periods: [MARCH] }, day('2026-03-20'));
}

test('goods that are here are accrued', () => {
  const { state, plan } = look(header);
  expect(state).toBe('posted');
  expect(plan.kind === 'actions' && plan.actions.map(({ voucher }) => voucherText(voucher))).toEqual([
    [
      'purchase-receipt/7301000000000000001/1/posting 2026-03 2026-03-10 采购暂估 RK1',
      '借 6602 CC-0800 — 办公费 RK1 12030.00 CNY',
      '贷 2202 — V0002 暂估应付款 RK1 12030.00 CNY',
    ].join('\n'),
  ]);
});

test('what was invoiced or cancelled before the books saw it is no voucher', () => {
  for (const status of ['invoiced', 'cancelled'])
    expect(look({ ...header, status })).toMatchObject({ state: 'none', number: 'RK1' });
});

test('one that contradicts itself is refused', () => {
  expect(look(header, lines.slice(1))).toMatchObject({
    ...{ state: 'refused', reason: 'the total is not the sum of the lines' },
  });
});
