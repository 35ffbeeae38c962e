import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

/** What both sides have alike. */
const common: Row = {
  order_no: 'PO202403110000001',
  request_id: 7301000000000000001n,
  buyer_no: 'E00123',
  department_code: 'D0800',
  supplier_code: 'V0002',
  supplier_name: '北京京西办公用品有限公司',
  currency: 'CNY',
  total_amount: '23996.00',
  status: 'open',
  ordered_on: '2024-03-11',
  deliver_by: null,
};
const changed = '2024-03-11T02:00:00.5Z';
const order: Row = { ...common, id: 7301000000000000005n, updated_at: changed };
const inFinance: Row = { ...common, order_id: 7301000000000000005n, changed_at: changed };

export const examples: readonly Example[] = [
  {
    shows: 'An order arrives with the code under which finance knows the supplier.',
    change: { row: order },
    outcome: [{ table: 'ap.purchase_order', upsert: inFinance }],
  },
  {
    shows: 'An order that is deleted disappears.',
    change: { deletedKey: [7301000000000000005n] },
    outcome: [{ table: 'ap.purchase_order', delete: [7301000000000000005n] }],
  },
  {
    shows: 'A state that nobody has agreed on is refused.',
    change: { row: { ...order, status: 'lost' } },
    outcome: { rejected: 'oa.purchase_order.status: is none of the agreed codes' },
  },
];
