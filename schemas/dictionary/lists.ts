import { choice, code, count, flag, optional, postable, rate, share, text } from './column.ts';
import type { Column, ValueOf } from './column.ts';

interface CodeList {
  readonly columns: Readonly<Record<string, Column>>;
  /** Its codes are codes of this list: a rate is of a currency. */
  readonly codesOf?: string;
  /** Codes that programs ask for by name: they must be there. */
  readonly required?: readonly string[];
}

/** Accounts that no category, tax or payment method leads to. */
export const POSTING_ACCOUNTS = ['employee-payable', 'supplier-payable', 'accrued-payable'] as const;
export type PostingAccount = (typeof POSTING_ACCOUNTS)[number];

/**
 * The code lists of the dictionary: what each entry says besides its code, its days, its version and its name in
 * Chinese (`zh`) and English (`en`). One file of the dictionary's folder each.
 */
export const CODE_LISTS = {
  account: {
    columns: {
      kind: choice('asset', 'liability', 'equity', 'income', 'expense'),
      side: choice('debit', 'credit'),
      parent: optional(code('account')),
    },
  },
  'posting-account': { columns: { account: postable() }, required: POSTING_ACCOUNTS },
  'cost-center': { columns: { function: choice('admin', 'sales', 'research') } },
  department: { columns: { cost_center: code('cost-center') } },
  // The account follows from both: what the money was for, and whether those who spent it run, sell or develop.
  'expense-category': {
    columns: { finance_class: text(), admin: postable(), sales: postable(), research: postable() },
  },
  'expense-type': { columns: { category: code('expense-category'), deductible: flag() } },
  'tax-code': { columns: { rate: share(), account: optional(postable()) } },
  currency: { columns: { minor_units: count(4), base: flag() } },
  'exchange-rate': { columns: { rate: rate() }, codesOf: 'currency' },
  status: { columns: { voucher: choice('due', 'none') } },
  'payment-method': { columns: { oa_code: text(), account: postable() } },
  'contract-kind': { columns: { finance_class: text() } },
  'voucher-kind': { columns: {} },
  'budget-movement': { columns: {} },
  'document-kind': { columns: { oa_code: optional(text()) } },
  'approval-action': { columns: {} },
  'employee-status': { columns: { finance_code: text() } },
  'book-state': { columns: {} },
  'posting-kind': { columns: {} },
  'entry-side': { columns: {} },
  // A time has no unit, but in a column without a zone it is to be said whose clock it shows.
  unit: { columns: {}, required: ['china-clock'] },
  field: {
    columns: {
      type: choice('id', 'code', 'text', 'amount', 'quantity', 'rate', 'count', 'flag', 'date', 'time'),
      unit: optional(code('unit')),
      codes: optional(text()),
      oa: optional(text()),
      finance: optional(text()),
      truth: choice('oa', 'finance'),
    },
  },
} as const satisfies Readonly<Record<string, CodeList>>;

export type ListName = keyof typeof CODE_LISTS;

export const LIST_NAMES = Object.keys(CODE_LISTS) as readonly ListName[];

export function isListName(name: string): name is ListName {
  return Object.hasOwn(CODE_LISTS, name);
}

/** The columns of a list, by name. */
export function columnsOf(list: ListName): ReadonlyMap<string, Column> {
  return new Map(Object.entries(definitionOf(list).columns));
}

export function definitionOf(list: ListName): CodeList {
  return CODE_LISTS[list];
}

type Columns<L extends ListName> = (typeof CODE_LISTS)[L]['columns'];

/** What a code of a list means. */
export type CodeValue<L extends ListName> = { readonly zh: string; readonly en: string } & {
  readonly [C in keyof Columns<L>]: Columns<L>[C] extends Column ? ValueOf<Columns<L>[C]> : never;
};
