import { defineEntity } from '../../dsl/entity.ts';
import { codes, decimal, instant, int64 } from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';
import { SINCE } from '../office.ts';

const entry = sourceTable('oa.budget_entry', {
  key: ['id'],
  fields: {
    id: int64(),
    budget_id: int64(),
    doc_type: codes('expense_claim', 'contract_payment_plan', 'contract_payment'),
    doc_id: int64(),
    movement: codes('reserve', 'release', 'consume'),
    amount: decimal(18, 2, { min: '0' }),
    entered_at: instant(3, { min: SINCE }),
  },
});

export const entity = defineEntity({
  name: 'budget-entry',
  zh: '预算占用明细',
  about: 'What a document did to a budget of the OA: the budget is the sum of its entries.',
  from: 'oa',
  to: 'finance',
  source: entry,
  targets: [
    entry.into('ap.budget_entry', {
      about: 'An amount that a document has reserved, released or used, in the currency of the books.',
      key: ['entry_id'],
      columns: ({ copy, lookup }) => ({
        entry_id: copy('id'),
        budget_id: copy('budget_id'),
        document_kind: lookup('doc_type', {
          expense_claim: 'expense-claim',
          contract_payment_plan: 'contract-payment-plan',
          contract_payment: 'contract-payment',
        }),
        document_id: copy('doc_id'),
        movement: copy('movement'),
        amount: copy('amount'),
        entered_at: copy('entered_at'),
      }),
    }),
  ],
});
