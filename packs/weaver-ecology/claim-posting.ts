import { defineEntity } from '../../schemas/dsl/entity.ts';
import type { Entity } from '../../schemas/dsl/entity.ts';
import { documentsOf } from '../../schemas/entities/books.ts';
import { CHINA } from '../../schemas/entities/office.ts';
import type { Settings } from './settings.ts';

/** Where a claim stands in the books, in a table beside those of e-cology. */
export function claimPosting({ database, writeBack: { from, to, ledger, table } }: Settings): Entity {
  const document = documentsOf(ledger);
  return defineEntity({
    name: 'claim-posting',
    zh: '流程入账状态',
    about: 'Where a request stands in the books, as e-cology shows it.',
    ...{ from, to, source: document },
    targets: [
      document.into(`${database}.${table}`, {
        about:
          'A claim that the books know of: posted with its voucher, reversed, or waiting, with the reason.',
        key: ['document_kind', 'requestid'],
        columns: ({ copy, wallClockAt }) => ({
          document_kind: copy('document_kind'),
          requestid: copy('document_id'),
          requestmark: copy('document_no'),
          state: copy('state'),
          reason: copy('reason'),
          voucher_no: copy('voucher_no'),
          revision: copy('revision'),
          period: copy('period'),
          changed_at: wallClockAt('changed_at', CHINA),
        }),
        only: { document_kind: ['expense-claim'], state: ['posted', 'reversed', 'parked', 'refused'] },
      }),
    ],
  });
}
