import fc from 'fast-check';
import { budgetId, BUDGET_CATEGORIES, oaBaseRows } from '../../../stack/demo/oa-base-data.ts';
import { financeBaseRows, UNASSIGNED_COST_CENTER } from '../../../stack/demo/finance-base-data.ts';
import type { Row } from '../../../stack/demo/activity/writes.ts';

const tables = (rows: ReturnType<typeof oaBaseRows>): Record<string, readonly Row[]> =>
  Object.fromEntries(rows);
const column = (rows: readonly Row[] | undefined, name: string): unknown[] =>
  (rows ?? []).map((row) => row[name]);

test('base data follow from the seed', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      expect(oaBaseRows(seed)).toEqual(oaBaseRows(seed));
      expect(financeBaseRows(seed)).toEqual(financeBaseRows(seed));
      expect(oaBaseRows(seed)).not.toEqual(oaBaseRows(seed + 1));
    }),
    { numRuns: 20 },
  );
});

test('the office is a tree of departments with sixty employees, each department headed by its own manager', () => {
  const { department, employee } = tables(oaBaseRows(1));
  const ids = column(department, 'id');
  for (const row of department!) {
    if (row['parent_id'] !== null) expect(ids.indexOf(row['parent_id'])).toBeLessThan(ids.indexOf(row['id']));
    expect(row['tree_path']).toMatch(new RegExp(`/${String(row['id'])}/$`));
    if (row['manager_no'] === null) continue;
    const manager = employee!.find((person) => person['employee_no'] === row['manager_no']);
    expect(manager?.['department_id']).toBe(row['id']);
  }
  expect(employee).toHaveLength(60);
  expect(new Set(column(employee, 'employee_no')).size).toBe(60);
  expect(new Set(column(employee, 'id')).size).toBe(60);
});

test('names with rare characters occur', () => {
  const names = [1, 2, 3, 4, 5].flatMap((seed) => column(tables(oaBaseRows(seed))['employee'], 'name'));
  expect(names.some((name) => /[\u{10000}-\u{10ffff}]/u.test(String(name)))).toBe(true);
});

test('budget ids follow from what the budget is for, one each', () => {
  const { budget } = tables(oaBaseRows(1));
  expect(new Set(column(budget, 'id')).size).toBe(budget!.length);
  expect(budget!.length).toBe(18 * BUDGET_CATEGORIES.length);
  fc.assert(
    fc.property(
      fc.integer({ min: 2025, max: 2099 }),
      fc.integer({ min: 1, max: 99_999 }),
      fc.constantFrom(...BUDGET_CATEGORIES),
      (year, department, category) => {
        const id = budgetId(year, department, category);
        expect(id).not.toBe(budgetId(year + 1, department, category));
        expect(id).not.toBe(budgetId(year, department + 1, category));
        expect(id).toBeLessThan(2 ** 32);
      },
    ),
  );
});

test('finance knows every department, and has accounts for what it books', () => {
  const finance = tables(financeBaseRows(1));
  const centers = finance['finance.cost_center']!;
  const codes = column(tables(oaBaseRows(1))['department'], 'code');
  expect(column(centers, 'department_code')).toEqual([...codes, null]);
  expect(centers.at(-1)?.['code']).toBe(UNASSIGNED_COST_CENTER);
  const accounts = column(finance['finance.account'], 'code');
  for (const account of column(centers, 'expense_account')) expect(accounts).toContain(account);
  for (const row of finance['finance.account']!) {
    expect(row['is_leaf']).toBe(!column(finance['finance.account'], 'parent_code').includes(row['code']));
  }
});

test('periods are whole months without a gap, closed before the office opens', () => {
  const periods = tables(financeBaseRows(1))['finance.period']!;
  for (const [index, period] of periods.entries()) {
    expect(String(period['starts_on'])).toBe(`${String(period['code'])}-01`);
    expect(period['status']).toBe(String(period['code']) < '2026-01' ? 'closed' : 'open');
    const next = periods[index + 1];
    if (next === undefined) continue;
    const dayAfter = new Date(Date.parse(String(period['ends_on'])) + 86_400_000).toISOString().slice(0, 10);
    expect(next['starts_on']).toBe(dayAfter);
  }
});
