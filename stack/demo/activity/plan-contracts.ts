import { SUPPLIERS } from '../suppliers.ts';
import { approvalRecord, approverAt } from './approvals.ts';
import { dateOf, wallClock } from './clock.ts';
import { formatCents, share } from './money.ts';
import { departmentOf, type Contract, type Instalment } from './office-model.ts';
import { instalmentMovement, instalmentUpdate } from './plan-payments.ts';
import type { PlanContext, Step } from './plan.ts';
import { CONTRACT_CLAUSES, CONTRACT_KINDS, CUSTOMERS } from './vocabulary.ts';
import type { Row, Write } from './writes.ts';
import { unreachable } from '../../../schemas/contract/unreachable.ts';

export function planNewContract(context: PlanContext): Step {
  const { random, moment, ids, model } = context;
  const owner = random.pick(model.staff);
  const id = ids.next();
  const kind = random.pick(['purchase', 'sales', 'service', 'lease'] as const);
  const supplier = kind === 'sales' ? null : random.pick(SUPPLIERS);
  const contract: Contract = {
    id,
    contractNo: `HT${dateOf(moment).slice(0, 4)}-${String(context.take('contract')).padStart(6, '0')}`,
    ownerNo: owner.employeeNo,
    departmentCode: departmentOf(model, owner.departmentId).code,
    kind,
    supplierCode: supplier?.code ?? null,
    amountCents: random.chance(0.2) ? null : BigInt(random.int(10_000, 2_000_000_000)),
    status: 'drafting',
  };
  const row: Row = {
    id,
    contract_no: contract.contractNo,
    title: CONTRACT_KINDS[kind].title,
    counterparty: supplier?.name ?? random.pick(CUSTOMERS),
    supplier_code: contract.supplierCode,
    kind,
    amount: contract.amountCents === null ? null : formatCents(contract.amountCents),
    currency: 'CNY',
    owner_no: owner.employeeNo,
    department_code: contract.departmentCode,
    status: 'drafting',
    signed_on: null,
    effective_from: null,
    effective_to: null,
    terms: terms(context),
    content_digest: null,
    seal_serial: null,
    deleted: 0,
    created_at: wallClock(moment, 3),
    updated_at: wallClock(moment, 3),
  };
  return contractStep(contract, contract, [{ kind: 'insert', table: 'contract', rows: [row] }]);
}

/** Review, seal, amend, end: whatever comes next for an open contract. */
export function planContractStep(context: PlanContext): Step {
  const { random, model } = context;
  const contract = random.pick(model.contracts);
  switch (contract.status) {
    case 'drafting':
      if (random.chance(0.1))
        return contractStep(contract, null, [contractUpdate(context, contract, { deleted: 1 })]);
      return contractStep(contract, { ...contract, status: 'reviewing' }, [
        contractUpdate(context, contract, { status: 'reviewing', terms: terms(context) }),
      ]);
    case 'reviewing':
      return seal(context, contract);
    case 'active':
      return isOver(context, contract)
        ? termination(context, contract)
        : contractStep(contract, contract, [contractUpdate(context, contract, { terms: terms(context) })]);
    default:
      return unreachable(contract.status);
  }
}

/** Mostly one whose instalments are paid; none while somebody has asked to pay one. */
function isOver({ model, random }: PlanContext, { id }: Contract): boolean {
  if (model.payments.some(({ instalment }) => instalment.contractId === id)) return false;
  return random.chance(model.instalments.some(({ contractId }) => contractId === id) ? 0.05 : 0.5);
}

/** What its instalments have reserved and nobody will be paid is free again. */
function termination(context: PlanContext, contract: Contract): Step {
  const left = context.model.instalments.filter(({ contractId }) => contractId === contract.id);
  const ended = contractStep(contract, null, [
    contractUpdate(context, contract, { status: 'terminated' }),
    ...left.flatMap((instalment) => [
      instalmentUpdate(context, instalment, 'planned', 'cancelled'),
      ...instalmentMovement(context, instalment, 'release'),
    ]),
  ]);
  const gone = left.map(({ id }) => ({ kind: 'instalment', id, now: null }) as const);
  return { ...ended, changes: [...ended.changes, ...gone] };
}

/** In force from now on, with a plan of what is to be paid when. */
function seal(context: PlanContext, contract: Contract): Step {
  const { random, moment, model } = context;
  const instalments = instalmentsOf(context, contract);
  const owner = model.staff.find((person) => person.employeeNo === contract.ownerNo);
  const serial = random.bytes(8).reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
  const sealed = contractStep(contract, { ...contract, status: 'active' }, [
    approvalRecord(context, {
      docType: 'contract',
      docId: contract.id,
      revision: 1,
      node: 1,
      action: 'approve',
      by: approverAt(model, 1, owner?.departmentId ?? 2),
      submittedMs: null,
    }),
    contractUpdate(context, contract, {
      status: 'active',
      signed_on: dateOf(moment),
      effective_from: dateOf(moment, 1),
      effective_to: random.chance(0.2) ? '9999-12-31' : dateOf(moment, random.pick([365, 730, 1_095])),
      content_digest: random.bytes(32),
      seal_serial: serial,
    }),
    ...instalments.flatMap(({ row, instalment }): Write[] => [
      { kind: 'insert', table: 'contract_payment_plan', rows: [row] },
      ...instalmentMovement(context, instalment, 'reserve'),
    ]),
  ]);
  const planned = instalments.map(
    ({ instalment }) => ({ kind: 'instalment', id: instalment.id, now: instalment }) as const,
  );
  return { ...sealed, changes: [...sealed.changes, ...planned] };
}

interface PlannedInstalment {
  readonly row: Row;
  readonly instalment: Instalment;
}

/** One to four instalments, a quarter apart; none of what a framework contract or a customer will bring. */
function instalmentsOf(context: PlanContext, contract: Contract): readonly PlannedInstalment[] {
  const { random, moment, ids } = context;
  const { id: contractId, contractNo, departmentCode, supplierCode, amountCents, kind } = contract;
  const { expenseType, taxRates } = CONTRACT_KINDS[kind];
  if (amountCents === null || supplierCode === null || expenseType === null) return [];
  const count = random.int(1, 4);
  const taxRate = random.pick<number | null>(taxRates);
  const first = random.int(5, 60);
  const part = amountCents / BigInt(count);
  return Array.from({ length: count }, (_, index) => {
    const dueOn = dateOf(moment, first + index * 90);
    const cents = index === count - 1 ? amountCents - part * BigInt(index) : part;
    const instalment: Instalment = {
      id: ids.next(),
      ...{ contractId, contractNo, departmentCode, supplierCode, expenseType, taxRate },
      ...{ instalmentNo: index + 1, budgetYear: Number(dueOn.slice(0, 4)), amountCents: cents },
      taxCents: taxRate === null ? 0n : share(cents, BigInt(taxRate), BigInt(10_000 + taxRate)),
    };
    const row: Row = {
      id: instalment.id,
      contract_id: contractId,
      instalment_no: instalment.instalmentNo,
      due_on: dueOn,
      budget_year: instalment.budgetYear,
      expense_type: expenseType,
      amount: formatCents(cents),
      tax_rate: taxRate === null ? null : (taxRate / 10_000).toFixed(4),
      tax_amount: formatCents(instalment.taxCents),
      status: 'planned',
      created_at: wallClock(moment, 0),
      updated_at: wallClock(moment, 3),
    };
    return { row, instalment };
  });
}

function contractStep(contract: Contract, now: Contract | null, writes: Write[]): Step {
  return {
    operatorNo: contract.ownerNo,
    target: { type: 'contract', id: contract.id },
    writes,
    changes: [{ kind: 'contract', id: contract.id, now }],
  };
}

function contractUpdate({ moment }: PlanContext, contract: Contract, set: Row): Write {
  return {
    kind: 'update',
    table: 'contract',
    where: { id: contract.id, status: contract.status },
    set: { ...set, updated_at: wallClock(moment, 3) },
  };
}

/** From a few lines to some ten thousand characters, as scanned contracts go. */
function terms({ random }: PlanContext): string {
  const clauses = random.chance(0.1) ? random.int(200, 500) : random.int(3, 12);
  return Array.from(
    { length: clauses },
    (_, index) => `第${index + 1}条 ${random.pick(CONTRACT_CLAUSES)}`,
  ).join('\n');
}
