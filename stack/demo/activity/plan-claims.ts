import { BUDGET_CATEGORIES } from '../oa-base-data.ts';
import { approvalRecord, approverAt } from './approvals.ts';
import { budgetMovement } from './budget.ts';
import { claimLines } from './claim-lines.ts';
import { dateOf, wallClock } from './clock.ts';
import { formatCents, toCny, type Currency } from './money.ts';
import { departmentOf, type Claim, type Staff } from './office-model.ts';
import type { PlanContext, Step } from './plan.ts';
import { digits } from '../people.ts';
import { CLAIM_TITLES, REMARKS } from './vocabulary.ts';
import type { Row, Write } from './writes.ts';

/** From this sum on, in cents of CNY, finance must approve after the manager. */
const SECOND_APPROVAL_FROM = 500_000n;

const DOC = 'expense_claim';

/** A claim with its lines, in one transaction: saved as a draft or submitted at once. */
export function planNewClaim(context: PlanContext, status: 'draft' | 'submitted'): Step {
  const { random, moment, ids, model } = context;
  const applicant = random.pick(model.staff);
  const department = departmentOf(model, applicant.departmentId);
  const id = ids.next();
  const category = random.pick(BUDGET_CATEGORIES);
  const currency: Currency =
    category === 'travel' && random.chance(0.1) ? random.pick(['USD', 'HKD']) : 'CNY';
  const lines = claimLines(context, id, category);
  const submits = status === 'submitted';
  const claim: Claim = {
    id,
    applicantNo: applicant.employeeNo,
    departmentId: department.id,
    category,
    currency,
    totalCents: lines.totalCents,
    status,
    node: submits ? 1 : 0,
    revision: submits ? 1 : 0,
    submittedMs: submits ? moment.ms : null,
  };
  const header: Row = {
    id,
    claim_no: `BX${dateOf(moment).replaceAll('-', '')}${String(context.take('claim')).padStart(7, '0')}`,
    applicant_id: applicant.id,
    applicant_no: applicant.employeeNo,
    department_id: department.id,
    department_code: department.code,
    title: random.pick(CLAIM_TITLES[category]),
    category,
    currency,
    total_amount: formatCents(lines.totalCents),
    status,
    revision: claim.revision,
    current_node: claim.node,
    is_urgent: random.chance(0.1) ? 1 : 0,
    trip_from: category === 'travel' ? dateOf(moment, -random.int(6, 20)) : null,
    trip_to: category === 'travel' ? dateOf(moment, -random.int(0, 5)) : null,
    remark: random.pick(REMARKS),
    attachments: attachments(context),
    submitted_at: submits ? wallClock(moment, 3) : null,
    approved_at: null,
    is_deleted: 0,
    created_at: wallClock(moment, 0),
    updated_at: wallClock(moment, 6),
  };
  const writes: Write[] = [
    { kind: 'insert', table: DOC, rows: [header] },
    { kind: 'insert', table: 'expense_claim_line', rows: lines.rows },
  ];
  if (submits) writes.push(submission(context, claim, applicant));
  return step(applicant.employeeNo, claim, claim, writes);
}

/** Saves a claim again: its lines are deleted and inserted anew. Not once finance has it. */
export function planEdit(context: PlanContext): Step {
  const { random, model } = context;
  const editable = model.claims.filter((claim) => claim.node < 2);
  const claim = random.pick(editable.length > 0 ? editable : model.claims);
  const lines = claimLines(context, claim.id, claim.category);
  const set = { total_amount: formatCents(lines.totalCents), remark: random.pick(REMARKS) };
  return step(claim.applicantNo, claim, { ...claim, totalCents: lines.totalCents }, [
    headerUpdate(context, claim, set),
    ...newLines(claim, lines.rows),
  ]);
}

/** One node's approval. The last one also consumes the budget, in the same transaction. */
export function planApproval(context: PlanContext): Step {
  const { moment, model } = context;
  const claim = pickByStatus(context, ['submitted']);
  const approver = approverAt(model, claim.node, claim.departmentId);
  const record = decision(context, claim, 'approve', approver);
  const cny = toCny(claim.totalCents, claim.currency);
  if (claim.node === 1 && cny >= SECOND_APPROVAL_FROM) {
    const update = headerUpdate(context, claim, { current_node: 2 });
    return step(approver.employeeNo, claim, { ...claim, node: 2 }, [record, update]);
  }
  const update = headerUpdate(context, claim, {
    status: 'approved',
    current_node: -1,
    approved_at: wallClock(moment, 3),
  });
  const done = step(approver.employeeNo, claim, null, [record, update, ...consumption(context, claim, cny)]);
  return { ...done, finished: true };
}

export function planRejection(context: PlanContext): Step {
  const claim = pickByStatus(context, ['submitted']);
  const approver = approverAt(context.model, claim.node, claim.departmentId);
  const update = headerUpdate(context, claim, { status: 'rejected', current_node: 0 });
  return step(approver.employeeNo, claim, { ...claim, status: 'rejected', node: 0 }, [
    decision(context, claim, 'reject', approver),
    update,
  ]);
}

export function planWithdrawal(context: PlanContext): Step {
  const claim = pickByStatus(context, ['submitted']);
  const update = headerUpdate(context, claim, { status: 'withdrawn', current_node: 0, submitted_at: null });
  const now: Claim = { ...claim, status: 'withdrawn', node: 0, submittedMs: null };
  return step(claim.applicantNo, claim, now, [
    decision(context, claim, 'withdraw', applicantOf(context, claim)),
    update,
  ]);
}

/** Submits what was a draft, rejected or withdrawn, as the next revision, mostly with other lines. */
export function planResubmission(context: PlanContext): Step {
  const { random, moment } = context;
  const claim = pickByStatus(context, ['draft', 'rejected', 'withdrawn']);
  const lines = random.chance(0.6) ? claimLines(context, claim.id, claim.category) : null;
  const now: Claim = {
    ...claim,
    totalCents: lines?.totalCents ?? claim.totalCents,
    status: 'submitted',
    node: 1,
    revision: claim.revision + 1,
    submittedMs: moment.ms,
  };
  const update = headerUpdate(context, claim, {
    total_amount: formatCents(now.totalCents),
    status: 'submitted',
    current_node: 1,
    revision: now.revision,
    submitted_at: wallClock(moment, 3),
  });
  return step(claim.applicantNo, claim, now, [
    update,
    ...(lines === null ? [] : newLines(claim, lines.rows)),
    submission(context, now, applicantOf(context, claim)),
  ]);
}

/** Mostly a flag; now and then the rows themselves go, lines first (no cascade: OA has no foreign keys). */
export function planClaimRemoval(context: PlanContext): Step {
  const claim = pickByStatus(context, ['draft', 'rejected', 'withdrawn']);
  const writes: Write[] = context.random.chance(0.3)
    ? [
        { kind: 'delete', table: 'expense_claim_line', where: { claim_id: claim.id } },
        { kind: 'delete', table: DOC, where: { id: claim.id } },
      ]
    : [headerUpdate(context, claim, { is_deleted: 1 })];
  return step(claim.applicantNo, claim, null, writes);
}

function step(operatorNo: string, claim: Claim, now: Claim | null, writes: readonly Write[]): Step {
  return {
    operatorNo,
    target: { type: DOC, id: claim.id },
    writes,
    changes: [{ kind: 'claim', id: claim.id, now }],
  };
}

function pickByStatus({ model, random }: PlanContext, statuses: readonly Claim['status'][]): Claim {
  return random.pick(model.claims.filter((claim) => statuses.includes(claim.status)));
}

function applicantOf({ model }: PlanContext, claim: Claim): Pick<Staff, 'employeeNo' | 'name'> {
  const applicant = model.staff.find((person) => person.employeeNo === claim.applicantNo);
  // Somebody who has left can still have an open claim; the office acts in their name.
  return applicant ?? { employeeNo: claim.applicantNo, name: '（已离职）' };
}

function headerUpdate({ moment }: PlanContext, claim: Claim, set: Row): Write {
  return {
    kind: 'update',
    table: DOC,
    where: { id: claim.id, status: claim.status, revision: claim.revision },
    set: { ...set, updated_at: wallClock(moment, 6) },
  };
}

function newLines(claim: Claim, rows: readonly Row[]): Write[] {
  return [
    { kind: 'delete', table: 'expense_claim_line', where: { claim_id: claim.id } },
    { kind: 'insert', table: 'expense_claim_line', rows },
  ];
}

function submission(context: PlanContext, claim: Claim, by: Pick<Staff, 'employeeNo' | 'name'>): Write {
  const { id, revision } = claim;
  const node = 0;
  return approvalRecord(context, {
    docType: DOC,
    docId: id,
    revision,
    node,
    action: 'submit',
    by,
    submittedMs: null,
  });
}

function decision(
  context: PlanContext,
  { id, revision, node, submittedMs }: Claim,
  action: 'approve' | 'reject' | 'withdraw',
  by: Pick<Staff, 'employeeNo' | 'name'>,
): Write {
  return approvalRecord(context, { docType: DOC, docId: id, revision, node, action, by, submittedMs });
}

function consumption(context: PlanContext, claim: Claim, cny: bigint): Write[] {
  const { id: docId, departmentId, category } = claim;
  const year = Number(dateOf(context.moment).slice(0, 4));
  const ofClaim = { movement: 'consume', docType: DOC, docId } as const;
  return budgetMovement(context, { ...ofClaim, year, departmentId, category, cents: cny });
}

function attachments({ random, moment }: PlanContext): string | null {
  if (random.chance(0.25)) return null;
  const files = Array.from({ length: random.int(0, 3) }, (_, index) => ({
    name: `发票-${index + 1}.pdf`,
    size: random.int(10_000, 3_000_000),
    file_id: `${moment.ms}${digits(random, 6)}`,
  }));
  return JSON.stringify(files);
}
