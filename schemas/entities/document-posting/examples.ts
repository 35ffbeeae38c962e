import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

const posted: Row = {
  document_kind: 'expense-claim',
  document_id: '9007199254740993',
  document_no: 'BX202403-00017',
  state: 'posted',
  reason: null,
  voucher_no: '2024-03-000042',
  revision: 1,
  period: '2024-03',
  changed_at: '2024-03-18T16:30:00Z',
};

const inOffice: Row = { ...posted, changed_at: '2024-03-19 00:30:00' };

const receipt = {
  document_kind: 'purchase-receipt',
  document_id: '7301000000000000001',
  document_no: 'RK202403100001',
};

const waiting = {
  state: 'parked',
  reason: 'department D0999 means nothing on 2024-03-18; add it to the dictionary',
  voucher_no: null,
  revision: 0,
  period: null,
};

const reversed = { state: 'reversed', voucher_no: null };

export const examples: readonly Example[] = [
  {
    shows: 'The number of the voucher appears beside the claim.',
    change: { row: posted },
    outcome: [{ table: 'oa.finance_posting', upsert: inOffice }],
  },
  {
    shows: 'A claim that waits for finance says for what.',
    change: { row: { ...posted, ...waiting } },
    outcome: [{ table: 'oa.finance_posting', upsert: { ...inOffice, ...waiting } }],
  },
  {
    shows: 'A receipt whose goods were invoiced has no voucher any more.',
    change: { row: { ...posted, ...receipt, ...reversed } },
    outcome: [{ table: 'oa.finance_posting', upsert: { ...inOffice, ...receipt, ...reversed } }],
  },
  {
    shows: 'A document that is not due yet is none of the books.',
    change: { row: { ...posted, ...waiting, state: 'none', reason: null } },
    outcome: [{ table: 'oa.finance_posting', delete: ['expense-claim', '9007199254740993'] }],
  },
  {
    shows: 'A state that is not agreed is refused.',
    change: { row: { ...posted, state: 'lost' } },
    outcome: { rejected: 'ledger.document.state: is none of the agreed codes' },
  },
];
