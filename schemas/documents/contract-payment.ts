import { defineDocument } from '../posting/declaration.ts';
import { TAXED_LINE_COLUMNS } from '../posting/read-lines.ts';
import { required } from '../posting/text-row.ts';
import { APPROVED_COSTS_COLUMNS, outlineCosts, readCosts } from './approved-costs.ts';

export const contractPayment = defineDocument({
  kind: 'contract-payment',
  about: 'A contract payment 合同付款申请 of the OA with its lines: what became due by a contract.',
  header: {
    id: { namespace: 'oa', name: 'contract_payment' },
    document: 'id',
    columns: ['request_no', 'supplier_code', 'budget_year', ...APPROVED_COSTS_COLUMNS],
  },
  parts: {
    lines: {
      id: { namespace: 'oa', name: 'contract_payment_line' },
      document: 'payment_id',
      columns: TAXED_LINE_COLUMNS,
    },
  },

  proof: { total: 'total_amount', approved: 'approved_at' },

  outline: ({ header }) => outlineCosts(header, 'request_no'),

  read(identity, { header, parts: { lines } }, dictionary) {
    const costs = readCosts(header, lines, dictionary);
    if (costs.kind !== 'costs') return costs;
    return {
      ...costs,
      ...identity,
      kind: 'contract-payment',
      number: required(header, 'request_no'),
      party: required(header, 'supplier_code'),
      budgetYear: Number(required(header, 'budget_year')),
    };
  },
});
