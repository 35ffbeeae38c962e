import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

const travel: Row = {
  voucher_no: '2024-03-000042',
  line_no: 1,
  side: 'debit',
  account: '6602',
  cost_center: 'CC-0410',
  summary: '差旅费',
  amount: '1234.8400',
};

export const examples: readonly Example[] = [
  {
    shows: 'An entry appears in the OA as it is in the books.',
    change: { row: travel },
    outcome: [{ table: 'oa.finance_voucher_entry', upsert: travel }],
  },
  {
    shows: 'What is owed has no cost centre.',
    change: { row: { ...travel, line_no: 3, side: 'credit', account: '2241', cost_center: null } },
    outcome: [
      {
        table: 'oa.finance_voucher_entry',
        upsert: { ...travel, line_no: 3, side: 'credit', account: '2241', cost_center: null },
      },
    ],
  },
  {
    shows: 'An entry that takes another back has its amount, negative, on the same side.',
    change: { row: { ...travel, voucher_no: '2024-03-000050', amount: '-1234.8400' } },
    outcome: [
      {
        table: 'oa.finance_voucher_entry',
        upsert: { ...travel, voucher_no: '2024-03-000050', amount: '-1234.8400' },
      },
    ],
  },
  {
    shows: 'The books delete no entry; where somebody empties them by hand, the OA follows.',
    change: { deletedKey: ['2024-03-000042', 1] },
    outcome: [{ table: 'oa.finance_voucher_entry', delete: ['2024-03-000042', 1] }],
  },
  {
    shows: 'A side that is neither is refused.',
    change: { row: { ...travel, side: 'both' } },
    outcome: { rejected: 'ledger.voucher_entry.side: is none of the agreed codes' },
  },
  {
    shows: 'An entry without an account is refused.',
    change: { row: { ...travel, account: null } },
    outcome: { rejected: 'ledger.voucher_entry.account: must not be null' },
  },
];
