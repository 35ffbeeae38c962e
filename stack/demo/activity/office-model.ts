import type { BudgetCategory } from '../oa-base-data.ts';
import type { Currency } from './money.ts';
import type { ContractKind } from './vocabulary.ts';
import { unreachable } from '../../../schemas/contract/unreachable.ts';

/**
 * What the planner knows of the office: only what decides on the next action. It holds open documents; finished
 * ones (approved claims, closed requests and orders, terminated contracts) leave it, so it does not grow with the run.
 * Lists are in the order of creation, which is the order of ids: a model read back from the database is the same.
 */
export interface OfficeModel {
  /** The time of the last action, in milliseconds since 1970. */
  clockMs: number;
  departments: Department[];
  staff: Staff[];
  claims: Claim[];
  requests: PurchaseRequest[];
  orders: PurchaseOrder[];
  contracts: Contract[];
  /** Instalments of contracts that nobody has asked to pay yet. */
  instalments: Instalment[];
  payments: ContractPayment[];
  /** The last numbers given out. */
  lastNumber: Record<NumberSeries, number>;
}

export type NumberSeries =
  'claim' | 'request' | 'order' | 'receipt' | 'contract' | 'payment' | 'employee' | 'department';

export interface Department {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly treePath: string;
  readonly managerNo: string | null;
}

export interface Staff {
  readonly id: bigint;
  readonly employeeNo: string;
  readonly name: string;
  readonly departmentId: number;
  readonly status: 'probation' | 'regular';
}

interface Submitted {
  readonly revision: number;
  /** When it was last submitted, in milliseconds since 1970; null before the first time. */
  readonly submittedMs: number | null;
}

export interface Claim extends Submitted {
  readonly id: bigint;
  readonly applicantNo: string;
  readonly departmentId: number;
  readonly category: BudgetCategory;
  readonly currency: Currency;
  readonly totalCents: bigint;
  readonly status: 'draft' | 'submitted' | 'rejected' | 'withdrawn';
  /** 0 drafting, 1 the manager's turn, 2 finance's turn. */
  readonly node: number;
}

export interface PurchaseRequest extends Submitted {
  readonly id: bigint;
  readonly applicantNo: string;
  readonly departmentCode: string;
  readonly supplierName: string | null;
  readonly status: 'submitted' | 'rejected' | 'approved';
  readonly lines: readonly RequestLine[];
}

export interface RequestLine {
  readonly lineNo: number;
  readonly item: string;
  readonly spec: string | null;
  readonly unit: string;
  readonly quantity: number;
  readonly unitCents: bigint;
}

/** Open until all has come and every receipt is invoiced. */
export interface PurchaseOrder {
  readonly id: bigint;
  readonly requestId: bigint;
  readonly departmentCode: string;
  readonly supplierCode: string;
  readonly currency: Currency;
  readonly lines: readonly OrderLine[];
  /** Those that are neither invoiced nor cancelled. */
  readonly receipts: readonly Receipt[];
}

export interface OrderLine {
  readonly lineNo: number;
  readonly expenseType: string;
  readonly quantity: number;
  readonly received: number;
  readonly unitCents: bigint;
}

export interface Receipt {
  readonly id: bigint;
  readonly lines: readonly ReceivedLine[];
}

export interface ReceivedLine {
  readonly lineNo: number;
  readonly quantity: number;
}

export interface Contract {
  readonly id: bigint;
  readonly contractNo: string;
  readonly ownerNo: string;
  readonly departmentCode: string;
  readonly kind: ContractKind;
  readonly supplierCode: string | null;
  /** Null for a framework contract. */
  readonly amountCents: bigint | null;
  readonly status: 'drafting' | 'reviewing' | 'active';
}

export interface Instalment {
  readonly id: bigint;
  readonly contractId: bigint;
  readonly contractNo: string;
  readonly departmentCode: string;
  readonly supplierCode: string;
  readonly instalmentNo: number;
  readonly budgetYear: number;
  readonly expenseType: string;
  /** With the tax in it. */
  readonly amountCents: bigint;
  /** In ten thousandths; null without a special invoice. */
  readonly taxRate: number | null;
  readonly taxCents: bigint;
}

export interface ContractPayment extends Submitted {
  readonly id: bigint;
  readonly applicantNo: string;
  readonly status: 'draft' | 'submitted' | 'rejected' | 'withdrawn';
  /** 0 drafting, 1 the manager's turn, 2 finance's turn. */
  readonly node: number;
  readonly instalment: Instalment;
}

/** How a committed action changes the model. */
export type ModelChange =
  | { readonly kind: 'claim'; readonly id: bigint; readonly now: Claim | null }
  | { readonly kind: 'request'; readonly id: bigint; readonly now: PurchaseRequest | null }
  | { readonly kind: 'order'; readonly id: bigint; readonly now: PurchaseOrder | null }
  | { readonly kind: 'contract'; readonly id: bigint; readonly now: Contract | null }
  | { readonly kind: 'instalment'; readonly id: bigint; readonly now: Instalment | null }
  | { readonly kind: 'payment'; readonly id: bigint; readonly now: ContractPayment | null }
  | { readonly kind: 'staff'; readonly id: bigint; readonly now: Staff | null }
  | { readonly kind: 'department'; readonly id: number; readonly now: Department };

/** Puts what is new in the order of ids, what is changed in its place, and takes out what is over (`now` null). */
export function applyChange(model: OfficeModel, change: ModelChange): void {
  switch (change.kind) {
    case 'claim':
      replace(model.claims, change.id, change.now);
      break;
    case 'request':
      replace(model.requests, change.id, change.now);
      break;
    case 'order':
      replace(model.orders, change.id, change.now);
      break;
    case 'contract':
      replace(model.contracts, change.id, change.now);
      break;
    case 'instalment':
      replace(model.instalments, change.id, change.now);
      break;
    case 'payment':
      replace(model.payments, change.id, change.now);
      break;
    case 'staff':
      replace(model.staff, change.id, change.now);
      break;
    case 'department':
      replace(model.departments, change.id, change.now);
      break;
    default:
      unreachable(change);
  }
}

/** Takes the documents of these changes out of the model, whatever became of them; departments stay. */
export function forgetTargets(model: OfficeModel, changes: readonly ModelChange[]): void {
  for (const change of changes)
    if (change.kind !== 'department') applyChange(model, { ...change, now: null });
}

function replace<T extends { readonly id: bigint | number }>(
  list: T[],
  id: bigint | number,
  now: T | null,
): void {
  const index = list.findIndex((item) => item.id === id);
  if (index < 0) {
    if (now === null) return;
    const after = list.findIndex((item) => item.id > id);
    list.splice(after < 0 ? list.length : after, 0, now);
  } else if (now === null) {
    list.splice(index, 1);
  } else {
    list[index] = now;
  }
}

/** By id or code. Throws RangeError when there is none: a document names a department that the model lost. */
export function departmentOf(model: OfficeModel, wanted: number | string): Department {
  const department = model.departments.find(({ id, code }) => id === wanted || code === wanted);
  if (department === undefined) throw new RangeError(`the office has no department ${wanted}`);
  return department;
}
