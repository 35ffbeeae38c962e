import type mysql from 'mysql2/promise';
import type { BudgetCategory } from '../oa-base-data.ts';
import { OFFICE_OPENS, parseWallClock } from './clock.ts';
import { isCurrency, parseCents } from './money.ts';
import { loadContracts } from './load-contracts.ts';
import { loadPurchases } from './load-purchases.ts';
import type { Claim, Department, OfficeModel, Staff } from './office-model.ts';
import { submittedMs, text, type Fields, type Read } from './read-fields.ts';

/** The office as the database has it, and how many transactions of the generator it has seen. */
export interface LoadedOffice {
  readonly model: OfficeModel;
  readonly transactions: number;
}

/**
 * Reads the open documents, so that a generator can go on where an earlier one stopped. The virtual clock goes on
 * after the last logged operation; the base data alone leave it at the opening of the office.
 */
export async function loadOffice(connection: mysql.Connection): Promise<LoadedOffice> {
  const read: Read = async (sql) => {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(sql);
    return rows;
  };
  const [log] = await read('SELECT count(*) AS transactions, max(created_at) AS latest FROM operation_log');
  const latest = log?.['latest'];
  const model: OfficeModel = {
    clockMs: typeof latest === 'string' ? parseWallClock(latest).ms : OFFICE_OPENS,
    departments: (await read('SELECT * FROM department WHERE is_active = 1 ORDER BY id')).map(departmentOf),
    staff: (await read("SELECT * FROM employee WHERE status <> 'left' AND is_deleted = 0 ORDER BY id")).map(
      staffOf,
    ),
    claims: (
      await read("SELECT * FROM expense_claim WHERE status <> 'approved' AND is_deleted = 0 ORDER BY id")
    ).map(claimOf),
    ...(await loadPurchases(read)),
    ...(await loadContracts(read)),
    lastNumber: {
      claim: await lastNumber(read, 'expense_claim', 'RIGHT(claim_no, 7)'),
      request: await lastNumber(read, 'purchase_request', 'RIGHT(request_no, 7)'),
      order: await lastNumber(read, 'purchase_order', 'RIGHT(order_no, 7)'),
      receipt: await lastNumber(read, 'goods_receipt', 'RIGHT(receipt_no, 7)'),
      contract: await lastNumber(read, 'contract', 'RIGHT(contract_no, 6)'),
      payment: await lastNumber(read, 'contract_payment', 'RIGHT(request_no, 7)'),
      employee: await lastNumber(read, 'employee', 'SUBSTRING(employee_no, 2)'),
      department: await lastNumber(read, 'department', 'id'),
    },
  };
  return { model, transactions: Number(log?.['transactions'] ?? 0) };
}

async function lastNumber(read: Read, table: string, expression: string): Promise<number> {
  const [row] = await read(`SELECT max(CAST(${expression} AS UNSIGNED)) AS latest FROM ${table}`);
  return Number(row?.['latest'] ?? 0);
}

function departmentOf(row: Fields): Department {
  return {
    id: Number(row['id']),
    code: text(row, 'code'),
    name: text(row, 'name'),
    treePath: text(row, 'tree_path'),
    managerNo: row['manager_no'] === null ? null : text(row, 'manager_no'),
  };
}

function staffOf(row: Fields): Staff {
  return {
    id: BigInt(text(row, 'id')),
    employeeNo: text(row, 'employee_no'),
    name: text(row, 'name'),
    departmentId: Number(row['department_id']),
    status: row['status'] as Staff['status'],
  };
}

function claimOf(row: Fields): Claim {
  const currency = text(row, 'currency');
  return {
    id: BigInt(text(row, 'id')),
    applicantNo: text(row, 'applicant_no'),
    departmentId: Number(row['department_id']),
    category: row['category'] as BudgetCategory,
    currency: isCurrency(currency) ? currency : 'CNY',
    totalCents: parseCents(text(row, 'total_amount')),
    status: row['status'] as Claim['status'],
    node: Number(row['current_node']),
    revision: Number(row['revision']),
    submittedMs: submittedMs(row),
  };
}
