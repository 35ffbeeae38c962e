import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

const submitted: Row = {
  id: 9007199254740993n,
  claim_no: 'BX202403-00017',
  applicant_no: 'E00123',
  department_code: 'D0201',
  title: ' 三月上海出差 ',
  category: 'travel',
  currency: 'CNY',
  total_amount: '1280.50',
  status: 'submitted',
  revision: 1n,
  is_urgent: false,
  trip_from: '2024-03-11',
  trip_to: '2024-03-13',
  remark: null,
  submitted_at: '2024-03-15 07:30:00.25',
  approved_at: null,
  is_deleted: false,
  created_at: '2024-03-14 18:05:09',
  updated_at: '2024-03-14T23:30:00.25Z',
};

const inFinance: Row = {
  claim_id: 9007199254740993n,
  claim_no: 'BX202403-00017',
  applicant_no: 'E00123',
  department_code: 'D0201',
  title: '三月上海出差',
  expense_class: 'TRV',
  currency: 'CNY',
  total_amount: '1280.50',
  status: 'submitted',
  revision: 1n,
  is_urgent: false,
  expense_from: '2024-03-11',
  expense_to: '2024-03-13',
  remark: null,
  submitted_at: '2024-03-14T23:30:00.25Z',
  approved_at: null,
  created_at: '2024-03-14T10:05:09Z',
  changed_at: '2024-03-14T23:30:00.25Z',
  source_system: 'oa',
};

const gone = [{ table: 'ap.expense_claim', delete: [9007199254740993n] }];

export const examples: readonly Example[] = [
  {
    shows: 'A submitted claim arrives; what OA clocks showed in China becomes an instant, on the day before.',
    change: { row: submitted },
    outcome: [{ table: 'ap.expense_claim', upsert: inFinance }],
  },
  {
    shows: 'An approved claim keeps the instant of its approval as it is.',
    change: { row: { ...submitted, status: 'approved', approved_at: '2024-03-18T01:00:00.125Z' } },
    outcome: [
      {
        table: 'ap.expense_claim',
        upsert: { ...inFinance, status: 'approved', approved_at: '2024-03-18T01:00:00.125Z' },
      },
    ],
  },
  {
    shows: 'A draft is not the business of finance.',
    change: { row: { ...submitted, status: 'draft', submitted_at: null } },
    outcome: gone,
  },
  {
    shows: 'A claim that was withdrawn is taken out again.',
    change: { row: { ...submitted, status: 'withdrawn' } },
    outcome: gone,
  },
  {
    shows: 'A claim that the OA marks as deleted is taken out, whatever its status.',
    change: { row: { ...submitted, is_deleted: true } },
    outcome: gone,
  },
  {
    shows: 'A claim that is deleted for good is known by its key alone.',
    change: { deletedKey: [9007199254740993n] },
    outcome: gone,
  },
  {
    shows: 'A negative total is refused.',
    change: { row: { ...submitted, total_amount: '-0.01' } },
    outcome: { rejected: 'oa.expense_claim.total_amount: is less than 0' },
  },
  {
    shows: 'A status that nobody has agreed on is refused.',
    change: { row: { ...submitted, status: 'archived' } },
    outcome: { rejected: 'oa.expense_claim.status: is none of the agreed codes' },
  },
  {
    shows: 'A zero date, which arrives as 1970, is refused.',
    change: { row: { ...submitted, created_at: '1970-01-01 00:00:00' } },
    outcome: { rejected: 'oa.expense_claim.created_at: is less than 2000-01-01' },
  },
];
