import { unreachable } from '../../schemas/contract/unreachable.ts';
import type { PostingAccount } from '../../schemas/dictionary/lists.ts';
import type { CostLine, Document, Payment, TaxedLine } from '../../schemas/posting/document.ts';
import { minor } from '../../schemas/posting/money.ts';
import type { Minor } from '../../schemas/posting/money.ts';
import type { Parked } from '../../schemas/posting/outcome.ts';
import type { CodeReader } from './code-reader.ts';
import { DraftEntries } from './draft.ts';
import type { Draft, DraftEntry } from './draft.ts';

/** Which accounts a document debits and credits, in its own currency. */
export function draftOf(document: Document, codes: CodeReader): Draft | Parked {
  switch (document.kind) {
    case 'expense-claim':
      return costDraft(document, 'employee-payable', codes);
    case 'contract-payment':
      return costDraft(document, 'supplier-payable', codes);
    case 'purchase-receipt':
      return costDraft(document, 'accrued-payable', codes);
    case 'payment':
      return clearingDraft(document, codes);
    default:
      return unreachable(document);
  }
}

/** Expense by category and cost centre, and input tax where it may be deducted, against what is owed. */
function costDraft(
  document: Exclude<Document, Payment>,
  owed: PostingAccount,
  codes: CodeReader,
): Draft | Parked {
  const { number, total, party } = document;
  const department = codes.find('department', document.department);
  if (department.kind === 'parked') return department;
  const costCenter = department.value.cost_center;
  const center = codes.find('cost-center', costCenter);
  if (center.kind === 'parked') return center;

  const expenses = new DraftEntries();
  const taxes = new DraftEntries();
  for (const line of document.lines) {
    const type = codes.find('expense-type', line.expenseType);
    if (type.kind === 'parked') return type;
    const category = codes.find('expense-category', type.value.category);
    if (category.kind === 'parked') return category;
    const tax = inputTaxOf(line, type.value.deductible, codes);
    if (tax.kind === 'parked') return tax;
    if (tax.account !== null) taxes.add(entry('debit', tax.account, tax.amount, `进项税额 ${number}`));
    const account = category.value[center.value.function];
    const cost = entry('debit', account, minor(line.amount - tax.amount), `${category.value.zh} ${number}`);
    expenses.add({ ...cost, costCenter, category: type.value.category });
  }
  const payable = codes.find('posting-account', owed);
  if (payable.kind === 'parked') return payable;
  const credit = entry('credit', payable.value.account, total, `${payable.value.zh} ${number}`, party);
  return { kind: 'draft', entries: [...expenses.sorted(), ...taxes.sorted(), credit] };
}

/** The part of a line that may be deducted from tax, and its account. The rest of the line is expense. */
function inputTaxOf(
  line: CostLine | TaxedLine,
  deductible: boolean,
  codes: CodeReader,
): { readonly kind: 'tax'; readonly account: string | null; readonly amount: Minor } | Parked {
  const none = { kind: 'tax', account: null, amount: minor(0n) } as const;
  if (!('taxCode' in line)) return none;
  const taxCode = codes.find('tax-code', line.taxCode);
  if (taxCode.kind === 'parked') return taxCode;
  const { account } = taxCode.value;
  return deductible && account !== null ? { kind: 'tax', account, amount: line.tax } : none;
}

/** What was owed, against the account that the money left. */
function clearingDraft(
  { settles, method, number, total, party }: Payment,
  codes: CodeReader,
): Draft | Parked {
  const owed = codes.find('posting-account', OWED[settles]);
  if (owed.kind === 'parked') return owed;
  const left = codes.find('payment-method', method);
  if (left.kind === 'parked') return left;
  return {
    kind: 'draft',
    entries: [
      entry('debit', owed.value.account, total, `${owed.value.zh} ${number}`, party),
      entry('credit', left.value.account, total, `${left.value.zh} ${number}`),
    ],
  };
}

const OWED = {
  'expense-claim': 'employee-payable',
  'contract-payment': 'supplier-payable',
} as const satisfies Record<Payment['settles'], PostingAccount>;

function entry(
  side: DraftEntry['side'],
  account: string,
  amount: Minor,
  summary: string,
  party: string | null = null,
): DraftEntry {
  return { side, account, amount, summary, party, costCenter: null, category: null };
}
