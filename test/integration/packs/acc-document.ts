/** A voucher as SAP's interface for postings takes it; amounts are text. */
export interface AccDocument {
  readonly DOCUMENTHEADER: Readonly<Record<string, string>>;
  readonly ACCOUNTGL: readonly Readonly<Record<string, string>>[];
  readonly ACCOUNTPAYABLE: readonly Readonly<Record<string, string>>[];
  readonly CURRENCYAMOUNT: readonly {
    readonly ITEMNO_ACC: string;
    readonly CURR_TYPE: string;
    readonly AMT_DOCCUR: string;
    readonly CURRENCY: string;
  }[];
}

/** That of the example `trip`, posted as the second voucher of the month. */
export const TRIP: AccDocument = {
  DOCUMENTHEADER: {
    ...{ OBJ_TYPE: 'ZCFV', OBJ_KEY: '2026-03-000002', OBJ_SYS: '', BUS_ACT: 'RFBU', USERNAME: 'COUNTERFOIL' },
    ...{ HEADER_TXT: '费用报销 BX202603020000001', COMP_CODE: '1000', DOC_DATE: '20260305' },
    ...{ PSTNG_DATE: '20260305', FISC_YEAR: '2026', FIS_PERIOD: '03', DOC_TYPE: 'KR' },
    ...{ REF_DOC_NO: '2026-03-000002', OBJ_KEY_R: '', NEG_POSTNG: '' },
  },
  ACCOUNTGL: [
    {
      ...{ ITEMNO_ACC: '0000000001', GL_ACCOUNT: '0066010000', ITEM_TEXT: '差旅费 BX202603020000001' },
      ...{ TAX_CODE: '', COSTCENTER: 'CC-0510' },
    },
    {
      ...{ ITEMNO_ACC: '0000000002', GL_ACCOUNT: '0022210100', ITEM_TEXT: '进项税额 BX202603020000001' },
      ...{ TAX_CODE: 'J1', COSTCENTER: '' },
    },
  ],
  ACCOUNTPAYABLE: [
    {
      ...{ ITEMNO_ACC: '0000000003', VENDOR_NO: 'E10012', GL_ACCOUNT: '0022410000' },
      ...{ ITEM_TEXT: '应付职工报销款 BX202603020000001', TAX_CODE: '' },
    },
  ],
  CURRENCYAMOUNT: ['00', '10'].flatMap((CURR_TYPE) =>
    ['1204.5900', '81.4100', '-1286.0000'].map((AMT_DOCCUR, at) => ({
      ...{ ITEMNO_ACC: `000000000${at + 1}`, CURR_TYPE, AMT_DOCCUR, CURRENCY: 'CNY' },
    })),
  ),
};
