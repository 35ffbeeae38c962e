import type { BudgetCategory } from '../oa-base-data.ts';
import type { Currency } from './money.ts';
import { unreachable } from '../../../schemas/contract/unreachable.ts';

/**
 * What the planner knows of the office: only what decides on the next action. It holds open documents; finished
 * ones (approved claims, closed requests, terminated contracts) leave it, so it does not grow with the run.
 * Lists are in the order of creation, which is the order of ids: a model read back from the database is the same.
 */
export interface OfficeModel {
  /** The time of the last action, in milliseconds since 1970. */
  clockMs: number;
  departments: Department[];
  staff: Staff[];
  claims: Claim[];
  requests: PurchaseRequest[];
  contracts: Contract[];
  /** The last numbers given out. */
  lastNumber: Record<NumberSeries, number>;
}

export type NumberSeries = 'claim' | 'request' | 'contract' | 'employee' | 'department';

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
  readonly status: 'submitted' | 'rejected' | 'approved';
}

export interface Contract {
  readonly id: bigint;
  readonly ownerNo: string;
  readonly status: 'drafting' | 'reviewing' | 'active';
}

/** How a committed action changes the model. */
export type ModelChange =
  | { readonly kind: 'claim'; readonly id: bigint; readonly now: Claim | null }
  | { readonly kind: 'request'; readonly id: bigint; readonly now: PurchaseRequest | null }
  | { readonly kind: 'contract'; readonly id: bigint; readonly now: Contract | null }
  | { readonly kind: 'staff'; readonly id: bigint; readonly now: Staff | null }
  | { readonly kind: 'department'; readonly id: number; readonly now: Department };

/** Puts what is new at the end, what is changed in its place, and takes out what is over (`now` null). */
export function applyChange(model: OfficeModel, change: ModelChange): void {
  switch (change.kind) {
    case 'claim':
      replace(model.claims, change.id, change.now);
      break;
    case 'request':
      replace(model.requests, change.id, change.now);
      break;
    case 'contract':
      replace(model.contracts, change.id, change.now);
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
    if (now !== null) list.push(now);
  } else if (now === null) {
    list.splice(index, 1);
  } else {
    list[index] = now;
  }
}

/** Throws RangeError when there is none: a document names a department that the model lost. */
export function departmentOf(model: OfficeModel, id: number): Department {
  const department = model.departments.find((candidate) => candidate.id === id);
  if (department === undefined) throw new RangeError(`the office has no department ${id}`);
  return department;
}
