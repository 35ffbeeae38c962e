import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

/** What both sides have alike. */
const common: Row = {
  contract_id: 7301000000000000001n,
  instalment_no: 1,
  due_on: '2024-05-31',
  budget_year: 2024,
  expense_type: 'service',
  amount: '53000.00',
  tax_rate: '0.0600',
  tax_amount: '3000.00',
  status: 'planned',
};
const changed = '2024-03-11T02:00:00.5Z';
const instalment: Row = { ...common, id: 7301000000000000002n, updated_at: changed };

export const examples: readonly Example[] = [
  {
    shows: 'An instalment that is planned.',
    change: { row: instalment },
    outcome: [
      {
        table: 'ap.contract_payment_plan',
        upsert: { ...common, plan_id: 7301000000000000002n, changed_at: changed },
      },
    ],
  },
  {
    shows: 'An instalment that was cancelled with its contract is taken out again.',
    change: { row: { ...instalment, status: 'cancelled' } },
    outcome: [{ table: 'ap.contract_payment_plan', delete: [7301000000000000002n] }],
  },
  {
    shows: 'A tax rate is a fraction: 6 for 6 % is refused.',
    change: { row: { ...instalment, tax_rate: '6.0000' } },
    outcome: { rejected: 'oa.contract_payment_plan.tax_rate: is greater than 1' },
  },
];
