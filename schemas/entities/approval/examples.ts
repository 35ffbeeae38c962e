import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

const approved: Row = {
  id: 9007199254742001n,
  doc_type: 'expense_claim',
  doc_id: 9007199254740993n,
  revision: 2n,
  node_no: 2,
  node_name: '财务审核',
  approver_no: 'E10003',
  action: 'approve',
  opinion: '同意\n',
  acted_at: '2024-03-18T01:00:00.123456Z',
};

const decision: Row = {
  approval_id: 9007199254742001n,
  document_kind: 'expense-claim',
  document_id: 9007199254740993n,
  revision: 2n,
  node_no: 2,
  node_name: '财务审核',
  approver_no: 'E10003',
  action: 'approve',
  opinion: '同意',
  acted_at: '2024-03-18T01:00:00.123456Z',
};

const none = [{ table: 'ap.approval', delete: [9007199254742001n] }];

export const examples: readonly Example[] = [
  {
    shows: 'A decision arrives, to the microsecond, under the name that the books have for the document.',
    change: { row: approved },
    outcome: [{ table: 'ap.approval', upsert: decision }],
  },
  {
    shows: 'A rejection says why, where the approver said so.',
    change: { row: { ...approved, action: 'reject', opinion: ' 缺少发票' } },
    outcome: [{ table: 'ap.approval', upsert: { ...decision, action: 'reject', opinion: '缺少发票' } }],
  },
  {
    shows: 'The applicant takes a document back, and has nothing to say about it.',
    change: { row: { ...approved, doc_type: 'purchase_request', action: 'withdraw', opinion: null } },
    outcome: [
      {
        table: 'ap.approval',
        upsert: { ...decision, document_kind: 'purchase-request', action: 'withdraw', opinion: null },
      },
    ],
  },
  {
    shows: 'That a document was submitted decides nothing.',
    change: { row: { ...approved, action: 'submit' } },
    outcome: none,
  },
  {
    shows: 'A record that is deleted for good disappears.',
    change: { deletedKey: [9007199254742001n] },
    outcome: none,
  },
  {
    shows: 'A kind of document that nobody has agreed on is refused.',
    change: { row: { ...approved, doc_type: 'leave_request' } },
    outcome: { rejected: 'oa.approval_record.doc_type: is none of the agreed codes' },
  },
  {
    shows: 'A decision of nobody is refused.',
    change: { row: { ...approved, approver_no: null } },
    outcome: { rejected: 'oa.approval_record.approver_no: must not be null' },
  },
];
