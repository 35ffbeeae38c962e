import { oaBaseRows } from '../../../stack/demo/oa-base-data.ts';
import { OFFICE_OPENS } from '../../../stack/demo/activity/clock.ts';
import { formatCents, parseCents } from '../../../stack/demo/activity/money.ts';
import type { OfficeModel } from '../../../stack/demo/activity/office-model.ts';
import type { Row, Value, Write } from '../../../stack/demo/activity/writes.ts';

const KEYS: Readonly<Record<string, readonly string[]>> = {
  purchase_request_line: ['request_id', 'line_no'],
  purchase_order_line: ['order_id', 'line_no'],
  goods_receipt_line: ['receipt_id', 'line_no'],
};
const UNIQUE: Readonly<Record<string, readonly string[]>> = {
  department: ['code'],
  employee: ['employee_no'],
  expense_claim: ['claim_no'],
  expense_claim_line: ['claim_id', 'line_no'],
  purchase_request: ['request_no'],
  purchase_order: ['order_no'],
  goods_receipt: ['receipt_no'],
  contract: ['contract_no'],
  contract_payment_plan: ['contract_id', 'instalment_no'],
  contract_payment: ['request_no'],
  contract_payment_line: ['payment_id', 'line_no'],
  budget_entry: ['doc_type', 'doc_id', 'movement'],
  budget: ['fiscal_year', 'department_id', 'category'],
};

/** The OA's tables in memory, as strict about keys as the database: what plans do to rows, without a database. */
export class PaperOffice {
  readonly tables = new Map<string, Map<string, Row>>();
  readonly #taken = new Map<string, Set<string>>();

  constructor(seed: number) {
    for (const [table, rows] of oaBaseRows(seed)) this.apply({ kind: 'insert', table, rows });
  }

  rows(table: string): Row[] {
    return [...(this.tables.get(table)?.values() ?? [])];
  }

  apply(write: Write): void {
    switch (write.kind) {
      case 'insert':
        for (const row of write.rows) this.#insert(write.table, row);
        break;
      case 'update': {
        const found = this.#find(write.table, write.where);
        if (found.length !== 1) throw new Error(`update of ${write.table} meets ${found.length} rows`);
        const [key, row] = found[0]!;
        this.#table(write.table).set(key, { ...row, ...write.set });
        break;
      }
      case 'delete':
        for (const [key, row] of this.#find(write.table, write.where)) {
          this.#table(write.table).delete(key);
          this.#taken.get(write.table)?.delete(uniqueText(write.table, row));
        }
        break;
      case 'add-to-budget': {
        const [found] = this.#find('budget', { id: write.row['id'] as Value });
        if (found === undefined) {
          this.#insert('budget', write.row);
          break;
        }
        const [key, row] = found;
        const sum = (column: string) =>
          formatCents(parseCents(String(row[column])) + parseCents(String(write.row[column])));
        const sums = { reserved_amount: sum('reserved_amount'), consumed_amount: sum('consumed_amount') };
        this.#table('budget').set(key, { ...row, ...sums });
        break;
      }
    }
  }

  /** The model that the base rows alone give. */
  model(): OfficeModel {
    return {
      clockMs: OFFICE_OPENS,
      departments: this.rows('department')
        .filter((row) => row['is_active'] === 1)
        .map((row) => ({
          id: Number(row['id']),
          code: String(row['code']),
          name: String(row['name']),
          treePath: String(row['tree_path']),
          managerNo: row['manager_no'] as string | null,
        })),
      staff: this.rows('employee').map((row) => ({
        id: row['id'] as bigint,
        employeeNo: String(row['employee_no']),
        name: String(row['name']),
        departmentId: Number(row['department_id']),
        status: row['status'] as 'probation' | 'regular',
      })),
      claims: [],
      requests: [],
      orders: [],
      contracts: [],
      instalments: [],
      payments: [],
      lastNumber: {
        ...{ claim: 0, request: 0, order: 0, receipt: 0, contract: 0, payment: 0 },
        ...{ employee: 10_060, department: 19 },
      },
    };
  }

  #insert(table: string, row: Row): void {
    const key = keyText(row, KEYS[table] ?? ['id']);
    if (this.#table(table).has(key)) throw new Error(`duplicate key in ${table}`);
    const unique = uniqueText(table, row);
    const taken = this.#taken.get(table) ?? new Set();
    if (taken.has(unique)) throw new Error(`duplicate unique key in ${table}`);
    this.#taken.set(table, taken.add(unique));
    this.#table(table).set(key, row);
  }

  #find(table: string, where: Row): [string, Row][] {
    const wanted = Object.entries(where);
    const matches = (row: Row): boolean => wanted.every(([column, value]) => row[column] === value);
    const rows = this.#table(table);
    const key = 'id' in where ? String(where['id']) : null;
    const candidate = key === null ? undefined : rows.get(key);
    if (key !== null) return candidate !== undefined && matches(candidate) ? [[key, candidate]] : [];
    return [...rows].filter(([, row]) => matches(row));
  }

  #table(table: string): Map<string, Row> {
    const rows = this.tables.get(table) ?? new Map<string, Row>();
    this.tables.set(table, rows);
    return rows;
  }
}

function uniqueText(table: string, row: Row): string {
  return keyText(row, UNIQUE[table] ?? KEYS[table] ?? ['id']);
}

function keyText(row: Row, columns: readonly string[]): string {
  return columns.map((column) => String(row[column])).join('|');
}
