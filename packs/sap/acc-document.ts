import { defineEntity } from '../../schemas/dsl/entity.ts';
import type { Entity } from '../../schemas/dsl/entity.ts';
import type { DocumentDeclaration } from '../../schemas/feed/document.ts';
import { accountsOf, entryOf, voucherOf } from './books.ts';
import type { Settings } from './settings.ts';

/** SAP has no null. */
const NONE = '';

/** Of AMT_DOCCUR: no currency has more digits after the point. */
const AMOUNT_SCALE = 4;

/**
 * Vouchers as SAP's interface for postings takes them (BAPI_ACC_DOCUMENT_POST, IDoc ACC_DOCUMENT): a table for each of its
 * structures, by the names of SAP. A red-letter reversal is a negative posting.
 */
export function accDocumentTables(settings: Settings): readonly Entity[] {
  return [headersOf(settings), itemsOf(settings)];
}

/** Rows belong to a voucher by its number, which is the key by which SAP knows it as well. */
const PART = { entity: 'acc-item', by: ['OBJ_KEY'], without: ['OBJ_KEY'] };

export const accDocument: DocumentDeclaration = {
  name: 'acc-document',
  entity: 'acc-header',
  as: 'DOCUMENTHEADER',
  without: ['CURRENCY', 'BASE_CURRENCY'],
  nested: {
    ACCOUNTGL: { ...PART, table: 'BAPIACGL09' },
    ACCOUNTPAYABLE: { ...PART, table: 'BAPIACAP09' },
    // Entries of the books do not say their currency: that is the voucher's.
    CURRENCYAMOUNT: { ...PART, table: 'BAPIACCR09', with: { CURRENCY: 'CURRENCY' } },
    BASE_AMOUNT: {
      ...{ ...PART, table: 'BAPIACCR09_10', as: 'CURRENCYAMOUNT' },
      with: { CURRENCY: 'BASE_CURRENCY' },
    },
  },
  balance: { of: 'CURRENCYAMOUNT', amount: 'AMT_DOCCUR', by: 'CURR_TYPE' },
};

function headersOf(settings: Settings): Entity {
  const { from, staging, companyCode, user, documentTypes, objectType, logicalSystem } = settings;
  const voucher = voucherOf(settings);
  const header = voucher.into(`${staging.schema}.BAPIACHE09`, {
    about: 'The header of a posting in SAP.',
    key: ['OBJ_KEY'],
    columns: ({ constant, copy, lookup, reshaped, truncated, whenNull }) => ({
      OBJ_TYPE: constant(objectType, 5),
      OBJ_KEY: copy('voucher_no'),
      OBJ_SYS: constant(logicalSystem, 10),
      BUS_ACT: constant('RFBU', 4),
      USERNAME: constant(user, 12),
      HEADER_TXT: truncated('description', 25),
      COMP_CODE: constant(companyCode, 4),
      DOC_DATE: reshaped('voucher_date', 'YYYY-MM-DD', 'YYYYMMDD'),
      PSTNG_DATE: reshaped('voucher_date', 'YYYY-MM-DD', 'YYYYMMDD'),
      FISC_YEAR: reshaped('period', 'YYYY-MM', 'YYYY'),
      FIS_PERIOD: reshaped('period', 'YYYY-MM', 'MM'),
      DOC_TYPE: lookup('document_kind', documentTypes, 2),
      REF_DOC_NO: copy('voucher_no'),
      OBJ_KEY_R: whenNull('reverses', constant(NONE, 16), copy('reverses')),
      NEG_POSTNG: lookup('kind', { posting: NONE, reversal: 'X' }, 1),
      CURRENCY: copy('currency'),
      BASE_CURRENCY: copy('base_currency'),
    }),
  });
  return defineEntity({
    name: 'acc-header',
    zh: '过账凭证抬头',
    about: 'A voucher as the header of a posting in SAP.',
    ...{ from, to: staging.to, source: voucher, targets: [header] },
  });
}

/** An entry is an item, of a vendor when it has a party, and an amount in two currencies. */
function itemsOf(settings: Settings): Entity {
  const { from, staging } = settings;
  const entry = entryOf(settings, AMOUNT_SCALE);
  const accounts = accountsOf(settings);
  const key = ['OBJ_KEY', 'ITEMNO_ACC'] as const;
  const ledgerItem = entry.into(`${staging.schema}.BAPIACGL09`, {
    ...{ about: 'An item of the general ledger.', key },
    columns: ({ constant, copy, lookup, padded, truncated, whenNull }) => ({
      OBJ_KEY: copy('voucher_no'),
      ITEMNO_ACC: padded('line_no', 10),
      GL_ACCOUNT: lookup('account', accounts.gl, 10),
      ITEM_TEXT: truncated('summary', 50),
      TAX_CODE: lookup('account', accounts.taxCode, 2),
      COSTCENTER: whenNull('cost_center', constant(NONE, 10), copy('cost_center')),
    }),
    only: { party: 'null' },
  });
  const vendorItem = entry.into(`${staging.schema}.BAPIACAP09`, {
    ...{ about: 'An item of a vendor.', key },
    columns: ({ copy, lookup, padded, truncated }) => ({
      OBJ_KEY: copy('voucher_no'),
      ITEMNO_ACC: padded('line_no', 10),
      VENDOR_NO: copy('party'),
      GL_ACCOUNT: lookup('account', accounts.gl, 10),
      ITEM_TEXT: truncated('summary', 50),
      TAX_CODE: lookup('account', accounts.taxCode, 2),
    }),
    only: { party: 'not-null' },
  });
  const amount = (table: string, currencyType: string, of: 'amount' | 'base_amount') =>
    entry.into(`${staging.schema}.${table}`, {
      ...{ about: 'What an item comes to in one currency: debit above zero, credit below.', key },
      columns: ({ constant, copy, negated, padded, whenCode }) => ({
        OBJ_KEY: copy('voucher_no'),
        ITEMNO_ACC: padded('line_no', 10),
        CURR_TYPE: constant(currencyType, 2),
        AMT_DOCCUR: whenCode('side', 'debit', copy(of), negated(of)),
      }),
    });
  return defineEntity({
    name: 'acc-item',
    zh: '过账凭证行项目',
    about: 'An entry of a voucher as an item of a posting in SAP.',
    ...{ from, to: staging.to, source: entry },
    targets: [
      ledgerItem,
      vendorItem,
      amount('BAPIACCR09', '00', 'amount'),
      amount('BAPIACCR09_10', '10', 'base_amount'),
    ],
  });
}
