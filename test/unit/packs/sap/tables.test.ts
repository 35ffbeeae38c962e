import fc from 'fast-check';
import { settings } from '../../../../packs/sap/settings.ts';
import { tablesOf } from '../../../../packs/sap/tables.ts';
import type { Row } from '../../../../schemas/contract/cell.ts';
import { decimalOfUnits } from '../../../../schemas/dsl/decimal-text.ts';
import { agreedShape } from '../../../../schemas/dsl/source-table.ts';

const [header, item] = tablesOf(
  settings.parse({
    companyCode: '1000',
    accounts: {
      '6601': { gl: '0066010000' },
      '2221.01': { gl: '0022210100', taxCode: 'J1' },
      '2241': { gl: '2241' },
    },
  }),
);

const VOUCHER: Row = {
  ...{ voucher_no: '2026-03-000042', document_kind: 'expense-claim', kind: 'posting', period: '2026-03' },
  ...{ voucher_date: '2026-03-05', currency: 'USD', base_currency: 'CNY', rate: '7.185', reverses: null },
  description: '费用报销 BX202603020000001 出差上海',
};
const ENTRY: Row = {
  ...{
    voucher_no: '2026-03-000042',
    line_no: 2,
    side: 'debit',
    account: '2221.01',
    cost_center: null,
    party: null,
  },
  ...{ summary: '进项税额 BX1', amount: '36.00', base_amount: '258.66' },
};

function made(entity: typeof header, row: Row): Row {
  const { source } = entity!.declaration;
  const [change] = entity!.upsert(
    agreedShape(source),
    source.key.map((name) => row[name] ?? null),
    row,
  );
  if (change?.kind !== 'upsert') throw new Error('the row makes none');
  return change.cells;
}

test('a voucher is a header', () => {
  expect(made(header, VOUCHER)).toEqual({
    ...{ MANDT: '100', BUKRS: '1000', BELNR: '0103000042', GJAHR: '2026', BLART: 'KR', BLDAT: '20260305' },
    ...{ BUDAT: '20260305', MONAT: '03', USNAM: 'COUNTERFOIL', TCODE: 'FB01', XBLNR: '2026-03-000042' },
    ...{
      STBLG: null,
      STJAH: null,
      BKTXT: '费用报销 BX202603020000001 出差',
      WAERS: 'USD',
      KURSF: '7.185',
      HWAER: 'CNY',
    },
  });
  expect(made(header, { ...VOUCHER, kind: 'reversal', reverses: '2025-12-000007' })).toMatchObject({
    ...{ TCODE: 'FB08', STBLG: '0112000007', STJAH: '2025' },
  });
});

test('an entry is an item', () => {
  expect(made(item, ENTRY)).toEqual({
    ...{
      MANDT: '100',
      BUKRS: '1000',
      BELNR: '0103000042',
      GJAHR: '2026',
      BUZEI: '002',
      BSCHL: '40',
      KOART: 'S',
    },
    ...{ SHKZG: 'S', XNEGP: '', MWSKZ: 'J1', DMBTR: '258.66', WRBTR: '36.00', SGTXT: '进项税额 BX1' },
    ...{ KOSTL: '', HKONT: '0022210100', LIFNR: '' },
  });
});

test.each([
  ['debit', null, '1.00', '40', 'S', ''],
  ['credit', null, '1.00', '50', 'H', ''],
  ['debit', null, '-1.00', '50', 'H', 'X'],
  ['credit', null, '-1.00', '40', 'S', 'X'],
  ['credit', 'V0002', '1.00', '31', 'H', ''],
  ['debit', 'V0002', '1.00', '25', 'S', ''],
  ['credit', 'V0002', '-1.00', '22', 'S', 'X'],
  ['debit', 'V0002', '-1.00', '35', 'H', 'X'],
])('%s of %s over %s has the posting key %s', (side, party, amount, BSCHL, SHKZG, XNEGP) => {
  const cells = made(item, { ...ENTRY, side, party, amount, base_amount: amount });
  expect(cells).toMatchObject({ BSCHL, SHKZG, XNEGP, WRBTR: '1.00', KOART: party === null ? 'S' : 'K' });
});

test.each<[string, Row, RegExp]>([
  [
    'an account that SAP is not said to have',
    { account: '9999' },
    /account: its code is not in the lookup table/,
  ],
  ['a number of another kind', { voucher_no: 'MANUAL-7' }, /voucher_no: does not look like YYYY-MM-NNNNNN/],
  ['more entries than a document may have', { line_no: 1_000 }, /line_no: is not a number of up to 3 digits/],
  ['a party without room', { party: 'E1234567890' }, /party: has more than 10 characters/],
])('%s is refused', (_, over, message) => {
  expect(() => made(item, { ...ENTRY, ...over })).toThrow(message);
});

test('a balanced voucher is balanced there, and its reversal takes all of it back from the same sides', () => {
  const cents = fc.array(fc.bigInt({ min: 1n, max: 10n ** 12n }), { minLength: 1, maxLength: 6 });
  const units = (text: unknown) => BigInt(String(text).replace('.', ''));
  fc.assert(
    fc.property(cents, (debits) => {
      const sum = debits.reduce((total, amount) => total + amount, 0n);
      const entries = [
        ...debits.map((amount) => ({ side: 'debit', account: '6601', party: null, amount })),
        { side: 'credit', account: '2241', party: 'E1', amount: sum },
      ];
      const items = [1n, -1n].map((sign) =>
        entries.map(({ amount, ...entry }, at) => {
          const text = decimalOfUnits(sign * amount, 2);
          return made(item, { ...ENTRY, ...entry, line_no: at + 1, amount: text, base_amount: text });
        }),
      );
      for (const document of items) {
        const off = document.map(({ SHKZG, DMBTR }) => (SHKZG === 'S' ? units(DMBTR) : -units(DMBTR)));
        expect(off.reduce((total, amount) => total + amount, 0n)).toBe(0n);
      }
      // A negative posting counts against the side it was taken from.
      const expense = items.flat().filter(({ HKONT }) => HKONT === '0066010000');
      const onDebit = expense.reduce((total, { SHKZG, XNEGP, DMBTR }) => {
        const side = (SHKZG === 'S') === (XNEGP === '') ? 1n : 0n;
        return total + side * (XNEGP === 'X' ? -units(DMBTR) : units(DMBTR));
      }, 0n);
      expect(onDebit).toBe(0n);
    }),
  );
});
