import { defineEntity } from '../../schemas/dsl/entity.ts';
import type { Entity } from '../../schemas/dsl/entity.ts';
import { codes, instant, int32, optional, text } from '../../schemas/dsl/source-field.ts';
import { sourceTable } from '../../schemas/dsl/source-table.ts';
import type { Settings } from './settings.ts';

/** Clocks of e-cology show China time. */
const CHINA = '+08:00';

/** Where a claim stands in the books, in a table beside those of e-cology. */
export function claimPosting({ database, writeBack: { from, to, ledger, table } }: Settings): Entity {
  const document = sourceTable(`${ledger}.document`, {
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
