import { defineEntity } from '../../dsl/entity.ts';
import { documentsOf } from '../books.ts';
import { CHINA } from '../office.ts';

const document = documentsOf('ledger');

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
