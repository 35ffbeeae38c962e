import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

const train: Row = {
  id: 9007199254741001n,
  claim_id: 9007199254740993n,
  line_no: 1,
  expense_type: 'train',
  occurred_on: '2024-03-11',
  description: '北京南至上海虹桥 ',
  city: '上海',
  amount: '553.00',
  tax_rate: '0.0900',
  tax_amount: '45.66',
  invoice_no: null,
  updated_at: '2024-03-14T10:05:09.5Z',
};

const { id, updated_at, ...kept } = train;

export const examples: readonly Example[] = [
  {
    shows: 'A line arrives; amounts keep their scale.',
    change: { row: train },
    outcome: [
      {
        table: 'ap.expense_claim_line',
        upsert: {
          line_id: id ?? null,
          ...kept,
          description: '北京南至上海虹桥',
          changed_at: updated_at ?? null,
        },
      },
    ],
  },
  {
    shows: 'A credit, such as a returned ticket, is a negative amount.',
    change: { row: { ...train, amount: '-553.00', tax_rate: null, tax_amount: null } },
    outcome: [
      {
        table: 'ap.expense_claim_line',
        upsert: {
          line_id: id ?? null,
          ...kept,
          description: '北京南至上海虹桥',
          amount: '-553.00',
          tax_rate: null,
          tax_amount: null,
          changed_at: updated_at ?? null,
        },
      },
    ],
  },
  {
    shows: 'Saving a claim deletes its lines before it inserts them anew.',
    change: { deletedKey: [9007199254741001n] },
    outcome: [{ table: 'ap.expense_claim_line', delete: [9007199254741001n] }],
  },
  {
    shows: 'A tax rate is a fraction: 9 for 9 % is refused.',
    change: { row: { ...train, tax_rate: '9.0000' } },
    outcome: { rejected: 'oa.expense_claim_line.tax_rate: is greater than 1' },
  },
  {
    shows: 'A line without an amount is refused.',
    change: { row: { ...train, amount: null } },
    outcome: { rejected: 'oa.expense_claim_line.amount: must not be null' },
  },
];
