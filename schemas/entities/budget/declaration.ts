import { defineEntity } from '../../dsl/entity.ts';
import { decimal, instant, int32, int64 } from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';
import { EXPENSE_CLASSES, expenseCategory, SINCE } from '../office.ts';

const budget = sourceTable('oa.budget', {
  key: ['id'],
  fields: {
    id: int64(),
    fiscal_year: int32(),
    department_id: int64(),
    category: expenseCategory(),
    total_amount: decimal(18, 2, { min: '0' }),
    consumed_amount: decimal(18, 2),
    updated_at: instant(3, { min: SINCE }),
  },
});

export const entity = defineEntity({
  name: 'budget',
  zh: '预算',
  about: 'What a department may spend on a category in a year, and what it has used, as the OA counts it.',
  from: 'oa',
  to: 'finance',
  source: budget,
  targets: [
    budget.into('ap.budget', {
      about: 'The budget of a department for a category and a year. More may be used than there is.',
      key: ['budget_id'],
      columns: ({ copy, lookup }) => ({
        budget_id: copy('id'),
        fiscal_year: copy('fiscal_year'),
        department_id: copy('department_id'),
        expense_class: lookup('category', EXPENSE_CLASSES),
        total_amount: copy('total_amount'),
        consumed_amount: copy('consumed_amount'),
        changed_at: copy('updated_at'),
      }),
    }),
  ],
});
