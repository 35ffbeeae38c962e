import { defineEntity } from '../../dsl/entity.ts';
import { decimal, int32, int64, optional, text } from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';

const line = sourceTable('oa.purchase_order_line', {
  key: ['order_id', 'line_no'],
  fields: {
    order_id: int64(),
    line_no: int32(),
    item_name: text(200),
    spec: optional(text(200)),
    expense_type: text(30),
    unit: text(10),
    quantity: decimal(12, 3, { min: '0' }),
    received: decimal(12, 3, { min: '0' }),
    unit_price: decimal(18, 4, { min: '0' }),
    amount: decimal(18, 2, { min: '0' }),
  },
});

export const entity = defineEntity({
  name: 'purchase-order-line',
  zh: '采购订单明细',
  about: 'A line of an order, and how much of it has come.',
  from: 'oa',
  to: 'finance',
  source: line,
  targets: [
    line.into('ap.purchase_order_line', {
      about: 'A line of an order. Prices and amounts are without tax.',
      key: ['order_id', 'line_no'],
      columns: ({ copy, trim }) => ({
        order_id: copy('order_id'),
        line_no: copy('line_no'),
        item_name: trim('item_name'),
        spec: trim('spec'),
        expense_type: copy('expense_type'),
        unit: trim('unit'),
        quantity: copy('quantity'),
        received: copy('received'),
        unit_price: copy('unit_price'),
        amount: copy('amount'),
      }),
    }),
  ],
});
