import { codes, instant, int32, optional, text } from '../dsl/source-field.ts';
import { sourceTable } from '../dsl/source-table.ts';

/** What the books in this schema say of each document that they know of. */
export const documentsOf = (ledger: string) =>
  sourceTable(`${ledger}.document`, {
    key: ['document_kind', 'document_id'],
    fields: {
      document_kind: text(40),
      document_id: text(64),
      document_no: optional(text(200)),
      state: codes('none', 'posted', 'reversed', 'parked', 'refused'),
      reason: optional(text(500)),
      voucher_no: optional(text(40)),
      revision: int32(),
      period: optional(text(10)),
      changed_at: instant(6),
    },
  });
