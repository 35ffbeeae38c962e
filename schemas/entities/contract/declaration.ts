import { defineEntity } from '../../dsl/entity.ts';
import { codes, date, decimal, flag, instant, int64, optional, text } from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';
import { SINCE } from '../office.ts';

const contract = sourceTable('oa.contract', {
  key: ['id'],
  fields: {
    id: int64(),
    contract_no: text(32),
    title: text(200),
    counterparty: text(120),
    kind: codes('purchase', 'sales', 'service', 'lease'),
    amount: optional(decimal(18, 2, { min: '0' })),
    currency: text(3),
    owner_no: text(20),
    department_code: text(20),
    status: codes('drafting', 'reviewing', 'active', 'terminated'),
    signed_on: optional(date({ min: SINCE })),
    effective_from: optional(date({ min: SINCE })),
    effective_to: optional(date({ min: SINCE })),
    deleted: flag(),
    updated_at: instant(3, { min: SINCE }),
  },
});

export const entity = defineEntity({
  name: 'contract',
  zh: '合同',
  about: 'A contract of the OA, as accounts payable sees it. Its text stays in the OA.',
  from: 'oa',
  to: 'finance',
  source: contract,
  targets: [
    contract.into('ap.contract', {
      about:
        'A contract that is or was in force. Drafts, contracts under review and deleted ones are not here.',
      key: ['contract_id'],
      columns: ({ copy, trim, lookup }) => ({
        contract_id: copy('id'),
        contract_no: copy('contract_no'),
        title: trim('title'),
        counterparty: trim('counterparty'),
        contract_class: lookup('kind', { purchase: 'PUR', sales: 'SAL', service: 'SVC', lease: 'LSE' }),
        amount: copy('amount'),
        currency: copy('currency'),
        owner_no: copy('owner_no'),
        department_code: copy('department_code'),
        status: copy('status'),
        signed_on: copy('signed_on'),
        effective_from: copy('effective_from'),
        effective_to: copy('effective_to'),
        changed_at: copy('updated_at'),
      }),
      only: { status: ['active', 'terminated'], deleted: [false] },
    }),
  ],
});
