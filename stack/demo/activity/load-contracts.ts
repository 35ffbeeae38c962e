import { parseCents } from './money.ts';
import type { Contract, ContractPayment, Instalment, OfficeModel } from './office-model.ts';
import { submittedMs, text, textOrNull, type Fields, type Read } from './read-fields.ts';

const PLANNED = `p.id AS plan_id, p.contract_id, c.contract_no, c.department_code, c.supplier_code, p.instalment_no,
  p.budget_year, p.expense_type, p.amount, p.tax_rate, p.tax_amount`;

/** Contracts that are not over, instalments that nobody has asked to pay, and open requests to pay one. */
export async function loadContracts(
  read: Read,
): Promise<Pick<OfficeModel, 'contracts' | 'instalments' | 'payments'>> {
  const contracts = await read(
    `SELECT id, contract_no, owner_no, department_code, kind, supplier_code, amount, status FROM contract
     WHERE status <> 'terminated' AND deleted = 0 ORDER BY id`,
  );
  const instalments = await read(
    `SELECT ${PLANNED} FROM contract_payment_plan p JOIN contract c ON c.id = p.contract_id
     WHERE p.status = 'planned' ORDER BY p.id`,
  );
  const payments = await read(
    `SELECT d.*, ${PLANNED} FROM contract_payment d JOIN contract_payment_plan p ON p.id = d.plan_id
     JOIN contract c ON c.id = d.contract_id WHERE d.status <> 'approved' AND d.is_deleted = 0 ORDER BY d.id`,
  );
  return {
    contracts: contracts.map(contractOf),
    instalments: instalments.map(instalmentOf),
    payments: payments.map(paymentOf),
  };
}

function contractOf(row: Fields): Contract {
  return {
    id: BigInt(text(row, 'id')),
    contractNo: text(row, 'contract_no'),
    ownerNo: text(row, 'owner_no'),
    departmentCode: text(row, 'department_code'),
    kind: row['kind'] as Contract['kind'],
    supplierCode: textOrNull(row, 'supplier_code'),
    amountCents: row['amount'] === null ? null : parseCents(text(row, 'amount')),
    status: row['status'] as Contract['status'],
  };
}

function instalmentOf(row: Fields): Instalment {
  return {
    id: BigInt(text(row, 'plan_id')),
    contractId: BigInt(text(row, 'contract_id')),
    contractNo: text(row, 'contract_no'),
    departmentCode: text(row, 'department_code'),
    supplierCode: text(row, 'supplier_code'),
    instalmentNo: Number(row['instalment_no']),
    budgetYear: Number(row['budget_year']),
    expenseType: text(row, 'expense_type'),
    amountCents: parseCents(text(row, 'amount')),
    taxRate: row['tax_rate'] === null ? null : Math.round(Number(row['tax_rate']) * 10_000),
    taxCents: parseCents(text(row, 'tax_amount')),
  };
}

function paymentOf(row: Fields): ContractPayment {
  return {
    id: BigInt(text(row, 'id')),
    applicantNo: text(row, 'applicant_no'),
    status: row['status'] as ContractPayment['status'],
    node: Number(row['current_node']),
    revision: Number(row['revision']),
    submittedMs: submittedMs(row),
    instalment: instalmentOf(row),
  };
}
