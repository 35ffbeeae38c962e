import type { DocumentDeclaration, NestedEntity } from './document.ts';

const declarations: readonly DocumentDeclaration[] = [
  {
    name: 'expense-claim',
    entity: 'expense-claim',
    nested: {
      lines: { entity: 'expense-claim-line', by: ['claim_id'], order: ['line_no'] },
      approvals: approvalsOf('expense-claim'),
    },
  },
  {
    name: 'purchase-request',
    entity: 'purchase-request',
    nested: {
      lines: { entity: 'purchase-request-line', by: ['request_id'] },
      approvals: approvalsOf('purchase-request'),
    },
  },
  {
    name: 'purchase-order',
    entity: 'purchase-order',
    nested: { lines: { entity: 'purchase-order-line', by: ['order_id'] } },
  },
  {
    name: 'contract',
    entity: 'contract',
    nested: {
      instalments: { entity: 'contract-payment-plan', by: ['contract_id'], order: ['instalment_no'] },
      approvals: approvalsOf('contract'),
    },
  },
];

/** Out of the decisions about documents of all kinds. */
function approvalsOf(kind: string): NestedEntity {
  return {
    entity: 'approval',
    by: ['document_id'],
    where: { document_kind: kind },
    order: ['acted_at'],
  };
}

/** The documents that can be told as a whole, by name. */
export const WHOLE_DOCUMENTS: ReadonlyMap<string, DocumentDeclaration> = new Map(
  declarations.map((declaration) => [declaration.name, declaration]),
);
