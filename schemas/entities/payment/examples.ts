import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

const paid: Row = {
  id: 9007199254741993n,
  payment_no: 'FK202403-00008',
  document_kind: 'expense-claim',
  document_id: 9007199254740993n,
  document_no: 'BX202403-00017',
  attempt: 1,
  payee_no: 'E00123',
  amount: '1280.50',
  currency: 'CNY',
  method: 'bank_transfer',
  status: 'paid',
  bank_reference: '7d444840-9dc0-11d1-b245-5ffdce74fad2',
  failure_reason: null,
  remittance_advice: '三月上海出差',
  requested_at: '2024-03-18T16:30:00Z',
  paid_at: '2024-03-19T02:15:30.5Z',
  updated_at: '2024-03-19T02:15:30.5Z',
};

const inOffice: Row = {
  payment_id: 9007199254741993n,
  payment_no: 'FK202403-00008',
  document_kind: 'expense-claim',
  document_id: 9007199254740993n,
  document_no: 'BX202403-00017',
  attempt: 1,
  payee_no: 'E00123',
  amount: '1280.50',
  currency: 'CNY',
  method: 'bank',
  status: 'paid',
  bank_reference: '7d444840-9dc0-11d1-b245-5ffdce74fad2',
  failure_reason: null,
  remittance_advice: '三月上海出差',
  requested_at: '2024-03-19 00:30:00',
  paid_at: '2024-03-19 10:15:30.5',
  changed_at: '2024-03-19 10:15:30.5',
};

const byContract = {
  document_kind: 'contract-payment',
  document_id: 7301000000000000003n,
  document_no: 'FK202403120001',
  payee_no: 'V0004',
};

function withoutAdvice(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'remittance_advice'));
}

export const examples: readonly Example[] = [
  {
    shows: 'A payment appears in the OA; instants become what clocks in China showed.',
    change: { row: paid },
    outcome: [{ table: 'oa.finance_payment', upsert: inOffice }],
  },
  {
    shows: 'A payment by contract says so, and its payee is a supplier.',
    change: { row: { ...paid, ...byContract } },
    outcome: [{ table: 'oa.finance_payment', upsert: { ...inOffice, ...byContract } }],
  },
  {
    shows: 'A large advice that did not change is not sent, and not touched.',
    change: { row: withoutAdvice(paid) },
    outcome: [{ table: 'oa.finance_payment', upsert: withoutAdvice(inOffice) }],
  },
  {
    shows: 'A payment of nothing is refused.',
    change: { row: { ...paid, amount: '0.00' } },
    outcome: { rejected: 'finance.payment.amount: is less than 0.01' },
  },
  {
    shows: 'A deleted payment disappears.',
    change: { deletedKey: [9007199254741993n] },
    outcome: [{ table: 'oa.finance_payment', delete: [9007199254741993n] }],
  },
];
