import fc from 'fast-check';
import { accDocument, accDocumentTables } from '../../../../packs/sap/acc-document.ts';
import { settings } from '../../../../packs/sap/settings.ts';
import type { Cell, Row } from '../../../../schemas/contract/cell.ts';
import type { Entity } from '../../../../schemas/dsl/entity.ts';
import { decimalOfUnits } from '../../../../schemas/dsl/decimal-text.ts';
import { agreedShape } from '../../../../schemas/dsl/source-table.ts';
import { abroad, cheaperTrip, trip } from '../../../../schemas/posting/example-documents.ts';
import type { Voucher } from '../../../../schemas/posting/voucher.ts';
import { vouchersOf } from '../../../support/example-vouchers.ts';

const [header, item] = accDocumentTables(
  settings.parse({
    companyCode: '1000',
    accounts: {
      '6601': { gl: '0066010000' },
      '2221.01': { gl: '0022210100', taxCode: 'J1' },
      '2241': { gl: '0022410000' },
    },
  }),
);
const NUMBER = '2026-03-000042';

type Rows = Readonly<Record<string, readonly Row[]>>;

/** The rows that a source row makes, by table. */
function made(entity: Entity | undefined, row: Row): Rows {
  const { source } = entity!.declaration;
  const key = source.key.map((name) => row[name] ?? null);
  const changes = entity!.upsert(agreedShape(source), key, row);
  return Object.fromEntries(
    changes.map((change) => [change.table.id.name, change.kind === 'upsert' ? [change.cells] : []]),
  );
}

/** All rows of a voucher, as the books have it. */
function rowsOf({ key, period, date, currency, base, rate, description, entries }: Voucher): Rows {
  const rows = made(header, {
    ...{ voucher_no: NUMBER, document_kind: key.document.kind, kind: key.kind, period, voucher_date: date },
    ...{ currency: currency.code, base_currency: base.code, rate, description },
    reverses: key.kind === 'reversal' ? '2026-03-000041' : null,
  });
  return entries
    .map(({ side, account, costCenter, party, summary, ...amounts }, at) =>
      made(item, {
        ...{ voucher_no: NUMBER, line_no: at + 1, side, account, cost_center: costCenter, party, summary },
        amount: decimalOfUnits(amounts.amount, currency.minorUnits),
        base_amount: decimalOfUnits(amounts.base, base.minorUnits),
      }),
    )
    .reduce<Rows>(
      (all, each) => ({
        ...all,
        ...Object.fromEntries(
          Object.entries(each).map(([table, of]) => [table, [...(all[table] ?? []), ...of]]),
        ),
      }),
      rows,
    );
}

const column = (rows: Rows, table: string, name: string): readonly (Cell | undefined)[] =>
  (rows[table] ?? []).map((row) => row[name]);

const [posting, reversal] = vouchersOf([trip, cheaperTrip]).map(rowsOf);

test('a voucher with tax has a header, items of the ledger with a tax code, and an item of a vendor', () => {
  expect(posting).toEqual({
    BAPIACHE09: [
      {
        ...{ OBJ_TYPE: 'ZCFV', OBJ_KEY: NUMBER, OBJ_SYS: '', BUS_ACT: 'RFBU', USERNAME: 'COUNTERFOIL' },
        ...{ HEADER_TXT: '费用报销 BX202603020000001', COMP_CODE: '1000', DOC_DATE: '20260305' },
        ...{ PSTNG_DATE: '20260305', FISC_YEAR: '2026', FIS_PERIOD: '03', DOC_TYPE: 'KR' },
        ...{ REF_DOC_NO: NUMBER, OBJ_KEY_R: '', NEG_POSTNG: '', CURRENCY: 'CNY', BASE_CURRENCY: 'CNY' },
      },
    ],
    BAPIACGL09: [
      {
        ...{ OBJ_KEY: NUMBER, ITEMNO_ACC: '0000000001', GL_ACCOUNT: '0066010000' },
        ...{ ITEM_TEXT: '差旅费 BX202603020000001', TAX_CODE: '', COSTCENTER: 'CC-0510' },
      },
      {
        ...{ OBJ_KEY: NUMBER, ITEMNO_ACC: '0000000002', GL_ACCOUNT: '0022210100' },
        ...{ ITEM_TEXT: '进项税额 BX202603020000001', TAX_CODE: 'J1', COSTCENTER: '' },
      },
    ],
    BAPIACAP09: [
      {
        ...{ OBJ_KEY: NUMBER, ITEMNO_ACC: '0000000003', VENDOR_NO: 'E10012', GL_ACCOUNT: '0022410000' },
        ...{ ITEM_TEXT: '应付职工报销款 BX202603020000001', TAX_CODE: '' },
      },
    ],
    BAPIACCR09: ['1204.59', '81.41', '-1286.00'].map((AMT_DOCCUR, at) => ({
      ...{ OBJ_KEY: NUMBER, ITEMNO_ACC: `000000000${at + 1}`, CURR_TYPE: '00', AMT_DOCCUR },
    })),
    BAPIACCR09_10: ['1204.59', '81.41', '-1286.00'].map((AMT_DOCCUR, at) => ({
      ...{ OBJ_KEY: NUMBER, ITEMNO_ACC: `000000000${at + 1}`, CURR_TYPE: '10', AMT_DOCCUR },
    })),
  });
});

test('its red-letter reversal is a negative posting of the same items, and names it', () => {
  expect(reversal!['BAPIACHE09']).toMatchObject([{ NEG_POSTNG: 'X', OBJ_KEY_R: '2026-03-000041' }]);
  expect(column(reversal!, 'BAPIACCR09', 'AMT_DOCCUR')).toEqual(['-1204.59', '-81.41', '1286.00']);
  for (const [table, name] of [
    ['BAPIACGL09', 'GL_ACCOUNT'],
    ['BAPIACAP09', 'VENDOR_NO'],
  ] as const)
    expect(column(reversal!, table, name)).toEqual(column(posting!, table, name));
});

test('a voucher abroad has its amounts in both currencies', () => {
  const rows = rowsOf(vouchersOf([abroad])[0]!);
  expect(rows['BAPIACHE09']).toMatchObject([{ CURRENCY: 'USD', BASE_CURRENCY: 'CNY' }]);
  expect(column(rows, 'BAPIACCR09', 'AMT_DOCCUR')).toEqual(['33.33', '33.34', '33.33', '-100.00']);
  expect(column(rows, 'BAPIACCR09_10', 'AMT_DOCCUR')).toEqual(['239.48', '239.55', '239.47', '-718.50']);
});

const ENTRY: Row = {
  ...{ voucher_no: NUMBER, line_no: 1, side: 'debit', account: '6601', cost_center: null, party: null },
  ...{ summary: 'x', amount: '1.00', base_amount: '1.00' },
};

test.each<[string, Row, RegExp]>([
  ['an account that SAP is not said to have', { account: '9999' }, /its code is not in the lookup table/],
  ['the same of a vendor', { account: '9999', party: 'V1' }, /its code is not in the lookup table/],
  ['a party without room', { party: 'E1234567890' }, /party: has more than 10 characters/],
])('%s is refused', (_, over, message) => {
  expect(() => made(item, { ...ENTRY, ...over })).toThrow(message);
});

test('an entry is one item, and what balances in the books balances there', () => {
  const amounts = fc.array(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), {
    minLength: 1,
    maxLength: 6,
  });
  const parties = fc.option(fc.constantFrom('E1', 'V1'));
  const units = (text: Cell | undefined) => BigInt(String(text).replace('.', ''));
  fc.assert(
    fc.property(amounts, amounts, parties, (document, base, party) => {
      const sum = (of: readonly bigint[]) => of.reduce((total, each) => total + each, 0n);
      const pairs = document.map((each, at) => ({ side: 'debit', amount: each, inBase: base[at] ?? 0n }));
      const last = { side: 'credit', amount: sum(document), inBase: sum(pairs.map(({ inBase }) => inBase)) };
      const rows = [...pairs, last].map(({ side, amount, inBase }) =>
        made(item, {
          ...{ ...ENTRY, side, party },
          ...{ amount: decimalOfUnits(amount, 4), base_amount: decimalOfUnits(inBase, 4) },
        }),
      );
      for (const table of ['BAPIACCR09', 'BAPIACCR09_10'])
        expect(sum(rows.flatMap((each) => column(each, table, 'AMT_DOCCUR').map(units)))).toBe(0n);
      for (const each of rows)
        expect([each['BAPIACGL09']?.length, each['BAPIACAP09']?.length]).toEqual(
          party === null ? [1, 0] : [0, 1],
        );
    }),
  );
});

test('the document has the members of the interface', () => {
  const { as, nested } = accDocument;
  const members = Object.entries(nested).map(([part, rows]) => rows.as ?? part);
  expect([as, ...new Set(members)]).toEqual([
    'DOCUMENTHEADER',
    'ACCOUNTGL',
    'ACCOUNTPAYABLE',
    'CURRENCYAMOUNT',
  ]);
});
