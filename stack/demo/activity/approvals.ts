import { wallClock } from './clock.ts';
import { departmentOf, type OfficeModel, type Staff } from './office-model.ts';
import type { PlanContext } from './plan.ts';
import { OPINIONS_BAD, OPINIONS_GOOD } from './vocabulary.ts';
import type { Write } from './writes.ts';

const NODE_NAMES = ['提交申请', '部门经理审批', '财务复核'] as const;
const FINANCE_DEPARTMENT = 3;

/** Who decides at a node: the manager of the department, at node 2 that of finance. */
export function approverAt(model: Readonly<OfficeModel>, node: number, departmentId: number): Staff {
  const { managerNo } = departmentOf(model, node === 2 ? FINANCE_DEPARTMENT : departmentId);
  const manager = model.staff.find((person) => person.employeeNo === managerNo) ?? model.staff[0];
  if (manager === undefined) throw new RangeError('the office has no staff');
  return manager;
}

export interface Decision {
  readonly docType: 'expense_claim' | 'purchase_request' | 'contract' | 'contract_payment';
  readonly docId: bigint;
  readonly revision: number;
  readonly node: number;
  readonly action: 'submit' | 'approve' | 'reject' | 'withdraw';
  readonly by: { readonly employeeNo: string; readonly name: string };
  /** When the document was submitted, in milliseconds since 1970; null for the submission itself. */
  readonly submittedMs: number | null;
}

export function approvalRecord({ random, moment, ids }: PlanContext, decision: Decision): Write {
  const waited = decision.submittedMs === null ? null : Math.round((moment.ms - decision.submittedMs) / 1000);
  const opinions = {
    approve: OPINIONS_GOOD,
    reject: OPINIONS_BAD,
    submit: [null],
    withdraw: [null, '需要修改'],
  };
  return {
    kind: 'insert',
    table: 'approval_record',
    rows: [
      {
        id: ids.next(),
        doc_type: decision.docType,
        doc_id: decision.docId,
        revision: decision.revision,
        node_no: decision.node,
        node_name: NODE_NAMES[decision.node] ?? NODE_NAMES[1],
        approver_no: decision.by.employeeNo,
        approver_name: decision.by.name,
        action: decision.action,
        opinion: random.pick<string | null>(opinions[decision.action]),
        seconds_waited: waited,
        acted_at: wallClock(moment, 6),
      },
    ],
  };
}
