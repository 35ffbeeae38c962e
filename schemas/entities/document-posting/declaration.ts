import { defineEntity } from '../../dsl/entity.ts';
import { codes, instant, int32, optional, text } from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';
import { CHINA } from '../office.ts';

const document = sourceTable('ledger.document', {
  key: ['document_kind', 'document_id'],
  fields: {
    document_kind: text(40),
    document_id: text(64),
    document_no: optional(text(64)),
    state: codes('none', 'posted', 'reversed', 'parked', 'refused'),
    reason: optional(text(500)),
    voucher_no: optional(text(40)),
    revision: int32(),
    period: optional(text(10)),
    changed_at: instant(6),
  },
});

export const entity = defineEntity({
  name: 'document-posting',
  zh: '单据入账状态',
  about: 'Where a document stands in the books, as the office sees it in the OA.',
  from: 'finance',
  to: 'oa',
  source: document,
  targets: [
    document.into('oa.finance_posting', {
      about:
        'A document that the books know of: posted with its voucher, reversed, or waiting, with the reason. Documents that are not due yet are not here.',
      key: ['document_kind', 'document_id'],
      columns: ({ copy, wallClockAt }) => ({
        document_kind: copy('document_kind'),
        document_id: copy('document_id'),
        document_no: copy('document_no'),
        state: copy('state'),
        reason: copy('reason'),
        voucher_no: copy('voucher_no'),
        revision: copy('revision'),
        period: copy('period'),
        changed_at: wallClockAt('changed_at', CHINA),
      }),
      only: { state: ['posted', 'reversed', 'parked', 'refused'] },
    }),
  ],
});
