import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

const entry: Row = {
  id: 7301000000000000009n,
  budget_id: 240000085n,
  doc_type: 'contract_payment_plan',
  doc_id: 7301000000000000002n,
  movement: 'reserve',
  amount: '50000.00',
  entered_at: '2024-03-11T02:00:00.5Z',
};

export const examples: readonly Example[] = [
  {
    shows: 'An instalment of a contract reserves its amount without tax.',
    change: { row: entry },
    outcome: [
      {
        table: 'ap.budget_entry',
        upsert: {
          entry_id: 7301000000000000009n,
          budget_id: 240000085n,
          document_kind: 'contract-payment-plan',
          document_id: 7301000000000000002n,
          movement: 'reserve',
          amount: '50000.00',
          entered_at: '2024-03-11T02:00:00.5Z',
        },
      },
    ],
  },
  {
    shows: 'An entry that is deleted disappears.',
    change: { deletedKey: [7301000000000000009n] },
    outcome: [{ table: 'ap.budget_entry', delete: [7301000000000000009n] }],
  },
  {
    shows: 'A negative amount is refused: what is taken back is a release.',
    change: { row: { ...entry, amount: '-1.00' } },
    outcome: { rejected: 'oa.budget_entry.amount: is less than 0' },
  },
];
