import { defineEntity } from '../../schemas/dsl/entity.ts';
import type { Entity } from '../../schemas/dsl/entity.ts';
import { accountsOf, entryOf, VOUCHER_NO, voucherOf } from './books.ts';
import type { Settings } from './settings.ts';

/**
 * Vouchers as the tables of SAP finance have them: the header of a document in BKPF, its items in BSEG. A red-letter
 * reversal is a negative posting: its items are on the other side, positive, and marked (XNEGP).
 */
export function tablesOf(settings: Settings): readonly Entity[] {
  return [headersOf(settings), itemsOf(settings)];
}

function headersOf(settings: Settings): Entity {
  const { from, to, database, client, companyCode, numberRange, user, documentTypes } = settings;
  const voucher = voucherOf(settings);
  const header = voucher.into(`${database}.BKPF`, {
    about: 'The header of a document of SAP finance.',
    key: ['MANDT', 'BUKRS', 'BELNR', 'GJAHR'],
    columns: ({ constant, copy, lookup, reshaped, truncated }) => ({
      MANDT: constant(client, 3),
      BUKRS: constant(companyCode, 4),
      BELNR: reshaped('voucher_no', VOUCHER_NO, `${numberRange}MMNNNNNN`),
      GJAHR: reshaped('voucher_no', VOUCHER_NO, 'YYYY'),
      BLART: lookup('document_kind', documentTypes, 2),
      BLDAT: reshaped('voucher_date', 'YYYY-MM-DD', 'YYYYMMDD'),
      BUDAT: reshaped('voucher_date', 'YYYY-MM-DD', 'YYYYMMDD'),
      MONAT: reshaped('period', 'YYYY-MM', 'MM'),
      USNAM: constant(user, 12),
      TCODE: lookup('kind', { posting: 'FB01', reversal: 'FB08' }, 20),
      XBLNR: copy('voucher_no'),
      STBLG: reshaped('reverses', VOUCHER_NO, `${numberRange}MMNNNNNN`),
      STJAH: reshaped('reverses', VOUCHER_NO, 'YYYY'),
      BKTXT: truncated('description', 25),
      WAERS: copy('currency'),
      KURSF: copy('rate'),
      HWAER: copy('base_currency'),
    }),
  });
  return defineEntity({
    name: 'header',
    zh: '会计凭证抬头',
    about: 'A voucher as the header of a document of SAP finance (BKPF).',
    ...{ from, to, source: voucher, targets: [header] },
  });
}

function itemsOf(settings: Settings): Entity {
  const { from, to, database, client, companyCode, numberRange } = settings;
  const entry = entryOf(settings, 2);
  const accounts = accountsOf(settings);
  const item = entry.into(`${database}.BSEG`, {
    about: 'An item of a document of SAP finance.',
    key: ['MANDT', 'BUKRS', 'BELNR', 'GJAHR', 'BUZEI'],
    columns: ({ constant, copy, lookup, magnitude, padded, reshaped, truncated, whenNegative, whenNull }) => {
      const side = (debit: string, credit: string, length: number) =>
        lookup('side', { debit, credit }, length);
      return {
        MANDT: constant(client, 3),
        BUKRS: constant(companyCode, 4),
        BELNR: reshaped('voucher_no', VOUCHER_NO, `${numberRange}MMNNNNNN`),
        GJAHR: reshaped('voucher_no', VOUCHER_NO, 'YYYY'),
        BUZEI: padded('line_no', 3),
        // Posting keys of the general ledger and of vendors; below zero the keys that reverse these.
        BSCHL: whenNull(
          'party',
          whenNegative('amount', side('50', '40', 2), side('40', '50', 2)),
          whenNegative('amount', side('35', '22', 2), side('25', '31', 2)),
        ),
        KOART: whenNull('party', constant('S', 1), constant('K', 1)),
        SHKZG: whenNegative('amount', side('H', 'S', 1), side('S', 'H', 1)),
        XNEGP: whenNegative('amount', constant('X', 1), constant('', 1)),
        MWSKZ: lookup('account', accounts.taxCode, 2),
        DMBTR: magnitude('base_amount'),
        WRBTR: magnitude('amount'),
        SGTXT: truncated('summary', 50),
        KOSTL: whenNull('cost_center', constant('', 10), copy('cost_center')),
        HKONT: lookup('account', accounts.gl, 10),
        LIFNR: whenNull('party', constant('', 10), copy('party')),
      };
    },
  });
  return defineEntity({
    name: 'item',
    zh: '会计凭证行项目',
    about: 'An entry of a voucher as an item of a document of SAP finance (BSEG).',
    ...{ from, to, source: entry, targets: [item] },
  });
}
