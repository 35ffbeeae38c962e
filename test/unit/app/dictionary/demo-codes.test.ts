import { readFileSync } from 'node:fs';
import { SHIPPED_DICTIONARY, loadDictionary } from '../../../../app/dictionary/load.ts';
import { calendarDate } from '../../../../schemas/dictionary/calendar-date.ts';
import { inForce } from '../../../../schemas/dictionary/dictionary.ts';
import { loadEntities } from '../../../../schemas/entities/catalogue.ts';
import { DOCUMENTS } from '../../../../schemas/documents/catalogue.ts';
import { isListName } from '../../../../schemas/dictionary/lists.ts';
import type { CodeValue, ListName } from '../../../../schemas/dictionary/lists.ts';
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
        [...values[2]!.matchAll(/'([\w-]+)'/g)].map(([, value]) => value!),
      );
  }
  return found;
}

/** Enumerations that no document of finance carries. */
const NOT_FINANCE = ['employee.gender', 'purchase_request.services', 'period.status'];
const columns = new Map([
  ...enumerated(readFileSync('stack/demo/oa.sql', 'utf8')),
  ...enumerated(readFileSync('stack/demo/finance.sql', 'utf8')),
]);
const fields = new Map(entriesOf('field').map(({ code, value }) => [code, value]));

/** Statuses are of a kind of document: where one is declared for the table, its kind says so. */
function documentOf(table: string): string {
  const declared = [...DOCUMENTS.values()].find(({ header }) => header.id.name === table);
  return declared?.kind ?? table.replaceAll('_', '-');
}

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
    if (list === 'document-kind') {
      const known = entriesOf(list).flatMap(({ code, value }) => [code, value.oa_code]);
      expect(known).toEqual(expect.arrayContaining(values));
      return;
    }
    const prefix = `${documentOf(name.split('.')[0]!)}/`;
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

const entities = await loadEntities();

test('the codes that entities agree on are those of the demo', () => {
  // The tables of the ledger are made by the product.
  const ofDemo = entities.filter(({ declaration: { source } }) => source.id.namespace !== 'ledger');
  const agreed = ofDemo.flatMap(({ declaration: { source } }) =>
    Object.entries(source.fields).flatMap(([name, field]) =>
      field.codes === undefined ? [] : [[`${source.id.name}.${name}`, field.codes] as const],
    ),
  );
  const compared = agreed.filter(([name]) => columns.has(name));
  expect(compared.length).toBeGreaterThan(8);
  expect(compared.map(([name, codes]) => [name, [...codes].sort()])).toEqual(
    compared.map(([name]) => [name, [...columns.get(name)!].sort()]),
  );
});

test('entities give codes the names under which the other side knows them by the dictionary', () => {
  expect(recoded('expense-claim', 'expense_class')).toEqual(names('expense-category', 'finance_class'));
  expect(recoded('budget', 'expense_class')).toEqual(names('expense-category', 'finance_class'));
  expect(recoded('contract', 'contract_class')).toEqual(names('contract-kind', 'finance_class'));
  expect(recoded('employee', 'status')).toEqual(names('employee-status', 'finance_code'));
  expect(recoded('payment', 'method')).toEqual(names('payment-method', 'oa_code'));
  // Not every kind is approved.
  const kinds = entriesOf('document-kind').map(({ code, value }) => [value.oa_code, code] as const);
  expect(Object.fromEntries(kinds)).toEqual(expect.objectContaining(recoded('approval', 'document_kind')));
});

/** What a column of an entity's target makes of the codes of its source. */
function recoded(name: string, column: string): object {
  const [target] = entities.find((entity) => entity.name === name)!.declaration.targets;
  const rule = target!.columns[column]!;
  return rule.kind === 'lookup' ? rule.table : {};
}

/** What a column of a list says of each of its codes. */
function names<L extends ListName>(list: L, column: keyof CodeValue<L>): unknown {
  return Object.fromEntries(entriesOf(list).map(({ code, value }) => [code, value[column]]));
}
