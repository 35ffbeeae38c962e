import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

const posted: Row = {
  voucher_no: '2024-03-000042',
  document_kind: 'expense-claim',
  document_id: '9007199254740993',
  revision: 1,
  kind: 'posting',
  period: '2024-03',
  voucher_date: '2024-03-18',
  currency: 'CNY',
  description: '报销 BX202403-00017',
  posted_at: '2024-03-18T16:30:00.123456Z',
};

const inOffice: Row = { ...posted, posted_at: '2024-03-19 00:30:00.123456' };

export const examples: readonly Example[] = [
  {
    shows: 'A voucher appears in the OA; when it was posted is what clocks in China showed.',
    change: { row: posted },
    outcome: [{ table: 'oa.finance_voucher', upsert: inOffice }],
  },
  {
    shows: 'What takes it back is a voucher of its own.',
    change: { row: { ...posted, voucher_no: '2024-03-000050', kind: 'reversal' } },
    outcome: [
      {
        table: 'oa.finance_voucher',
        upsert: { ...inOffice, voucher_no: '2024-03-000050', kind: 'reversal' },
      },
    ],
  },
  {
    shows: 'The books delete no voucher; where somebody empties them by hand, the OA follows.',
    change: { deletedKey: ['2024-03-000042'] },
    outcome: [{ table: 'oa.finance_voucher', delete: ['2024-03-000042'] }],
  },
  {
    shows: 'A kind of voucher that nobody has agreed on is refused.',
    change: { row: { ...posted, kind: 'accrual' } },
    outcome: { rejected: 'ledger.voucher.kind: is none of the agreed codes' },
  },
  {
    shows: 'A day that PostgreSQL calls infinite is none of a voucher.',
    change: { row: { ...posted, voucher_date: 'infinity' } },
    outcome: { rejected: 'ledger.voucher.voucher_date: is not between the years 0001 and 9999' },
  },
];
