import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

const submitted: Row = {
  id: 9007199254744001n,
  request_no: 'CG202403150000042',
  applicant_no: 'E10023',
  department_code: 'D0410',
  title: ' 研发测试设备',
  supplier_name: '深圳仪器有限公司 ',
  currency: 'CNY',
  total_amount: '86400.00',
  status: 'submitted',
  revision: 1n,
  need_by: '2024-04-30',
  submitted_at: '2024-03-15 07:30:00.25',
  delete_time: 0n,
  updated_at: '2024-03-14T23:30:00.25Z',
};

const inFinance: Row = {
  request_id: 9007199254744001n,
  request_no: 'CG202403150000042',
  applicant_no: 'E10023',
  department_code: 'D0410',
  title: '研发测试设备',
  supplier_name: '深圳仪器有限公司',
  currency: 'CNY',
  total_amount: '86400.00',
  status: 'submitted',
  revision: 1n,
  need_by: '2024-04-30',
  submitted_at: '2024-03-14T23:30:00.25Z',
  changed_at: '2024-03-14T23:30:00.25Z',
};

const gone = [{ table: 'ap.purchase_request', delete: [9007199254744001n] }];

export const examples: readonly Example[] = [
  {
    shows:
      'A submitted request arrives; what OA clocks showed in China becomes an instant, on the day before.',
    change: { row: submitted },
    outcome: [{ table: 'ap.purchase_request', upsert: inFinance }],
  },
  {
    shows: 'A closed request stays; a supplier need not be known, nor a day by which it is needed.',
    change: { row: { ...submitted, status: 'closed', supplier_name: null, need_by: null } },
    outcome: [
      {
        table: 'ap.purchase_request',
        upsert: { ...inFinance, status: 'closed', supplier_name: null, need_by: null },
      },
    ],
  },
  {
    shows: 'A rejected request leaves finance until it is submitted again.',
    change: { row: { ...submitted, status: 'rejected' } },
    outcome: gone,
  },
  {
    shows: 'A request with a time of deletion is taken out, whatever its status.',
    change: { row: { ...submitted, delete_time: 1710459000250n } },
    outcome: gone,
  },
  {
    shows: 'A request that is deleted for good is known by its key alone.',
    change: { deletedKey: [9007199254744001n] },
    outcome: gone,
  },
  {
    shows: 'A negative total is refused.',
    change: { row: { ...submitted, total_amount: '-0.01' } },
    outcome: { rejected: 'oa.purchase_request.total_amount: is less than 0' },
  },
  {
    shows: 'A status that nobody has agreed on is refused.',
    change: { row: { ...submitted, status: 'ordered' } },
    outcome: { rejected: 'oa.purchase_request.status: is none of the agreed codes' },
  },
  {
    shows: 'A zero date, which arrives as 1970, is refused.',
    change: { row: { ...submitted, need_by: '1970-01-01' } },
    outcome: { rejected: 'oa.purchase_request.need_by: is less than 2000-01-01' },
  },
];
