import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

const line: Row = {
  order_id: 7301000000000000005n,
  line_no: 1,
  item_name: '笔记本电脑',
  spec: '14英寸 32GB/1TB',
  expense_type: 'equipment',
  unit: '台',
  quantity: '4.000',
  received: '2.000',
  unit_price: '5999.0000',
  amount: '23996.00',
};

export const examples: readonly Example[] = [
  {
    shows: 'A line of which a part has come; text is trimmed.',
    change: { row: { ...line, item_name: ' 笔记本电脑 ' } },
    outcome: [{ table: 'ap.purchase_order_line', upsert: line }],
  },
  {
    shows: 'A line that is deleted is known by order and number.',
    change: { deletedKey: [7301000000000000005n, 1] },
    outcome: [{ table: 'ap.purchase_order_line', delete: [7301000000000000005n, 1] }],
  },
  {
    shows: 'Less than nothing received is refused.',
    change: { row: { ...line, received: '-1.000' } },
    outcome: { rejected: 'oa.purchase_order_line.received: is less than 0' },
  },
];
