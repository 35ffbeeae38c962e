import { defineEntity } from '../../dsl/entity.ts';
import { codes, date, flag, instant, int64, optional, text } from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';
import { SINCE } from '../office.ts';

const employee = sourceTable('oa.employee', {
  key: ['id'],
  fields: {
    id: int64(),
    employee_no: text(20),
    name: text(50),
    department_id: int64(),
    bank_account: optional(text(32)),
    left_on: optional(date({ min: SINCE })),
    status: codes('probation', 'regular', 'left'),
    is_deleted: flag(),
    updated_at: instant(3, { min: SINCE }),
  },
});

export const entity = defineEntity({
  name: 'employee',
  zh: '员工',
  about: 'An employee of the OA, as finance pays one: who it is, where the cost goes and to which account.',
  from: 'oa',
  to: 'finance',
  source: employee,
  targets: [
    employee.into('ap.employee', {
      about:
        'An employee, also one who has left: what was claimed before is still to be paid. Those whom the OA marks as deleted were never employed and are not here.',
      key: ['employee_id'],
      columns: ({ copy, trim, lookup }) => ({
        employee_id: copy('id'),
        employee_no: copy('employee_no'),
        name: trim('name'),
        department_id: copy('department_id'),
        bank_account: trim('bank_account'),
        // Whether somebody is on probation is no business of finance.
        status: lookup('status', { probation: 'active', regular: 'active', left: 'left' }),
        left_on: copy('left_on'),
        changed_at: copy('updated_at'),
      }),
      only: { is_deleted: [false] },
    }),
  ],
});
