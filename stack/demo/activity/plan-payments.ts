import { approvalRecord, approverAt } from './approvals.ts';
import { budgetMovement } from './budget.ts';
import { dateOf, wallClock } from './clock.ts';
import { formatCents, share } from './money.ts';
import { departmentOf, type ContractPayment, type Instalment, type OfficeModel } from './office-model.ts';
import type { PlanContext, Step } from './plan.ts';
import { digits } from '../people.ts';
import { categoryOf } from './vocabulary.ts';
import type { Row, Write } from './writes.ts';

const DOC = 'contract_payment';
const DECISIONS = [
  ['approve', 75],
  ['reject', 15],
  ['withdraw', 10],
] as const;

/** A request to pay an instalment, with its lines, in one transaction: saved as a draft or submitted at once. */
export function planNewPayment(context: PlanContext): Step {
  const { random, moment, ids, model } = context;
  const instalment = random.pick(model.instalments);
  const applicant = random.pick(model.staff);
  const id = ids.next();
  const submits = random.chance(0.8);
  const payment: ContractPayment = {
    id,
    applicantNo: applicant.employeeNo,
    status: submits ? 'submitted' : 'draft',
    node: submits ? 1 : 0,
    revision: submits ? 1 : 0,
    submittedMs: submits ? moment.ms : null,
    instalment,
  };
  const header: Row = {
    id,
    request_no: `FK${dateOf(moment).replaceAll('-', '')}${String(context.take('payment')).padStart(7, '0')}`,
    contract_id: instalment.contractId,
    contract_no: instalment.contractNo,
    plan_id: instalment.id,
    applicant_no: applicant.employeeNo,
    department_code: instalment.departmentCode,
    supplier_code: instalment.supplierCode,
    title: `支付${instalment.contractNo}第${instalment.instalmentNo}期款`,
    budget_year: instalment.budgetYear,
    currency: 'CNY',
    total_amount: formatCents(instalment.amountCents),
    status: payment.status,
    revision: payment.revision,
    current_node: payment.node,
    submitted_at: submits ? wallClock(moment, 3) : null,
    approved_at: null,
    is_deleted: 0,
    created_at: wallClock(moment, 0),
    updated_at: wallClock(moment, 6),
  };
  const made = step(payment.applicantNo, payment, payment, [
    { kind: 'insert', table: DOC, rows: [header] },
    { kind: 'insert', table: 'contract_payment_line', rows: paymentLines(context, payment) },
    instalmentUpdate(context, instalment, 'planned', 'requested'),
    ...(submits ? [record(context, payment, 'submit')] : []),
  ]);
  return { ...made, changes: [...made.changes, { kind: 'instalment', id: instalment.id, now: null }] };
}

/** Saves a request again: its lines are deleted and inserted anew. Not once finance has it. */
export function planPaymentEdit(context: PlanContext): Step {
  const payment = context.random.pick(editable(context.model));
  return step(payment.applicantNo, payment, payment, [
    headerUpdate(context, payment, {}),
    { kind: 'delete', table: 'contract_payment_line', where: { payment_id: payment.id } },
    { kind: 'insert', table: 'contract_payment_line', rows: paymentLines(context, payment) },
  ]);
}

export function editable({ payments }: Readonly<OfficeModel>): readonly ContractPayment[] {
  return payments.filter(({ node }) => node < 2);
}

/** The next thing that happens to an open request: a decision, a withdrawal, a resubmission, or removal. */
export function planPaymentStep(context: PlanContext): Step {
  const { random, model } = context;
  const payment = random.pick(model.payments);
  if (payment.status !== 'submitted')
    return random.chance(0.15) ? removal(context, payment) : resubmission(context, payment);
  const decision = random.weighted(DECISIONS);
  switch (decision) {
    case 'approve':
      return approval(context, payment);
    case 'reject':
      return back(context, payment, 'reject', 'rejected');
    case 'withdraw':
      return back(context, payment, 'withdraw', 'withdrawn');
  }
}

/** One node's approval. The last one releases what the instalment had reserved, and uses the budget instead. */
function approval(context: PlanContext, payment: ContractPayment): Step {
  const { moment } = context;
  const { instalment } = payment;
  const { employeeNo } = decider(context, payment);
  if (payment.node === 1)
    return step(employeeNo, payment, { ...payment, node: 2 }, [
      record(context, payment, 'approve'),
      headerUpdate(context, payment, { current_node: 2 }),
    ]);
  const set = { status: 'approved', current_node: -1, approved_at: wallClock(moment, 3) };
  const done = step(employeeNo, payment, null, [
    record(context, payment, 'approve'),
    headerUpdate(context, payment, set),
    instalmentUpdate(context, instalment, 'requested', 'approved'),
    ...instalmentMovement(context, instalment, 'release'),
    ...budgetMovement(context, {
      ...{ movement: 'consume', docType: DOC, docId: payment.id },
      ...budgetOf(context, instalment),
    }),
  ]);
  return { ...done, finished: true };
}

function back(
  context: PlanContext,
  payment: ContractPayment,
  action: 'reject' | 'withdraw',
  status: 'rejected' | 'withdrawn',
): Step {
  const submittedMs = action === 'withdraw' ? null : payment.submittedMs;
  const set = action === 'withdraw' ? { submitted_at: null } : {};
  const by = action === 'withdraw' ? payment.applicantNo : decider(context, payment).employeeNo;
  return step(by, payment, { ...payment, status, node: 0, submittedMs }, [
    record(context, payment, action),
    headerUpdate(context, payment, { status, current_node: 0, ...set }),
  ]);
}

function resubmission(context: PlanContext, payment: ContractPayment): Step {
  const { moment } = context;
  const revision = payment.revision + 1;
  const now: ContractPayment = { ...payment, status: 'submitted', node: 1, revision, submittedMs: moment.ms };
  const set = { status: 'submitted', current_node: 1, revision, submitted_at: wallClock(moment, 3) };
  return step(payment.applicantNo, payment, now, [
    headerUpdate(context, payment, set),
    record(context, now, 'submit'),
  ]);
}

/** Its instalment can be requested again. */
function removal(context: PlanContext, payment: ContractPayment): Step {
  const { instalment } = payment;
  const gone = step(payment.applicantNo, payment, null, [
    headerUpdate(context, payment, { is_deleted: 1 }),
    instalmentUpdate(context, instalment, 'requested', 'planned'),
  ]);
  return { ...gone, changes: [...gone.changes, { kind: 'instalment', id: instalment.id, now: instalment }] };
}

/** What an instalment does to the budget of its year: by its amount without the tax, which is no cost. */
export function instalmentMovement(
  context: PlanContext,
  instalment: Instalment,
  movement: 'reserve' | 'release',
): Write[] {
  const ofPlan = { movement, docType: 'contract_payment_plan', docId: instalment.id } as const;
  return budgetMovement(context, { ...ofPlan, ...budgetOf(context, instalment) });
}

function budgetOf({ model }: PlanContext, instalment: Instalment) {
  const { departmentCode, budgetYear: year, expenseType, amountCents, taxCents } = instalment;
  const departmentId = departmentOf(model, departmentCode).id;
  return { year, departmentId, category: categoryOf(expenseType), cents: amountCents - taxCents };
}

export function instalmentUpdate(
  { moment }: PlanContext,
  { id }: Instalment,
  from: string,
  status: string,
): Write {
  return {
    kind: 'update',
    table: 'contract_payment_plan',
    where: { id, status: from },
    set: { status, updated_at: wallClock(moment, 3) },
  };
}

/** One to three lines that come to the instalment, and their taxes to its tax. */
function paymentLines({ random, ids }: PlanContext, { id, instalment }: ContractPayment): Row[] {
  const { amountCents, taxCents, taxRate, expenseType } = instalment;
  const count = random.int(1, 3);
  const net = amountCents - taxCents;
  let [netLeft, taxLeft] = [net, taxCents];
  return Array.from({ length: count }, (_, index): Row => {
    const last = index === count - 1;
    const ownNet = last ? netLeft : share(netLeft, BigInt(random.int(20, 80)), 100n);
    const ownTax = last ? taxLeft : (taxCents * ownNet) / net;
    netLeft -= ownNet;
    taxLeft -= ownTax;
    return {
      id: ids.next(),
      payment_id: id,
      line_no: index + 1,
      expense_type: expenseType,
      description: random.pick([null, '按合同约定支付', '验收合格后支付']),
      amount: formatCents(ownNet + ownTax),
      tax_rate: taxRate === null ? null : (taxRate / 10_000).toFixed(4),
      tax_amount: taxRate === null ? null : formatCents(ownTax),
      invoice_no: taxRate === null ? null : digits(random, 20),
    };
  });
}

function decider({ model }: PlanContext, { node, instalment }: ContractPayment) {
  return approverAt(model, node, departmentOf(model, instalment.departmentCode).id);
}

function record(
  context: PlanContext,
  payment: ContractPayment,
  action: 'submit' | 'approve' | 'reject' | 'withdraw',
): Write {
  const { id, revision, applicantNo } = payment;
  const applicant = context.model.staff.find(({ employeeNo }) => employeeNo === applicantNo);
  const byApplicant = action === 'submit' || action === 'withdraw';
  return approvalRecord(context, {
    ...{ docType: DOC, docId: id, revision, action, node: action === 'submit' ? 0 : payment.node },
    by: byApplicant
      ? (applicant ?? { employeeNo: applicantNo, name: '（已离职）' })
      : decider(context, payment),
    submittedMs: action === 'submit' ? null : payment.submittedMs,
  });
}

function headerUpdate({ moment }: PlanContext, { id, status, revision }: ContractPayment, set: Row): Write {
  return {
    kind: 'update',
    table: DOC,
    where: { id, status, revision },
    set: { ...set, updated_at: wallClock(moment, 6) },
  };
}

function step(
  operatorNo: string,
  payment: ContractPayment,
  now: ContractPayment | null,
  writes: readonly Write[],
): Step {
  return {
    operatorNo,
    target: { type: DOC, id: payment.id },
    root: payment.instalment.contractId,
    writes,
    changes: [{ kind: 'payment', id: payment.id, now }],
  };
}
