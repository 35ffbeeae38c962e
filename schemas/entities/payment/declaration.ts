import { defineEntity } from '../../dsl/entity.ts';
import { codes, decimal, instant, int32, int64, optional, text, uuid } from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';
import { CHINA } from '../office.ts';

const payment = sourceTable('finance.payment', {
  key: ['id'],
  fields: {
    id: int64(),
    payment_no: text(32),
    document_kind: codes('expense-claim', 'contract-payment'),
    document_id: int64(),
    document_no: text(32),
    attempt: int32(),
    payee_no: text(20),
    amount: decimal(18, 2, { min: '0.01' }),
    currency: text(3),
    method: codes('bank_transfer', 'petty_cash', 'corporate_card'),
    status: codes('pending', 'paid', 'failed', 'reissued'),
    bank_reference: optional(uuid()),
    failure_reason: optional(text()),
    remittance_advice: optional(text()),
    requested_at: instant(6),
    paid_at: optional(instant(6)),
    updated_at: instant(6),
  },
});

export const entity = defineEntity({
  name: 'payment',
  zh: '付款单',
  about: 'A payment of an expense claim or by a contract, as the applicant sees it in the OA.',
  from: 'finance',
  to: 'oa',
  source: payment,
  targets: [
    payment.into('oa.finance_payment', {
      about: 'A payment; an attempt that failed stays, and the next one is a payment of its own.',
      key: ['payment_id'],
      columns: ({ copy, lookup, wallClockAt }) => ({
        payment_id: copy('id'),
        payment_no: copy('payment_no'),
        document_kind: copy('document_kind'),
        document_id: copy('document_id'),
        document_no: copy('document_no'),
        attempt: copy('attempt'),
        payee_no: copy('payee_no'),
        amount: copy('amount'),
        currency: copy('currency'),
        method: lookup('method', { bank_transfer: 'bank', petty_cash: 'cash', corporate_card: 'card' }),
        status: copy('status'),
        bank_reference: copy('bank_reference'),
        failure_reason: copy('failure_reason'),
        remittance_advice: copy('remittance_advice'),
        requested_at: wallClockAt('requested_at', CHINA),
        paid_at: wallClockAt('paid_at', CHINA),
        changed_at: wallClockAt('updated_at', CHINA),
      }),
    }),
  ],
});
