import { CounterfoilError } from '../contract/errors.ts';
import { defineDocument } from '../posting/declaration.ts';
import type { TextRow } from '../posting/declaration.ts';
import type { Payment } from '../posting/document.ts';
import { readTotal } from '../posting/read-total.ts';
import { dayInChina, required, requiredDay } from '../posting/text-row.ts';

export const payment = defineDocument({
  kind: 'payment',
  about:
    'A payment 付款单 of an expense claim or by a contract, as finance makes it: it clears what was owed.',
  header: {
    id: { namespace: 'finance', name: 'payment' },
    document: 'id',
    columns: [
      ...['payment_no', 'document_kind', 'document_id', 'payee_no', 'amount', 'currency', 'method', 'status'],
      ...['paid_at', 'updated_at'],
    ],
  },

  proof: { total: 'amount', approved: 'paid_at' },
  settles: ['document_kind', 'document_id'],

  outline: ({ header }) => ({
    status: required(header, 'status'),
    number: required(header, 'payment_no'),
    flagged: false,
    changedOn: requiredDay(header, 'updated_at'),
  }),

  read(identity, { header }, dictionary) {
    const changedOn = requiredDay(header, 'updated_at');
    const accountingDate = dayInChina(header, 'paid_at');
    const read = readTotal(header, 'amount', accountingDate ?? changedOn, dictionary);
    if (read.kind !== 'total') return read;
    const { total, currency } = read;
    return {
      ...{ ...identity, kind: 'payment', changedOn, accountingDate, total },
      ...{
        number: required(header, 'payment_no'),
        status: required(header, 'status'),
        currency: currency.code,
      },
      ...{
        party: required(header, 'payee_no'),
        method: required(header, 'method'),
        settles: settledBy(header),
      },
    };
  },
});

/** Throws INTERNAL for another kind: the table of the payments allows these two. */
function settledBy(header: TextRow): Payment['settles'] {
  const kind = required(header, 'document_kind');
  if (kind === 'expense-claim' || kind === 'contract-payment') return kind;
  throw new CounterfoilError('INTERNAL', 'a payment settles a kind of document that is never owed');
}
