import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

const accounting: Row = {
  id: 4n,
  parent_id: 3n,
  code: 'D0210',
  name: '核算组 ',
  tree_path: '/1/3/4/',
  manager_no: 'E10003',
  is_active: true,
  updated_at: '2024-03-01T02:00:00.5Z',
};

const inFinance: Row = {
  department_id: 4n,
  parent_id: 3n,
  department_code: 'D0210',
  name: '核算组',
  tree_path: '/1/3/4/',
  manager_no: 'E10003',
  is_active: true,
  changed_at: '2024-03-01T02:00:00.5Z',
};

export const examples: readonly Example[] = [
  {
    shows: 'A department arrives with its parent and the path from the root.',
    change: { row: accounting },
    outcome: [{ table: 'ap.department', upsert: inFinance }],
  },
  {
    shows: 'The root has no parent, and nobody needs to head a department.',
    change: { row: { ...accounting, id: 1n, parent_id: null, tree_path: '/1/', manager_no: null } },
    outcome: [
      {
        table: 'ap.department',
        upsert: { ...inFinance, department_id: 1n, parent_id: null, tree_path: '/1/', manager_no: null },
      },
    ],
  },
  {
    shows: 'A department that is moved keeps its id; those below it change by rows of their own.',
    change: { row: { ...accounting, parent_id: 2n, tree_path: '/1/2/4/' } },
    outcome: [{ table: 'ap.department', upsert: { ...inFinance, parent_id: 2n, tree_path: '/1/2/4/' } }],
  },
  {
    shows: 'A department that was dissolved stays, marked as not active.',
    change: { row: { ...accounting, is_active: false } },
    outcome: [{ table: 'ap.department', upsert: { ...inFinance, is_active: false } }],
  },
  {
    shows: 'A department that is deleted for good disappears.',
    change: { deletedKey: [4n] },
    outcome: [{ table: 'ap.department', delete: [4n] }],
  },
  {
    shows: 'A department without a code is refused: no cost centre could be found for it.',
    change: { row: { ...accounting, code: null } },
    outcome: { rejected: 'oa.department.code: must not be null' },
  },
  {
    shows: 'A code longer than agreed is refused, and not cut.',
    change: { row: { ...accounting, code: 'D'.repeat(21) } },
    outcome: { rejected: 'oa.department.code: has more than 20 characters' },
  },
];
