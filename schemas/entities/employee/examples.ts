import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

const engineer: Row = {
  id: 9007199254740995n,
  employee_no: 'E10023',
  name: '欧阳 晓𠮷 ',
  department_id: 8n,
  bank_account: ' 6222020200112233445',
  left_on: null,
  status: 'regular',
  is_deleted: false,
  updated_at: '2024-03-01T02:00:00.5Z',
};

const payee: Row = {
  employee_id: 9007199254740995n,
  employee_no: 'E10023',
  name: '欧阳 晓𠮷',
  department_id: 8n,
  bank_account: '6222020200112233445',
  status: 'active',
  left_on: null,
  changed_at: '2024-03-01T02:00:00.5Z',
};

const gone = [{ table: 'ap.employee', delete: [9007199254740995n] }];

export const examples: readonly Example[] = [
  {
    shows: 'An employee arrives with the account that claims are paid to, and nothing else that is personal.',
    change: { row: engineer },
    outcome: [{ table: 'ap.employee', upsert: payee }],
  },
  {
    shows: 'Somebody on probation is paid like everybody else; finance does not learn of it.',
    change: { row: { ...engineer, status: 'probation' } },
    outcome: [{ table: 'ap.employee', upsert: payee }],
  },
  {
    shows: 'Who has left stays, with the last day: what was claimed before is still to be paid.',
    change: { row: { ...engineer, status: 'left', left_on: '2024-02-29' } },
    outcome: [{ table: 'ap.employee', upsert: { ...payee, status: 'left', left_on: '2024-02-29' } }],
  },
  {
    shows: 'Who has no account yet is there without one.',
    change: { row: { ...engineer, bank_account: null } },
    outcome: [{ table: 'ap.employee', upsert: { ...payee, bank_account: null } }],
  },
  {
    shows: 'A row that the OA marks as deleted, an employee entered by mistake, is taken out.',
    change: { row: { ...engineer, is_deleted: true } },
    outcome: gone,
  },
  {
    shows: 'A row that is deleted for good is known by its key alone.',
    change: { deletedKey: [9007199254740995n] },
    outcome: gone,
  },
  {
    shows: 'A status that nobody has agreed on is refused.',
    change: { row: { ...engineer, status: 'retired' } },
    outcome: { rejected: 'oa.employee.status: is none of the agreed codes' },
  },
  {
    shows: 'An account longer than any bank has is refused, and not cut.',
    change: { row: { ...engineer, bank_account: '6'.repeat(33) } },
    outcome: { rejected: 'oa.employee.bank_account: has more than 32 characters' },
  },
  {
    shows: 'A zero date, which arrives as 1970, is refused.',
    change: { row: { ...engineer, left_on: '1970-01-01' } },
    outcome: { rejected: 'oa.employee.left_on: is less than 2000-01-01' },
  },
];
