import { SHIPPED_DICTIONARY, loadDictionary } from '../../../../app/dictionary/load.ts';
import { decide } from '../../../../processors/posting/decide.ts';
import { contractPayment } from '../../../../schemas/documents/contract-payment.ts';
import { documentId } from '../../../../schemas/posting/document.ts';
import { change, day } from '../../../../schemas/posting/example-documents.ts';
import { emptyLedger } from '../../../../schemas/posting/ledger.ts';
import type { TextRow } from '../../../../schemas/posting/declaration.ts';
import { voucherText } from '../../../../schemas/posting/voucher-text.ts';

const { dictionary } = loadDictionary(SHIPPED_DICTIONARY);
const MARCH = {
  ...{ code: '2026-03', startsOn: day('2026-03-01'), endsOn: day('2026-03-31'), status: 'open' as const },
};
const id = documentId('7301000000000000003');

const header: TextRow = {
  ...{ request_no: 'FK1', supplier_code: 'V0004', department_code: 'D0410', currency: 'CNY' },
  ...{ budget_year: '2026', total_amount: '63000.00', status: 'approved', is_deleted: '0' },
  ...{ approved_at: '2026-03-11 16:00:00+00', updated_at: '2026-03-11 16:00:00.5+00' },
};
const lines: readonly TextRow[] = [
  { line_no: '1', expense_type: 'service', amount: '53000.00', tax_rate: '0.0600', tax_amount: '3000.00' },
  { line_no: '2', expense_type: 'service', amount: '10000.00', tax_rate: null, tax_amount: null },
];
const rowsOf = (row: TextRow, given: readonly TextRow[]) => ({
  header: row,
  parts: { lines: given },
  references: {},
});
const read = (over: TextRow = {}, given = lines) =>
  contractPayment.read({ id, version: change(1) }, rowsOf({ ...header, ...over }, given), dictionary);

test('a payment by contract is read exactly: the year of its budget, cents, the tax code of its rate', () => {
  expect(read()).toMatchObject({
    ...{ kind: 'contract-payment', id, number: 'FK1', accountingDate: '2026-03-12', total: 6300000n },
    ...{ party: 'V0004', department: 'D0410', budgetYear: 2026 },
    lines: [
      { lineNo: 1, amount: 5300000n, tax: 300000n, taxCode: 'VAT06' },
      { lineNo: 2, amount: 1000000n, tax: 0n, taxCode: 'NONE' },
    ],
  });
});

test('a rate of tax that there is not is no voucher, and is named', () => {
  expect(read({}, [{ ...lines[0], tax_rate: '0.0700' }])).toMatchObject({ kind: 'parked', list: 'tax-code' });
});

function look(row: TextRow) {
  const subject = {
    ...{ id, version: change(1), rows: rowsOf(row, lines) },
    ledger: emptyLedger({ kind: 'contract-payment', id }),
  };
  return decide(contractPayment, subject, { dictionary, periods: [MARCH] }, day('2026-03-20'));
}

test('approved, it is owed to the supplier, and its net amount of the reserved budget is released', () => {
  const { state, plan } = look(header);
  expect(state).toBe('posted');
  expect(plan.kind === 'actions' && plan.actions.map(({ voucher }) => voucherText(voucher))).toEqual([
    [
      'contract-payment/7301000000000000003/1/posting 2026-03 2026-03-12 合同付款 FK1',
      '借 5301 CC-0410 — 其他费用 FK1 60000.00 CNY',
      '借 2221.01 — — 进项税额 FK1 3000.00 CNY',
      '贷 2202 — V0004 应付供应商款 FK1 63000.00 CNY',
      '释放预算 2026 CC-0410 other 60000.00 CNY',
    ].join('\n'),
  ]);
});

test('under review, withdrawn or deleted it is no voucher', () => {
  for (const over of [
    { status: 'submitted', approved_at: null },
    { status: 'withdrawn' },
    { is_deleted: 'true' },
  ])
    expect(look({ ...header, ...over })).toMatchObject({ state: 'none', number: 'FK1' });
});
