import { SHIPPED_DICTIONARY, loadDictionary } from '../../../app/dictionary/load.ts';
import { packFolder } from '../../../app/packs/load.ts';
import { expenseClaim } from '../../../packs/hose/expense-claim.ts';
import { payment } from '../../../packs/hose/payment.ts';
import { settings } from '../../../packs/hose/settings.ts';
import type { DocumentRows, TextRow } from '../../../schemas/posting/declaration.ts';
import { documentId } from '../../../schemas/posting/document.ts';
import { change } from '../../../schemas/posting/example-documents.ts';

const { dictionary } = loadDictionary(SHIPPED_DICTIONARY, [`${packFolder('hose')}/dictionary`]);
const [claim, paid] = [expenseClaim(settings.parse({})), payment(settings.parse({}))];
const identity = { id: documentId('ID_1'), version: change(1) };
const cny = (standard: string | number) => ({ standard, standardStrCode: 'CNY', standardScale: 2 });

const form = {
  ...{ code: 'B26-1', expenseMoney: cny('200.00'), payMoney: cny('200.00') },
  // Late in the evening in UTC is the next day in China.
  ...{ flowEndTime: Date.parse('2026-03-04T16:00:00Z'), payDate: Date.parse('2026-03-06T04:00:00Z') },
  details: [{ feeTypeId: 'ft1', feeTypeForm: { amount: cny('200.00') } }] as readonly unknown[],
};
function rows(over: object = {}, header: TextRow = {}): DocumentRows {
  return {
    header: {
      ...{ state: 'paid', submitter_id: 'zhang', department_id: 'sales', corporation_id: 'corp' },
      document: JSON.stringify({
        updateTime: Date.parse('2026-03-07T04:00:00Z'),
        form: { ...form, ...over },
      }),
      ...{ received_at: '2026-03-08 09:00:00', ...header },
    },
    parts: {},
    references: {
      staff: [{ code: 'E10012' }],
      department: [{ code: 'D0510' }],
      feeTypes: [
        { id: 'ft0', code: 'rail' },
        { id: 'ft1', code: 'hotel' },
      ],
    },
  };
}
const detail = (amount: string | number, ...invoices: object[]) => ({
  ...{ feeTypeId: 'ft1', feeTypeForm: { amount: cny(amount), invoiceForm: { type: 'exist', invoices } } },
});

test('a claim is read from its payload, a payment from the same', () => {
  expect(claim.read(identity, rows(), dictionary)).toMatchObject({
    ...{ kind: 'expense-claim', number: 'B26-1', total: 20000n, currency: 'CNY', party: 'E10012' },
    ...{ department: 'D0510', accountingDate: '2026-03-05', changedOn: '2026-03-07' },
    lines: [{ lineNo: 1, expenseType: 'hotel', amount: 20000n, taxCode: 'NONE', tax: 0n }],
  });
  expect(paid.read(identity, rows(), dictionary)).toMatchObject({
    ...{ kind: 'payment', total: 20000n, accountingDate: '2026-03-06', method: 'bank_transfer' },
  });
});

test('each invoice with a tax is a line, and so is what is left of the detail', () => {
  const invoices = [
    { taxAmount: cny('6'), taxRate: '6', approveAmount: cny('106.00') },
    { taxAmount: cny('1.8'), taxRate: 9, approveAmount: cny(21.8) },
    { taxAmount: null },
  ];
  const read = claim.read(
    identity,
    rows({ details: [detail('200.00', ...invoices), detail('1')] }),
    dictionary,
  );
  expect(read).toMatchObject({
    lines: [
      { lineNo: 1, amount: 10600n, taxCode: 'VAT06', tax: 600n },
      { lineNo: 2, amount: 2180n, taxCode: 'VAT09', tax: 180n },
      { lineNo: 3, amount: 7220n, taxCode: 'NONE', tax: 0n },
      { lineNo: 4, amount: 100n },
    ],
  });
});

test.each<[string, DocumentRows, object]>([
  ['no payload', rows({}, { document: null }), { reason: 'not-as-agreed' }],
  ['a payload that is cut off', rows({}, { document: '{"form": {' }), { reason: 'not-as-agreed' }],
  ['a claim without an amount', rows({ expenseMoney: null }), { reason: 'not-as-agreed' }],
  [
    'a detail in another currency',
    rows({
      details: [{ feeTypeId: 'ft1', feeTypeForm: { amount: { standard: '1', standardStrCode: 'USD' } } }],
    }),
    { reason: 'not-as-agreed', line: 1 },
  ],
  [
    'several invoices of which it is not said how much counts',
    rows({
      details: [detail('200', { taxAmount: cny('6'), taxRate: '6' }, { taxAmount: cny('1'), taxRate: '6' })],
    }),
    { reason: 'not-as-agreed', line: 1 },
  ],
  ['a thousandth', rows({ expenseMoney: cny('0.001') }), { reason: 'amount-too-fine' }],
  [
    'a fee type that is not known',
    rows({ details: [{ ...detail('1'), feeTypeId: 'ft9' }] }),
    { table: 'hose_fee_type', key: 'ft9' },
  ],
  [
    'a currency',
    rows({ expenseMoney: { standard: '1', standardStrCode: 'XAU' } }),
    { list: 'currency', code: 'XAU' },
  ],
])('%s is refused, or waited for', (_, given, outcome) => {
  expect(claim.read(identity, given, dictionary)).toMatchObject(outcome);
});

test.each([
  ['draft', 'draft', 'pending'],
  ['approving', 'submitted', 'pending'],
  ['rejected', 'rejected', 'pending'],
  ['PROCESSING', 'paying', 'pending'],
  ['paid', 'paid', 'paid'],
  ['archived', 'archived', 'paid'],
  ['nullify', 'withdrawn', 'pending'],
  ['a state of tomorrow', 'a state of tomorrow', 'pending'],
])('in the state %s a claim is %s, and its payment %s', (state, ofClaim, ofPayment) => {
  expect(claim.outline(rows({}, { state }))).toMatchObject({ status: ofClaim, flagged: false });
  expect(paid.outline(rows({}, { state }))).toMatchObject({ status: ofPayment });
  expect(paid.outline(rows({ payMoney: cny('0.00') }, { state }))).toMatchObject({ status: 'pending' });
});

test('what cannot be read has a state and a day all the same', () => {
  const unread = rows({}, { document: 'x', state: 'deleted' });
  expect(claim.outline(unread)).toEqual({
    status: 'deleted',
    number: '',
    flagged: true,
    changedOn: '2026-03-08',
  });
});

test('the books of some legal entities are of their documents alone', () => {
  const { header } = expenseClaim(settings.parse({ legalEntities: ['LE1'] }));
  expect(header.only).toEqual({ form_type: ['expense'], legal_entity_id: ['LE1'] });
});
