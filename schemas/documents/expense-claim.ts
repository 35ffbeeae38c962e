import { defineDocument } from '../posting/declaration.ts';
import { TAXED_LINE_COLUMNS } from '../posting/read-lines.ts';
import { required } from '../posting/text-row.ts';
import { APPROVED_COSTS_COLUMNS, outlineCosts, readCosts } from './approved-costs.ts';

export const expenseClaim = defineDocument({
  kind: 'expense-claim',
  about: 'An expense claim 费用报销单 of the OA with its lines.',
  header: {
    id: { namespace: 'oa', name: 'expense_claim' },
    document: 'id',
    columns: ['claim_no', 'applicant_no', ...APPROVED_COSTS_COLUMNS],
  },
  parts: {
    lines: {
      id: { namespace: 'oa', name: 'expense_claim_line' },
      document: 'claim_id',
      columns: TAXED_LINE_COLUMNS,
    },
  },

  proof: { total: 'total_amount', approved: 'approved_at' },

  outline: ({ header }) => outlineCosts(header, 'claim_no'),

  read(identity, { header, parts: { lines } }, dictionary) {
    const costs = readCosts(header, lines, dictionary);
    if (costs.kind !== 'costs') return costs;
    return {
      ...costs,
      ...identity,
      kind: 'expense-claim',
      number: required(header, 'claim_no'),
      party: required(header, 'applicant_no'),
    };
  },
});
