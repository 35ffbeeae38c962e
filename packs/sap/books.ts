import { codes, date, decimal, int32, optional, text } from '../../schemas/dsl/source-field.ts';
import { sourceTable } from '../../schemas/dsl/source-table.ts';
import type { Settings } from './settings.ts';

/** How the books number vouchers. */
export const VOUCHER_NO = 'YYYY-MM-NNNNNN';

/** The vouchers of the books, as the capture of finance has them. */
export function voucherOf({ books }: Settings) {
  return sourceTable(`${books}.voucher`, {
    key: ['voucher_no'],
    fields: {
      voucher_no: text(16),
      document_kind: text(),
      kind: codes('posting', 'reversal'),
      period: text(7),
      voucher_date: date(),
      currency: text(5),
      base_currency: text(5),
      rate: decimal(9, 5),
      description: text(),
      reverses: optional(text(16)),
    },
  });
}

/** Their entries. `scale` is how many digits after the point there is room for. */
export function entryOf({ books }: Settings, scale: number) {
  return sourceTable(`${books}.voucher_entry`, {
    key: ['voucher_no', 'line_no'],
    fields: {
      voucher_no: text(16),
      line_no: int32(),
      side: codes('debit', 'credit'),
      account: text(),
      cost_center: optional(text(10)),
      party: optional(text(10)),
      summary: text(),
      amount: decimal(23, scale),
      base_amount: decimal(23, scale),
    },
  });
}

/** What each account of the books is in SAP, and its tax code; an account that is not here makes a dead letter. */
export function accountsOf({ accounts }: Settings) {
  const mapped = Object.entries(accounts);
  return {
    gl: Object.fromEntries(mapped.map(([of, { gl }]) => [of, gl])),
    taxCode: Object.fromEntries(mapped.map(([of, { taxCode = '' }]) => [of, taxCode])),
  };
}
