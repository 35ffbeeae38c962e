import { defineEntity } from '../../dsl/entity.ts';
import { flag, instant, int64, optional, text } from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';
import { SINCE } from '../office.ts';

const department = sourceTable('oa.department', {
  key: ['id'],
  fields: {
    id: int64(),
    parent_id: optional(int64()),
    code: text(20),
    name: text(100),
    tree_path: text(255),
    manager_no: optional(text(20)),
    is_active: flag(),
    updated_at: instant(3, { min: SINCE }),
  },
});

export const entity = defineEntity({
  name: 'department',
  zh: '部门',
  about: 'A department of the OA with its place in the tree, as budgets and cost centres refer to it.',
  from: 'oa',
  to: 'finance',
  source: department,
  targets: [
    department.into('ap.department', {
      about: 'A department. One that was dissolved stays, marked as not active: older documents name it.',
      key: ['department_id'],
      columns: ({ copy, trim }) => ({
        department_id: copy('id'),
        parent_id: copy('parent_id'),
        department_code: copy('code'),
        name: trim('name'),
        tree_path: copy('tree_path'),
        manager_no: copy('manager_no'),
        is_active: copy('is_active'),
        changed_at: copy('updated_at'),
      }),
    }),
  ],
});
