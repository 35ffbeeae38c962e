import { defineEntity } from '../../dsl/entity.ts';
import { decimal, int32, int64, optional, text } from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';

const line = sourceTable('oa.purchase_request_line', {
  key: ['request_id', 'line_no'],
  fields: {
    request_id: int64(),
    line_no: int32(),
    item_name: text(200),
    spec: optional(text(200)),
    unit: text(10),
    quantity: decimal(12, 3, { min: '0.001' }),
    unit_price: decimal(18, 4, { min: '0' }),
    amount: decimal(18, 2, { min: '0' }),
  },
});

export const entity = defineEntity({
  name: 'purchase-request-line',
  zh: '采购申请明细',
  about: 'A line of a purchase request of the OA: what is to be bought, how much of it and at what price.',
  from: 'oa',
  to: 'finance',
  source: line,
  targets: [
    line.into('ap.purchase_request_line', {
      about:
        'A line of a request, of one that is not in finance as well: a line does not say how its request stands.',
      key: ['request_id', 'line_no'],
      columns: ({ copy, trim }) => ({
        request_id: copy('request_id'),
        line_no: copy('line_no'),
        item_name: trim('item_name'),
        spec: trim('spec'),
        unit: copy('unit'),
        quantity: copy('quantity'),
        unit_price: copy('unit_price'),
        amount: copy('amount'),
      }),
    }),
  ],
});
