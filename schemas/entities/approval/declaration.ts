import { defineEntity } from '../../dsl/entity.ts';
import { codes, instant, int32, int64, optional, text } from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';
import { SINCE } from '../office.ts';

const approval = sourceTable('oa.approval_record', {
  key: ['id'],
  fields: {
    id: int64(),
    doc_type: codes('expense_claim', 'purchase_request', 'contract', 'contract_payment'),
    doc_id: int64(),
    revision: int64(),
    node_no: int32(),
    node_name: text(50),
    approver_no: text(20),
    action: codes('submit', 'approve', 'reject', 'withdraw'),
    opinion: optional(text(1000)),
    acted_at: instant(6, { min: SINCE }),
  },
});

export const entity = defineEntity({
  name: 'approval',
  zh: '审批记录',
  about: 'Who decided what about a document of the OA, and when: the evidence behind a voucher.',
  from: 'oa',
  to: 'finance',
  source: approval,
  targets: [
    approval.into('ap.approval', {
      about: 'A decision about a document. That it was submitted is none, and not here.',
      key: ['approval_id'],
      columns: ({ copy, trim, lookup }) => ({
        approval_id: copy('id'),
        document_kind: lookup('doc_type', {
          expense_claim: 'expense-claim',
          purchase_request: 'purchase-request',
          contract: 'contract',
          contract_payment: 'contract-payment',
        }),
        document_id: copy('doc_id'),
        revision: copy('revision'),
        node_no: copy('node_no'),
        node_name: copy('node_name'),
        approver_no: copy('approver_no'),
        action: copy('action'),
        opinion: trim('opinion'),
        acted_at: copy('acted_at'),
      }),
      only: { action: ['approve', 'reject', 'withdraw'] },
    }),
  ],
});
