import { defineEntity } from '../../dsl/entity.ts';
import { date, decimal, instant, int32, int64, optional, text } from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';
import { SINCE } from '../office.ts';

const line = sourceTable('oa.expense_claim_line', {
  key: ['id'],
  fields: {
    id: int64(),
    claim_id: int64(),
    line_no: int32(),
    expense_type: text(30),
    occurred_on: date({ min: SINCE }),
    description: optional(text(500)),
    city: optional(text(60)),
    amount: decimal(18, 2),
    tax_rate: optional(decimal(5, 4, { min: '0', max: '1' })),
    tax_amount: optional(decimal(18, 2)),
    invoice_no: optional(text(32)),
    updated_at: instant(3),
  },
});

export const entity = defineEntity({
  name: 'expense-claim-line',
  zh: '费用报销明细',
  about: 'A line of an expense claim of the OA, as accounts payable sees it.',
  from: 'oa',
  to: 'finance',
  source: line,
  targets: [
    line.into('ap.expense_claim_line', {
      about: 'A line of a claim. Saving a claim gives all of its lines new ids.',
      key: ['line_id'],
      columns: ({ copy, trim }) => ({
        line_id: copy('id'),
        claim_id: copy('claim_id'),
        line_no: copy('line_no'),
        expense_type: copy('expense_type'),
        occurred_on: copy('occurred_on'),
        description: trim('description'),
        city: trim('city'),
        amount: copy('amount'),
        tax_rate: copy('tax_rate'),
        tax_amount: copy('tax_amount'),
        invoice_no: trim('invoice_no'),
        changed_at: copy('updated_at'),
      }),
    }),
  ],
});
