import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

/** A framework contract: it has no amount of its own, and never ends. */
const framework: Row = {
  id: 9007199254743001n,
  contract_no: 'HT2024-000007',
  title: ' 办公用品框架合同 ',
  counterparty: '上海文具有限公司',
  kind: 'purchase',
  amount: null,
  currency: 'CNY',
  owner_no: 'E10023',
  department_code: 'D0700',
  status: 'active',
  signed_on: '2024-02-29',
  effective_from: '2024-03-01',
  effective_to: '9999-12-31',
  deleted: false,
  updated_at: '2024-03-01T02:00:00.5Z',
};

const inFinance: Row = {
  contract_id: 9007199254743001n,
  contract_no: 'HT2024-000007',
  title: '办公用品框架合同',
  counterparty: '上海文具有限公司',
  contract_class: 'PUR',
  amount: null,
  currency: 'CNY',
  owner_no: 'E10023',
  department_code: 'D0700',
  status: 'active',
  signed_on: '2024-02-29',
  effective_from: '2024-03-01',
  effective_to: '9999-12-31',
  changed_at: '2024-03-01T02:00:00.5Z',
};

const gone = [{ table: 'ap.contract', delete: [9007199254743001n] }];

export const examples: readonly Example[] = [
  {
    shows:
      'A framework contract arrives: no amount is not an amount of 0, and 9999-12-31 stays the last day.',
    change: { row: framework },
    outcome: [{ table: 'ap.contract', upsert: inFinance }],
  },
  {
    shows: 'A lease that has ended stays, under the class by which finance knows leases.',
    change: { row: { ...framework, kind: 'lease', amount: '120000.00', status: 'terminated' } },
    outcome: [
      {
        table: 'ap.contract',
        upsert: { ...inFinance, contract_class: 'LSE', amount: '120000.00', status: 'terminated' },
      },
    ],
  },
  {
    shows: 'A contract under review is not in finance, and leaves it when it goes back into review.',
    change: { row: { ...framework, status: 'reviewing' } },
    outcome: gone,
  },
  {
    shows: 'A contract whose bit of deletion is set is taken out, whatever its status.',
    change: { row: { ...framework, deleted: true } },
    outcome: gone,
  },
  {
    shows: 'A contract that is deleted for good is known by its key alone.',
    change: { deletedKey: [9007199254743001n] },
    outcome: gone,
  },
  {
    shows: 'A negative amount is refused.',
    change: { row: { ...framework, amount: '-1.00' } },
    outcome: { rejected: 'oa.contract.amount: is less than 0' },
  },
  {
    shows: 'A kind that nobody has agreed on is refused.',
    change: { row: { ...framework, kind: 'loan' } },
    outcome: { rejected: 'oa.contract.kind: is none of the agreed codes' },
  },
  {
    shows: 'A zero date, which arrives as 1970, is refused.',
    change: { row: { ...framework, signed_on: '1970-01-01' } },
    outcome: { rejected: 'oa.contract.signed_on: is less than 2000-01-01' },
  },
];
