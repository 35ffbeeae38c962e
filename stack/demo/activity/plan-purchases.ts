import { approvalRecord, approverAt } from './approvals.ts';
import { dateOf, wallClock } from './clock.ts';
import { formatCents } from './money.ts';
import { departmentOf, type OfficeModel, type PurchaseRequest, type RequestLine } from './office-model.ts';
import type { PlanContext, Step } from './plan.ts';
import { INTENDED_SUPPLIERS, PURCHASE_ITEMS, PURCHASE_TITLES, REMARKS } from './vocabulary.ts';
import type { Row, Write } from './writes.ts';

const DOC = 'purchase_request';

export function planNewRequest(context: PlanContext): Step {
  const { random, moment, ids, model } = context;
  const applicant = random.pick(model.staff);
  const department = departmentOf(model, applicant.departmentId);
  const id = ids.next();
  const lines = requestLines(context, id);
  const supplierName = random.pick(INTENDED_SUPPLIERS);
  const request: PurchaseRequest = {
    id,
    applicantNo: applicant.employeeNo,
    departmentCode: department.code,
    supplierName,
    status: 'submitted',
    revision: 1,
    submittedMs: moment.ms,
    lines: lines.lines,
  };
  const header: Row = {
    id,
    request_no: `CG${dateOf(moment).replaceAll('-', '')}${String(context.take('request')).padStart(7, '0')}`,
    applicant_no: applicant.employeeNo,
    department_code: department.code,
    title: random.pick(PURCHASE_TITLES),
    supplier_name: supplierName,
    currency: 'CNY',
    total_amount: formatCents(lines.totalCents),
    status: 'submitted',
    revision: 1,
    services: random.pick([null, '', 'install', 'install,invoice', 'install,training,invoice,urgent']),
    need_by: random.chance(0.8) ? dateOf(moment, random.int(3, 90)) : null,
    attachments: random.chance(0.4)
      ? JSON.stringify([{ name: '比价单.xlsx', size: random.int(1_000, 90_000) }])
      : null,
    submitted_at: wallClock(moment, 3),
    delete_time: 0,
    created_at: wallClock(moment, 0),
    updated_at: wallClock(moment, 3),
  };
  return step(applicant.employeeNo, request, request, [
    { kind: 'insert', table: DOC, rows: [header] },
    { kind: 'insert', table: 'purchase_request_line', rows: lines.rows },
    approvalRecord(context, {
      docType: DOC,
      docId: id,
      revision: 1,
      node: 0,
      action: 'submit',
      by: applicant,
      submittedMs: null,
    }),
  ]);
}

/** Lines deleted and inserted under the same keys in one transaction. */
export function planRequestEdit(context: PlanContext): Step {
  const request = context.random.pick(context.model.requests);
  const lines = requestLines(context, request.id);
  return step(request.applicantNo, request, { ...request, lines: lines.lines }, [
    headerUpdate(context, request, { total_amount: formatCents(lines.totalCents) }),
    { kind: 'delete', table: 'purchase_request_line', where: { request_id: request.id } },
    { kind: 'insert', table: 'purchase_request_line', rows: lines.rows },
  ]);
}

/** The next thing that happens to a request before it is ordered: a decision, a resubmission, or removal. */
export function planRequestStep(context: PlanContext): Step {
  const request = context.random.pick(undecided(context.model));
  if (request.status === 'submitted') return decide(context, request);
  return context.random.chance(0.3) ? remove(context, request) : resubmit(context, request);
}

export function undecided({ requests }: Readonly<OfficeModel>): readonly PurchaseRequest[] {
  return requests.filter(({ status }) => status !== 'approved');
}

function decide(context: PlanContext, request: PurchaseRequest): Step {
  const department = context.model.departments.find(({ code }) => code === request.departmentCode);
  const approver = approverAt(context.model, 1, department?.id ?? 1);
  const approves = context.random.chance(0.8);
  const status = approves ? 'approved' : 'rejected';
  return step(approver.employeeNo, request, { ...request, status }, [
    approvalRecord(context, {
      docType: DOC,
      docId: request.id,
      revision: request.revision,
      node: 1,
      action: approves ? 'approve' : 'reject',
      by: approver,
      submittedMs: request.submittedMs,
    }),
    headerUpdate(context, request, { status }),
  ]);
}

function resubmit(context: PlanContext, request: PurchaseRequest): Step {
  const { moment } = context;
  const revision = request.revision + 1;
  const now: PurchaseRequest = { ...request, status: 'submitted', revision, submittedMs: moment.ms };
  const set = { status: 'submitted', revision, submitted_at: wallClock(moment, 3) };
  return step(request.applicantNo, request, now, [headerUpdate(context, request, set)]);
}

function remove(context: PlanContext, request: PurchaseRequest): Step {
  return step(request.applicantNo, request, null, [
    headerUpdate(context, request, { delete_time: context.moment.ms }),
  ]);
}

function headerUpdate({ moment }: PlanContext, request: PurchaseRequest, set: Row): Write {
  return {
    kind: 'update',
    table: DOC,
    where: { id: request.id, status: request.status, revision: request.revision },
    set: { ...set, updated_at: wallClock(moment, 3) },
  };
}

function step(
  operatorNo: string,
  request: PurchaseRequest,
  now: PurchaseRequest | null,
  writes: Write[],
): Step {
  return {
    operatorNo,
    target: { type: DOC, id: request.id },
    writes,
    changes: [{ kind: 'request', id: request.id, now }],
  };
}

interface RequestLines {
  readonly lines: readonly RequestLine[];
  readonly rows: readonly Row[];
  readonly totalCents: bigint;
}

function requestLines({ random }: PlanContext, requestId: bigint): RequestLines {
  let totalCents = 0n;
  const lines: RequestLine[] = [];
  const rows = Array.from({ length: random.int(1, 5) }, (_, index): Row => {
    const [item, spec, unit, from, to] = random.pick(PURCHASE_ITEMS);
    const unitCents = BigInt(random.int(from * 100, to * 100));
    const quantity = random.int(1, 40);
    const cents = unitCents * BigInt(quantity);
    totalCents += cents;
    lines.push({ lineNo: index + 1, item, spec, unit, quantity, unitCents });
    return {
      request_id: requestId,
      line_no: index + 1,
      item_name: item,
      spec,
      unit,
      quantity: `${quantity}.000`,
      unit_price: `${formatCents(unitCents)}00`,
      amount: formatCents(cents),
      remark: random.pick(REMARKS),
    };
  });
  return { lines, rows, totalCents };
}
