import { defineEntity } from '../../dsl/entity.ts';
import { codes, date, decimal, instant, int64, optional, text, timestamp } from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';
import { CHINA, SINCE } from '../office.ts';

const request = sourceTable('oa.purchase_request', {
  key: ['id'],
  fields: {
    id: int64(),
    request_no: text(32),
    applicant_no: text(20),
    department_code: text(20),
    title: text(200),
    supplier_name: optional(text(120)),
    currency: text(3),
    total_amount: decimal(18, 2, { min: '0' }),
    status: codes('draft', 'submitted', 'approved', 'rejected', 'closed'),
    revision: int64(),
    need_by: optional(date({ min: SINCE })),
    submitted_at: optional(timestamp(3, { min: SINCE })),
    /** When it was deleted, in milliseconds since 1970; 0 as long as it is not. */
    delete_time: int64(),
    updated_at: instant(3, { min: SINCE }),
  },
});

export const entity = defineEntity({
  name: 'purchase-request',
  zh: '采购申请',
  about: 'A purchase request of the OA: what is going to be spent, as finance plans for it.',
  from: 'oa',
  to: 'finance',
  source: request,
  targets: [
    request.into('ap.purchase_request', {
      about: 'A request from its submission on. Drafts, rejected and deleted requests are not here.',
      key: ['request_id'],
      columns: ({ copy, trim, instantAt }) => ({
        request_id: copy('id'),
        request_no: copy('request_no'),
        applicant_no: copy('applicant_no'),
        department_code: copy('department_code'),
        title: trim('title'),
        supplier_name: trim('supplier_name'),
        currency: copy('currency'),
        total_amount: copy('total_amount'),
        status: copy('status'),
        revision: copy('revision'),
        need_by: copy('need_by'),
        submitted_at: instantAt('submitted_at', CHINA),
        changed_at: copy('updated_at'),
      }),
      only: { status: ['submitted', 'approved', 'closed'], delete_time: [0n] },
    }),
  ],
});
