import { defineEntity } from '../../dsl/entity.ts';
import { codes, decimal, int32, optional, text } from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';

const entry = sourceTable('ledger.voucher_entry', {
  key: ['voucher_no', 'line_no'],
  fields: {
    voucher_no: text(40),
    line_no: int32(),
    side: codes('debit', 'credit'),
    account: text(20),
    cost_center: optional(text(20)),
    summary: text(500),
    // No currency has more digits after the point.
    amount: decimal(22, 4),
  },
});

export const entity = defineEntity({
  name: 'voucher-entry',
  zh: '凭证分录',
  about: 'An entry of a voucher of the books: which account, on which side, how much.',
  from: 'finance',
  to: 'oa',
  source: entry,
  targets: [
    entry.into('oa.finance_voucher_entry', {
      about: 'An entry of a voucher, in the currency of its document. Amounts of a reversal are negative.',
      key: ['voucher_no', 'line_no'],
      columns: ({ copy }) => ({
        voucher_no: copy('voucher_no'),
        line_no: copy('line_no'),
        side: copy('side'),
        account: copy('account'),
        cost_center: copy('cost_center'),
        summary: copy('summary'),
        amount: copy('amount'),
      }),
    }),
  ],
});
