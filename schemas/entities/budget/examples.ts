import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

const travel: Row = {
  id: 17n,
  fiscal_year: 2024,
  department_id: 12n,
  category: 'travel',
  total_amount: '9007199254740993.01',
  consumed_amount: '1280.50',
  updated_at: '2024-03-18T01:00:00.125Z',
};

const inFinance: Row = {
  budget_id: 17n,
  fiscal_year: 2024,
  department_id: 12n,
  expense_class: 'TRV',
  total_amount: '9007199254740993.01',
  consumed_amount: '1280.50',
  changed_at: '2024-03-18T01:00:00.125Z',
};

export const examples: readonly Example[] = [
  {
    shows: 'A budget arrives with what was used of it; amounts are exact beyond what a double holds.',
    change: { row: travel },
    outcome: [{ table: 'ap.budget', upsert: inFinance }],
  },
  {
    shows: 'More may be used than there is.',
    change: { row: { ...travel, total_amount: '0.00' } },
    outcome: [{ table: 'ap.budget', upsert: { ...inFinance, total_amount: '0.00' } }],
  },
  {
    shows: 'What is given back may be more than was used: the amount is negative.',
    change: { row: { ...travel, consumed_amount: '-0.01' } },
    outcome: [{ table: 'ap.budget', upsert: { ...inFinance, consumed_amount: '-0.01' } }],
  },
  {
    shows: 'A budget that is deleted disappears.',
    change: { deletedKey: [17n] },
    outcome: [{ table: 'ap.budget', delete: [17n] }],
  },
  {
    shows: 'A negative budget is refused.',
    change: { row: { ...travel, total_amount: '-0.01' } },
    outcome: { rejected: 'oa.budget.total_amount: is less than 0' },
  },
  {
    shows: 'A category that nobody has agreed on is refused.',
    change: { row: { ...travel, category: 'gifts' } },
    outcome: { rejected: 'oa.budget.category: is none of the agreed codes' },
  },
];
