import { COST_CENTRES, type BaseRows } from './oa-base-data.ts';
import { bankAccount, digits, mobileNumber, personName } from './people.ts';
import { randomOf, type Random } from './activity/prng.ts';
import { SUPPLIERS, type Supplier } from './suppliers.ts';
import type { Row } from './activity/writes.ts';

/** Where the costs of a department go that finance does not know yet. */
export const UNASSIGNED_COST_CENTER = 'CC-9999';

export const ACCOUNTS = {
  cash: '1001',
  bank: '1002.01',
  inputTax: '2221.01',
  supplierPayable: '2202',
} as const;

/** [code, name, kind, normal side, parent]; a code that is somebody's parent is no leaf. */
const CHART = [
  [ACCOUNTS.cash, '库存现金', 'asset', 'D', null],
  ['1002', '银行存款', 'asset', 'D', null],
  [ACCOUNTS.bank, '银行存款—基本户', 'asset', 'D', '1002'],
  ['1002.02', '银行存款—外币户', 'asset', 'D', '1002'],
  ['1221', '其他应收款', 'asset', 'D', null],
  [ACCOUNTS.supplierPayable, '应付账款', 'liability', 'C', null],
  ['2221', '应交税费', 'liability', 'C', null],
  [ACCOUNTS.inputTax, '应交税费—应交增值税（进项税额）', 'liability', 'C', '2221'],
  ['2241', '其他应付款', 'liability', 'C', null],
  ['4001', '实收资本', 'equity', 'C', null],
  ['5301', '研发支出', 'expense', 'D', null],
  ['6001', '主营业务收入', 'income', 'C', null],
  ['6601', '销售费用', 'expense', 'D', null],
  ['6602', '管理费用', 'expense', 'D', null],
  ['6603', '财务费用', 'expense', 'D', null],
] as const;

const FIRST_YEAR = 2025;
const LAST_YEAR = 2035;
/** Periods before the office opens are closed. */
const FIRST_OPEN = '2026-01';

/** Accounts, cost centres, vendors and periods, the same for the same seed. */
export function financeBaseRows(seed: number): BaseRows {
  const random = randomOf(seed, 0xf1);
  return [
    ['finance.account', accountRows()],
    ['finance.cost_center', costCenterRows()],
    ['finance.vendor', SUPPLIERS.map((supplier) => vendorRow(random, supplier))],
    ['finance.period', periodRows()],
  ];
}

function accountRows(): Row[] {
  const parents = new Set<string | null>(CHART.map(([, , , , parent]) => parent));
  return CHART.map(([code, name, kind, side, parent]) => ({
    code,
    name,
    kind,
    normal_side: side,
    parent_code: parent,
    is_leaf: !parents.has(code),
    is_active: true,
  }));
}

function costCenterRows(): Row[] {
  const assigned = COST_CENTRES.map(({ code, name, account }) => ({
    code: `CC-${code.slice(1)}`,
    name,
    department_code: code,
    expense_account: account,
    is_active: true,
    valid_from: `${FIRST_YEAR}-01-01`,
    valid_to: null,
  }));
  return [
    ...assigned,
    {
      code: UNASSIGNED_COST_CENTER,
      name: '待分配',
      department_code: null,
      expense_account: '6602',
      is_active: true,
      valid_from: `${FIRST_YEAR}-01-01`,
      valid_to: null,
    },
  ];
}

function vendorRow(random: Random, { code, name }: Supplier): Row {
  return {
    id: uuidOf(random),
    code,
    name,
    tax_no: random.chance(0.9) ? `91${digits(random, 15)}X` : null,
    bank_name: random.pick(['中国工商银行', '中国建设银行', '招商银行', null]),
    bank_account: random.chance(0.9) ? bankAccount(random) : null,
    credit_score: random.pick(['100', '87.5', '92.25', '0', null]),
    contact: random.chance(0.7)
      ? JSON.stringify({ 联系人: personName(random), 电话: mobileNumber(random) })
      : null,
    is_active: true,
    created_at: `${FIRST_YEAR}-01-02T09:00:00+08:00`,
  };
}

function periodRows(): Row[] {
  const months = (LAST_YEAR - FIRST_YEAR + 1) * 12;
  return Array.from({ length: months }, (_, index) => {
    const year = FIRST_YEAR + Math.floor(index / 12);
    const month = index % 12;
    const day = (date: number): string => new Date(date).toISOString().slice(0, 10);
    const startsOn = day(Date.UTC(year, month, 1));
    const code = startsOn.slice(0, 7);
    return {
      code,
      starts_on: startsOn,
      ends_on: day(Date.UTC(year, month + 1, 0)),
      status: code < FIRST_OPEN ? 'closed' : 'open',
    };
  });
}

/** A random (version 4) UUID from the seeded stream. */
export function uuidOf(random: Random): string {
  const bytes = Buffer.from(random.bytes(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
