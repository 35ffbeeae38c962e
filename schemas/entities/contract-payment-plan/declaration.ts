import { defineEntity } from '../../dsl/entity.ts';
import { codes, date, decimal, instant, int32, int64, optional, text } from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';
import { SINCE } from '../office.ts';

const instalment = sourceTable('oa.contract_payment_plan', {
  key: ['id'],
  fields: {
    id: int64(),
    contract_id: int64(),
    instalment_no: int32(),
    due_on: date({ min: SINCE }),
    budget_year: int32(),
    expense_type: text(30),
    amount: decimal(18, 2, { min: '0' }),
    tax_rate: optional(decimal(5, 4, { min: '0', max: '1' })),
    tax_amount: decimal(18, 2, { min: '0' }),
    status: codes('planned', 'requested', 'approved', 'cancelled'),
    updated_at: instant(3, { min: SINCE }),
  },
});

export const entity = defineEntity({
  name: 'contract-payment-plan',
  zh: '合同付款计划',
  about: 'What is to be paid by a contract, and when: the cash that finance will need.',
  from: 'oa',
  to: 'finance',
  source: instalment,
  targets: [
    instalment.into('ap.contract_payment_plan', {
      about: 'An instalment that is or was to be paid. Those that were cancelled are not here.',
      key: ['plan_id'],
      columns: ({ copy }) => ({
        plan_id: copy('id'),
        contract_id: copy('contract_id'),
        instalment_no: copy('instalment_no'),
        due_on: copy('due_on'),
        budget_year: copy('budget_year'),
        expense_type: copy('expense_type'),
        amount: copy('amount'),
        tax_rate: copy('tax_rate'),
        tax_amount: copy('tax_amount'),
        status: copy('status'),
        changed_at: copy('updated_at'),
      }),
      only: { status: ['planned', 'requested', 'approved'] },
    }),
  ],
});
