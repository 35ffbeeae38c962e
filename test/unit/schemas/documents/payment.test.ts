import { SHIPPED_DICTIONARY, loadDictionary } from '../../../../app/dictionary/load.ts';
import { payment } from '../../../../schemas/documents/payment.ts';
import { documentId } from '../../../../schemas/posting/document.ts';
import { change } from '../../../../schemas/posting/example-documents.ts';
import type { TextRow } from '../../../../schemas/posting/declaration.ts';

const { dictionary } = loadDictionary(SHIPPED_DICTIONARY);

const header: TextRow = {
  ...{ payment_no: 'ZF-BX1-1', document_kind: 'expense-claim', payee_no: 'E10012', currency: 'CNY' },
  ...{ amount: '1286.00', method: 'bank_transfer', status: 'paid' },
  ...{ paid_at: '2026-03-05 16:00:00+00', updated_at: '2026-03-05 16:00:00+00' },
};
const read = (over: TextRow = {}) =>
  payment.read(
    { id: documentId('9007199254741993'), version: change(1) },
    { header: { ...header, ...over }, parts: {}, references: {} },
    dictionary,
  );

test('a payment clears what it says: a claim, or what was due by a contract', () => {
  expect(read()).toMatchObject({ settles: 'expense-claim', party: 'E10012', total: 128600n });
  expect(read({ document_kind: 'contract-payment', payee_no: 'V0004' })).toMatchObject({
    ...{ settles: 'contract-payment', party: 'V0004' },
  });
});

test('a payment of what is never owed cannot be', () => {
  expect(() => read({ document_kind: 'purchase-receipt' })).toThrow(/never owed/);
});
