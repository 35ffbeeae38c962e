import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

/** What both sides have alike. */
const common: Row = {
  request_no: 'FK202403120001',
  contract_id: 7301000000000000001n,
  contract_no: 'HT2024-000007',
  plan_id: 7301000000000000002n,
  applicant_no: 'E00123',
  department_code: 'D0410',
  supplier_code: 'V0004',
  budget_year: 2024,
  currency: 'CNY',
  total_amount: '53000.00',
  status: 'submitted',
  revision: 1n,
  approved_at: null,
};

const submitted: Row = {
  ...common,
  id: 7301000000000000003n,
  title: ' 支付HT2024-000007第1期款 ',
  submitted_at: '2024-03-12 07:30:00.25',
  is_deleted: false,
  updated_at: '2024-03-11T23:30:00.25Z',
};

const inFinance: Row = {
  ...common,
  payment_id: 7301000000000000003n,
  title: '支付HT2024-000007第1期款',
  submitted_at: '2024-03-11T23:30:00.25Z',
  changed_at: '2024-03-11T23:30:00.25Z',
};

const gone = [{ table: 'ap.contract_payment', delete: [7301000000000000003n] }];

export const examples: readonly Example[] = [
  {
    shows:
      'A submitted request arrives; what OA clocks showed in China becomes an instant, on the day before.',
    change: { row: submitted },
    outcome: [{ table: 'ap.contract_payment', upsert: inFinance }],
  },
  {
    shows: 'An approved request is one that finance pays.',
    change: { row: { ...submitted, status: 'approved', approved_at: '2024-03-13T01:00:00.125Z' } },
    outcome: [
      {
        table: 'ap.contract_payment',
        upsert: { ...inFinance, status: 'approved', approved_at: '2024-03-13T01:00:00.125Z' },
      },
    ],
  },
  {
    shows: 'A request that was rejected is taken out again.',
    change: { row: { ...submitted, status: 'rejected' } },
    outcome: gone,
  },
  {
    shows: 'A request that the OA marks as deleted is taken out, whatever its status.',
    change: { row: { ...submitted, is_deleted: true } },
    outcome: gone,
  },
  {
    shows: 'A request that is deleted for good is known by its key alone.',
    change: { deletedKey: [7301000000000000003n] },
    outcome: gone,
  },
  {
    shows: 'A negative total is refused.',
    change: { row: { ...submitted, total_amount: '-0.01' } },
    outcome: { rejected: 'oa.contract_payment.total_amount: is less than 0' },
  },
];
