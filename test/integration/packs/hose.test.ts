import { readFileSync } from 'node:fs';
import { openPackBooks } from '../../support/pack-books.ts';
import type { PackBooks } from '../../support/pack-books.ts';

const PATIENCE_MS = 180_000;
const landing = readFileSync('packs/hose/landing.sql', 'utf8')
  .replaceAll(/^--.*$/gm, '')
  .split(';')
  .filter((statement) => statement.trim() !== '');

let books: PackBooks;
beforeAll(async () => {
  books = await openPackBooks('hose', ['hose/expense-claim', 'hose/payment'], (database) => ({ database }), [
    ...landing,
    `INSERT INTO hose_staff VALUES ('corp:zhang', 'E10012', '张伟')`,
    `INSERT INTO hose_department VALUES ('corp:sales', 'D0510', '销售一部')`,
    `INSERT INTO hose_fee_type VALUES ('corp:ft1', 'corp', 'hotel', '住宿'), ('corp:ft2', 'corp', 'rail', '火车')`,
  ]);
}, PATIENCE_MS);
afterAll(() => books.close(), PATIENCE_MS);

const cny = (standard: string) => ({
  ...{ standard, standardUnit: '元', standardScale: 2, standardSymbol: '¥', standardNumCode: '156' },
  standardStrCode: 'CNY',
});
/** Noon in China. */
const on = (day: string) => Date.parse(`${day}T04:00:00Z`);

interface Shown {
  readonly id: string;
  readonly state: string;
  readonly day: string;
  readonly details: readonly (readonly [feeType: string, amount: string, tax?: string])[];
  readonly staff?: string;
  readonly paid?: string;
}

/** As a job puts an answer of the API. */
function landed({ id, state, day, details, staff = 'corp:zhang', paid }: Shown): string {
  const total = details.reduce((sum, [, amount]) => sum + Number(amount), 0).toFixed(2);
  const document = {
    ...{ id, corporationId: 'corp', formType: 'expense', state, active: true, updateTime: on(day) },
    form: {
      ...{ code: `B26-${id}`, title: '出差', submitterId: staff, expenseDepartment: 'corp:sales' },
      ...{ expenseMoney: cny(total), payMoney: cny(paid ?? total), flowEndTime: on('2026-03-05') },
      details: details.map(([feeTypeId, amount, tax]) => ({
        feeTypeId,
        feeTypeForm: {
          amount: { ...cny(amount), foreign: '1.00', foreignStrCode: 'USD', rate: amount },
          invoiceForm: tax === undefined ? null : { invoices: [{ taxAmount: cny(tax), taxRate: '6' }] },
        },
      })),
    },
  };
  return `REPLACE INTO hose_document VALUES ('${id}', 'corp', 'expense', '${state}', NULL, '${staff}', 'corp:sales',
    '${JSON.stringify(document)}', NOW(3))`;
}

test(
  'a claim in approval is none yet; approved it is posted, paid it is cleared, archived nothing changes',
  async () => {
    const trip = {
      id: 'ID_01',
      details: [
        ['corp:ft1', '636.00', '36.00'],
        ['corp:ft2', '100.00'],
      ],
    } as const;
    await books.write(landed({ ...trip, state: 'approving', day: '2026-03-04' }));
    await books.until('ID_01', { state: 'none' });
    await books.write(landed({ ...trip, state: 'paying', day: '2026-03-05' }));
    await books.until('ID_01', { state: 'posted', revision: 1 });
    await books.until('ID_01', { state: 'none' }, 'payment');
    await books.write(landed({ ...trip, state: 'paid', day: '2026-03-06' }));
    await books.until('ID_01', { state: 'posted' }, 'payment');
    await books.write(landed({ ...trip, state: 'archived', day: '2026-03-07' }));
    await books.write(landed({ ...trip, id: 'ID_02', state: 'paying', day: '2026-03-07' }));
    await books.until('ID_02', { state: 'posted' });
    expect(await books.entries('ID_01')).toEqual([
      '1 posting 2026-03-05 debit 6601 700.00',
      '1 posting 2026-03-05 debit 2221.01 36.00',
      '1 posting 2026-03-05 credit 2241 E10012 736.00',
    ]);
    expect(await books.entries('ID_01', 'payment')).toEqual([
      '1 posting 2026-03-06 debit 2241 E10012 736.00',
      '1 posting 2026-03-06 credit 1002.01 736.00',
    ]);
  },
  PATIENCE_MS,
);

test(
  'rejected after it was approved, changed and approved again: reversal, and the next revision; deleted: reversed',
  async () => {
    await books.write(
      landed({ id: 'ID_02', state: 'rejected', day: '2026-03-09', details: [['corp:ft1', '1.00']] }),
    );
    await books.until('ID_02', { state: 'reversed' });
    await books.write(
      landed({ id: 'ID_02', state: 'paid', day: '2026-03-10', details: [['corp:ft2', '50']] }),
    );
    await books.until('ID_02', { state: 'posted', revision: 2 });
    await books.until('ID_02', { state: 'posted' }, 'payment');
    await books.write(landed({ id: 'ID_02', state: 'deleted', day: '2026-03-11', details: [] }));
    await books.until('ID_02', { state: 'reversed' });
    await books.until('ID_02', { state: 'reversed' }, 'payment');
    expect((await books.entries('ID_02')).filter((entry) => entry.includes('credit'))).toEqual([
      '1 posting 2026-03-05 credit 2241 E10012 736.00',
      '1 reversal 2026-03-09 credit 2241 E10012 -736.00',
      '2 posting 2026-03-05 credit 2241 E10012 50.00',
      '2 reversal 2026-03-11 credit 2241 E10012 -50.00',
    ]);
  },
  PATIENCE_MS,
);

test(
  'who is not known yet is waited for; what is no document is refused; a row that is cleared away takes nothing back',
  async () => {
    await books.write(
      landed({
        id: 'ID_03',
        state: 'paid',
        day: '2026-03-12',
        details: [['corp:ft1', '9']],
        staff: 'corp:li',
        paid: '0',
      }),
    );
    expect((await books.until('ID_03', { state: 'parked' })).reason).toBe(
      'hose_staff corp:li is not known, or has no code',
    );
    await books.until('ID_03', { state: 'none' }, 'payment');
    await books.write(
      `INSERT INTO hose_document VALUES ('ID_04', 'corp', 'expense', 'paying', NULL, NULL, NULL, '{"form": 1', '2026-03-12')`,
      `INSERT INTO hose_document VALUES ('ID_05', 'corp', 'loan', 'paying', NULL, NULL, NULL, '{}', '2026-03-12')`,
    );
    expect((await books.until('ID_04', { state: 'refused' })).reason).toBe(
      'what came is not as the system describes it',
    );
    await books.write(`INSERT INTO hose_staff VALUES ('corp:li', 'E10013', '李娜')`);
    await books.until('ID_03', { state: 'posted' });
    await books.write(`DELETE FROM hose_document WHERE id = 'ID_01'`);
    await books.write(
      landed({ id: 'ID_06', state: 'paid', day: '2026-03-13', details: [['corp:ft1', '9']] }),
    );
    await books.until('ID_06', { state: 'posted' }, 'payment');
    expect(await books.standing('ID_01')).toMatchObject({ state: 'posted', revision: 1 });
    expect(await books.standing('ID_05')).toBeNull();
  },
  PATIENCE_MS,
);
