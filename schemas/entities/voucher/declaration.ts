import { defineEntity } from '../../dsl/entity.ts';
import { codes, date, instant, int32, text } from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';
import { CHINA, SINCE } from '../office.ts';

const voucher = sourceTable('ledger.voucher', {
  key: ['voucher_no'],
  fields: {
    voucher_no: text(40),
    document_kind: text(40),
    document_id: text(64),
    revision: int32(),
    kind: codes('posting', 'reversal'),
    period: text(10),
    voucher_date: date({ min: SINCE }),
    currency: text(3),
    description: text(500),
    posted_at: instant(6, { min: SINCE }),
  },
});

export const entity = defineEntity({
  name: 'voucher',
  zh: '记账凭证',
  about: 'A voucher of the books, as people of the OA see what became of their document.',
  from: 'finance',
  to: 'oa',
  source: voucher,
  targets: [
    voucher.into('oa.finance_voucher', {
      about: 'A voucher. What is posted is never changed: one that takes it back is another row.',
      key: ['voucher_no'],
      columns: ({ copy, wallClockAt }) => ({
        voucher_no: copy('voucher_no'),
        document_kind: copy('document_kind'),
        document_id: copy('document_id'),
        revision: copy('revision'),
        kind: copy('kind'),
        period: copy('period'),
        voucher_date: copy('voucher_date'),
        currency: copy('currency'),
        description: copy('description'),
        posted_at: wallClockAt('posted_at', CHINA),
      }),
    }),
  ],
});
