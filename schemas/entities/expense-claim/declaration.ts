import { defineEntity } from '../../dsl/entity.ts';
import {
  codes,
  date,
  decimal,
  flag,
  instant,
  int64,
  optional,
  text,
  timestamp,
} from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';
import { CHINA, EXPENSE_CLASSES, expenseCategory, SINCE } from '../office.ts';

const claim = sourceTable('oa.expense_claim', {
  key: ['id'],
  fields: {
    id: int64(),
    claim_no: text(32),
    applicant_no: text(20),
    department_code: text(20),
    title: text(200),
    category: expenseCategory(),
    currency: text(3),
    total_amount: decimal(18, 2, { min: '0' }),
    status: codes('draft', 'submitted', 'approved', 'rejected', 'withdrawn'),
    revision: int64(),
    is_urgent: flag(),
    trip_from: optional(date({ min: SINCE })),
    trip_to: optional(date({ min: SINCE })),
    remark: optional(text()),
    submitted_at: optional(timestamp(3, { min: SINCE })),
    approved_at: optional(instant(3, { min: SINCE })),
    is_deleted: flag(),
    created_at: timestamp(0, { min: SINCE }),
    updated_at: instant(6, { min: SINCE }),
  },
});

export const entity = defineEntity({
  name: 'expense-claim',
  zh: '费用报销单',
  about: 'An expense claim of the OA, as accounts payable sees it.',
  from: 'oa',
  to: 'finance',
  source: claim,
  targets: [
    claim.into('ap.expense_claim', {
      about:
        'A claim from its submission on. Drafts and claims that were withdrawn, rejected or deleted are not here.',
      key: ['claim_id'],
      columns: ({ copy, trim, lookup, constant, instantAt }) => ({
        claim_id: copy('id'),
        claim_no: copy('claim_no'),
        applicant_no: copy('applicant_no'),
        department_code: copy('department_code'),
        title: trim('title'),
        expense_class: lookup('category', EXPENSE_CLASSES),
        currency: copy('currency'),
        total_amount: copy('total_amount'),
        status: copy('status'),
        revision: copy('revision'),
        is_urgent: copy('is_urgent'),
        expense_from: copy('trip_from'),
        expense_to: copy('trip_to'),
        remark: copy('remark'),
        submitted_at: instantAt('submitted_at', CHINA),
        approved_at: copy('approved_at'),
        created_at: instantAt('created_at', CHINA),
        changed_at: copy('updated_at'),
        source_system: constant('oa'),
      }),
      only: { status: ['submitted', 'approved'], is_deleted: [false] },
    }),
  ],
});
