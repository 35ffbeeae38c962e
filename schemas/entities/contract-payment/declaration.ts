import { defineEntity } from '../../dsl/entity.ts';
import {
  codes,
  decimal,
  flag,
  instant,
  int32,
  int64,
  optional,
  text,
  timestamp,
} from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';
import { CHINA, SINCE } from '../office.ts';

const payment = sourceTable('oa.contract_payment', {
  key: ['id'],
  fields: {
    id: int64(),
    request_no: text(32),
    contract_id: int64(),
    contract_no: text(32),
    plan_id: int64(),
    applicant_no: text(20),
    department_code: text(20),
    supplier_code: text(20),
    title: text(200),
    budget_year: int32(),
    currency: text(3),
    total_amount: decimal(18, 2, { min: '0' }),
    status: codes('draft', 'submitted', 'approved', 'rejected', 'withdrawn'),
    revision: int64(),
    submitted_at: optional(timestamp(3, { min: SINCE })),
    approved_at: optional(instant(3, { min: SINCE })),
    is_deleted: flag(),
    updated_at: instant(6, { min: SINCE }),
  },
});

export const entity = defineEntity({
  name: 'contract-payment',
  zh: '合同付款申请',
  about: 'A request to pay an instalment of a contract, as accounts payable sees it.',
  from: 'oa',
  to: 'finance',
  source: payment,
  targets: [
    payment.into('ap.contract_payment', {
      about:
        'A request from its submission on. Drafts and requests that were withdrawn, rejected or deleted are not here.',
      key: ['payment_id'],
      columns: ({ copy, trim, instantAt }) => ({
        payment_id: copy('id'),
        request_no: copy('request_no'),
        contract_id: copy('contract_id'),
        contract_no: copy('contract_no'),
        plan_id: copy('plan_id'),
        applicant_no: copy('applicant_no'),
        department_code: copy('department_code'),
        supplier_code: copy('supplier_code'),
        title: trim('title'),
        budget_year: copy('budget_year'),
        currency: copy('currency'),
        total_amount: copy('total_amount'),
        status: copy('status'),
        revision: copy('revision'),
        submitted_at: instantAt('submitted_at', CHINA),
        approved_at: copy('approved_at'),
        changed_at: copy('updated_at'),
      }),
      only: { status: ['submitted', 'approved'], is_deleted: [false] },
    }),
  ],
});
