import { defineEntity } from '../../dsl/entity.ts';
import { codes, date, decimal, instant, int64, optional, text } from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';
import { SINCE } from '../office.ts';

const order = sourceTable('oa.purchase_order', {
  key: ['id'],
  fields: {
    id: int64(),
    order_no: text(32),
    request_id: int64(),
    buyer_no: text(20),
    department_code: text(20),
    supplier_code: text(20),
    supplier_name: text(120),
    currency: text(3),
    total_amount: decimal(18, 2, { min: '0' }),
    status: codes('open', 'closed'),
    ordered_on: date({ min: SINCE }),
    deliver_by: optional(date({ min: SINCE })),
    updated_at: instant(3, { min: SINCE }),
  },
});

export const entity = defineEntity({
  name: 'purchase-order',
  zh: '采购订单',
  about: 'What was ordered from a supplier for an approved request, as accounts payable sees it.',
  from: 'oa',
  to: 'finance',
  source: order,
  targets: [
    order.into('ap.purchase_order', {
      about: 'An order, open until all has come and is invoiced.',
      key: ['order_id'],
      columns: ({ copy, trim }) => ({
        order_id: copy('id'),
        order_no: copy('order_no'),
        request_id: copy('request_id'),
        buyer_no: copy('buyer_no'),
        department_code: copy('department_code'),
        supplier_code: copy('supplier_code'),
        supplier_name: trim('supplier_name'),
        currency: copy('currency'),
        total_amount: copy('total_amount'),
        status: copy('status'),
        ordered_on: copy('ordered_on'),
        deliver_by: copy('deliver_by'),
        changed_at: copy('updated_at'),
      }),
    }),
  ],
});
