import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

const cable: Row = {
  request_id: 9007199254744001n,
  line_no: 1,
  item_name: '六类网线 ',
  spec: null,
  unit: '米',
  quantity: '305.500',
  unit_price: '2.3333',
  amount: '712.82',
};

const inFinance: Row = { ...cable, item_name: '六类网线' };

export const examples: readonly Example[] = [
  {
    shows: 'A line arrives; quantity and price keep their scales, and nobody multiplies them anew.',
    change: { row: cable },
    outcome: [{ table: 'ap.purchase_request_line', upsert: inFinance }],
  },
  {
    shows: 'A line for nothing, such as a sample, is a line.',
    change: { row: { ...cable, spec: '样品', unit_price: '0.0000', amount: '0.00' } },
    outcome: [
      {
        table: 'ap.purchase_request_line',
        upsert: { ...inFinance, spec: '样品', unit_price: '0.0000', amount: '0.00' },
      },
    ],
  },
  {
    shows: 'A line is known by its request and its number: both are its key.',
    change: { deletedKey: [9007199254744001n, 1] },
    outcome: [{ table: 'ap.purchase_request_line', delete: [9007199254744001n, 1] }],
  },
  {
    shows: 'A quantity of nothing is refused.',
    change: { row: { ...cable, quantity: '0.000' } },
    outcome: { rejected: 'oa.purchase_request_line.quantity: is less than 0.001' },
  },
  {
    shows: 'A line without an amount is refused.',
    change: { row: { ...cable, amount: null } },
    outcome: { rejected: 'oa.purchase_request_line.amount: must not be null' },
  },
];
