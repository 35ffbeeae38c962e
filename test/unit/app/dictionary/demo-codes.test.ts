import { readFileSync } from 'node:fs';
import { SHIPPED_DICTIONARY, loadDictionary } from '../../../../app/dictionary/load.ts';
import { calendarDate } from '../../../../schemas/dictionary/calendar-date.ts';
import { inForce } from '../../../../schemas/dictionary/dictionary.ts';
import { loadEntities } from '../../../../schemas/entities/catalogue.ts';
import { examples as claimExamples } from '../../../../schemas/entities/expense-claim/examples.ts';
import { examples as paymentExamples } from '../../../../schemas/entities/payment/examples.ts';
import type { Row } from '../../../../schemas/contract/cell.ts';
import type { Example } from '../../../../schemas/dsl/example.ts';
import { agreedShape } from '../../../../schemas/dsl/source-table.ts';
import { isListName } from '../../../../schemas/dictionary/lists.ts';
import type { ListName } from '../../../../schemas/dictionary/lists.ts';
import { EXPENSE_TYPES } from '../../../../stack/demo/activity/vocabulary.ts';
import { rateToCny } from '../../../../stack/demo/activity/money.ts';
import { financeBaseRows } from '../../../../stack/demo/finance-base-data.ts';
import { BUDGET_CATEGORIES, oaBaseRows } from '../../../../stack/demo/oa-base-data.ts';

const { dictionary } = loadDictionary(SHIPPED_DICTIONARY);
const today = calendarDate('2026-03-01')!;
const entriesOf = <L extends ListName>(list: L) => inForce(dictionary, list, today);
const codesOf = (list: ListName) => entriesOf(list).map(({ code }) => code);

/** The columns of a demo database whose values are enumerated, with the values. */
function enumerated(sql: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let table = '';
  for (const line of sql.split('\n')) {
    table = /CREATE TABLE IF NOT EXISTS (?:finance\.)?(\w+)/.exec(line)?.[1] ?? table;
    const values = /^ {2}([a-z]\w*) .*(?:ENUM|SET| IN ?)\s?\(('[^)]+)\)/.exec(line);
    if (values?.[1] !== undefined)
      found.set(
        `${table}.${values[1]}`,
        [...values[2]!.matchAll(/'(\w+)'/g)].map(([, value]) => value!),
      );
  }
  return found;
}

/** Enumerations that no document of finance carries. */
const NOT_FINANCE = [
  'employee.gender',
  'employee.status',
  'approval_record.doc_type',
  'approval_record.action',
  'purchase_request.services',
  'period.status',
];
const columns = new Map([
  ...enumerated(readFileSync('stack/demo/oa.sql', 'utf8')),
  ...enumerated(readFileSync('stack/demo/finance.sql', 'utf8')),
]);
const fields = new Map(entriesOf('field').map(({ code, value }) => [code, value]));

test('the enumerations of the demo databases are seen', () => {
  expect([...columns.keys()]).toEqual(expect.arrayContaining(['expense_claim.status', 'payment.method']));
  expect(columns.get('expense_claim.category')).toEqual([...BUDGET_CATEGORIES]);
});

test.each([...columns].filter(([name]) => !NOT_FINANCE.includes(name) && !name.startsWith('account.')))(
  'the codes of %s are those of its list',
  (name, values) => {
    const list = fields.get(name)?.codes;
    expect(list).toBeDefined();
    if (list === null || list === undefined || !isListName(list)) throw new Error(`no list for ${name}`);
    const prefix = `${name.split('.')[0]!.replaceAll('_', '-')}/`;
    const codes =
      list === 'status'
        ? codesOf('status')
            .filter((code) => code.startsWith(prefix))
            .map((code) => code.slice(prefix.length))
        : codesOf(list);
    expect([...codes].sort()).toEqual([...values].sort());
  },
);

test('the chart of accounts is that of the demo', () => {
  const rows = new Map(financeBaseRows(1)).get('finance.account')!;
  expect(
    entriesOf('account').map(({ code, value }) => ({
      code,
      name: value.zh,
      kind: value.kind,
      normal_side: value.side === 'debit' ? 'D' : 'C',
      parent_code: value.parent,
    })),
  ).toEqual(
    rows.map(({ code, name, kind, normal_side, parent_code }) => ({
      code,
      name,
      kind,
      normal_side,
      parent_code,
    })),
  );
});

test('the departments of the demo have their cost centres, and those lead to the accounts of the demo', () => {
  const base = new Map([...oaBaseRows(1), ...financeBaseRows(1)]);
  expect(entriesOf('department').map(({ code, value }) => [code, value.zh])).toEqual(
    base.get('department')!.map(({ code, name }) => [code, name]),
  );
  const functions = new Map(entriesOf('cost-center').map(({ code, value }) => [code, value.function]));
  const centers = base.get('finance.cost_center')!;
  expect([...functions.keys()]).toEqual(centers.map(({ code }) => code));
  for (const { department_code, code } of centers)
    if (department_code !== null)
      expect(entriesOf('department').find((entry) => entry.code === department_code)!.value.cost_center).toBe(
        code,
      );
  for (const { value } of entriesOf('expense-category'))
    for (const { code, expense_account } of centers)
      expect(value[functions.get(String(code))!]).toBe(expense_account);
});

test('the expense types of the demo are there, in their categories, with tax codes for all their rates', () => {
  const rates = entriesOf('tax-code').map(({ value }) => Number(value.rate) * 10_000);
  for (const [category, types] of Object.entries(EXPENSE_TYPES))
    for (const type of types) {
      expect(entriesOf('expense-type').find(({ code }) => code === type.code)?.value.category).toBe(category);
      for (const rate of type.taxRates) expect(rates).toContain(rate ?? 0);
    }
});

test('the currencies of the demo are there, at its rates', () => {
  expect(codesOf('currency')).toEqual(['CNY', 'USD', 'HKD']);
  for (const { code, value } of entriesOf('exchange-rate'))
    expect(Number(value.rate)).toBe(Number(rateToCny(code as 'USD' | 'HKD')));
});

test('entities give codes the names under which the other side knows them by the dictionary', async () => {
  const entities = new Map((await loadEntities()).map((entity) => [entity.name, entity]));
  const recoded = (name: string, row: Row, column: string): unknown => {
    const entity = entities.get(name)!;
    const [change] = entity.upsert(agreedShape(entity.declaration.source), [row['id'] ?? null], row);
    return change?.kind === 'upsert' ? change.cells[column] : null;
  };
  const claim = exampleRow(claimExamples);
  for (const { code, value } of entriesOf('expense-category'))
    expect(recoded('expense-claim', { ...claim, category: code }, 'expense_class')).toBe(value.finance_class);
  const payment = exampleRow(paymentExamples);
  for (const { code, value } of entriesOf('payment-method'))
    expect(recoded('payment', { ...payment, method: code }, 'method')).toBe(value.oa_code);
});

/** The row of an example that becomes a row of the target. */
function exampleRow(examples: readonly Example[]): Row {
  const found = examples.find(({ outcome }) => !('rejected' in outcome) && 'upsert' in outcome[0]!);
  return found !== undefined && 'row' in found.change ? found.change.row : {};
}
