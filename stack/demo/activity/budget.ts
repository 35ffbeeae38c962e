import { budgetId, type BudgetCategory } from '../oa-base-data.ts';
import { wallClock } from './clock.ts';
import { formatCents } from './money.ts';
import type { PlanContext } from './plan.ts';
import type { Write } from './writes.ts';

export interface BudgetMovement {
  readonly movement: 'reserve' | 'release' | 'consume';
  readonly docType: 'expense_claim' | 'contract_payment_plan' | 'contract_payment';
  readonly docId: bigint;
  readonly year: number;
  readonly departmentId: number;
  readonly category: BudgetCategory;
  /** In CNY. */
  readonly cents: bigint;
}

/** The entry of a document, and what it makes of the budget: a budget is the sum of its entries. */
export function budgetMovement({ moment, ids }: PlanContext, move: BudgetMovement): Write[] {
  const { movement, docType, docId, year, departmentId, category, cents } = move;
  const id = budgetId(year, departmentId, category);
  const reserved = { reserve: cents, release: -cents, consume: 0n };
  return [
    {
      kind: 'insert',
      table: 'budget_entry',
      rows: [
        {
          id: ids.next(),
          budget_id: id,
          doc_type: docType,
          doc_id: docId,
          movement,
          amount: formatCents(cents),
          entered_at: wallClock(moment, 3),
        },
      ],
    },
    {
      kind: 'add-to-budget',
      row: {
        id,
        fiscal_year: year,
        department_id: departmentId,
        category,
        total_amount: '0.00',
        reserved_amount: formatCents(reserved[movement]),
        consumed_amount: formatCents(movement === 'consume' ? cents : 0n),
        version: 0,
        created_at: `${year}-01-01 00:00:00`,
        updated_at: wallClock(moment, 3),
      },
    },
  ];
}
