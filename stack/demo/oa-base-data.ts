import { bankAccount, digits, mobileNumber, personName } from './people.ts';
import { dateOf, OFFICE_OPENS, wallClock } from './activity/clock.ts';
import { formatCents } from './activity/money.ts';
import { randomOf, type Random } from './activity/prng.ts';
import type { Row } from './activity/writes.ts';
import { snowflakesAt } from './activity/snowflake.ts';

/** Rows by table, in the order in which they are to be inserted. */
export type BaseRows = readonly (readonly [table: string, rows: readonly Row[]])[];

export const BUDGET_CATEGORIES = [
  'travel',
  'entertainment',
  'office',
  'transport',
  'training',
  'other',
] as const;
export type BudgetCategory = (typeof BUDGET_CATEGORIES)[number];

/** [id, parent, code, name, cost centre's expense account]; an inactive one is kept, as every OA has them. */
const DEPARTMENTS = [
  [1, null, 'D0001', '远山科技集团', '6602'],
  [2, 1, 'D0100', '总裁办公室', '6602'],
  [3, 1, 'D0200', '财务部', '6602'],
  [4, 3, 'D0210', '核算组', '6602'],
  [5, 3, 'D0220', '资金组', '6602'],
  [6, 1, 'D0300', '人力资源部', '6602'],
  [7, 1, 'D0400', '研发中心', '5301'],
  [8, 7, 'D0410', '平台研发部', '5301'],
  [9, 7, 'D0420', '应用研发部', '5301'],
  [10, 7, 'D0430', '质量保障部', '5301'],
  [11, 1, 'D0500', '销售中心', '6601'],
  [12, 11, 'D0510', '华东销售部', '6601'],
  [13, 11, 'D0520', '华北销售部', '6601'],
  [14, 11, 'D0530', '华南销售部', '6601'],
  [15, 1, 'D0600', '市场部', '6601'],
  [16, 1, 'D0700', '采购部', '6602'],
  [17, 1, 'D0800', '行政部', '6602'],
  [18, 1, 'D0900', '法务部', '6602'],
  [19, 1, 'D0990', '筹备组（已撤销）', '6602'],
] as const;
const INACTIVE = 19;
const EMPLOYEES = 60;
const JOB_TITLES = ['专员', '主管', '高级专员', '工程师', '高级工程师', '客户经理', '助理', null];

/** A year before the office opens: when the base rows came to be. */
const FOUNDED = { ms: OFFICE_OPENS - 370 * 86_400_000, micros: 0 };

/** Departments, employees and budgets of the OA, the same for the same seed. */
export function oaBaseRows(seed: number): BaseRows {
  const random = randomOf(seed, 0x0a);
  return [
    ['department', DEPARTMENTS.map(([id, parent, code, name]) => departmentRow(id, parent, code, name))],
    ['employee', employeeRows(random)],
    ['budget', budgetRows(random)],
  ];
}

function departmentRow(id: number, parent: number | null, code: string, name: string): Row {
  return {
    id,
    parent_id: parent,
    code,
    name,
    tree_path: treePath(id),
    // The root has no manager of its own; the others are headed by their first employee.
    manager_no: parent === null || id === INACTIVE ? null : employeeNo(id - 2),
    sort_no: id === INACTIVE ? -1 : id * 10,
    is_active: id === INACTIVE ? 0 : 1,
    created_at: wallClock(FOUNDED, 0),
    updated_at: wallClock(FOUNDED, 3),
  };
}

function treePath(id: number): string {
  const parent = DEPARTMENTS.find((department) => department[0] === id)?.[1] ?? null;
  return parent === null ? `/${id}/` : `${treePath(parent)}${id}/`;
}

function employeeNo(index: number): string {
  return `E${String(10_001 + index)}`;
}

function employeeRows(random: Random): Row[] {
  const staffed = DEPARTMENTS.map(([id]) => id).filter((id) => id !== 1 && id !== INACTIVE);
  return Array.from({ length: EMPLOYEES }, (_, index) => {
    const isManager = index < staffed.length;
    return employeeRow(random, {
      id: snowflakesAt(FOUNDED.ms + index).next(),
      employeeNo: employeeNo(index),
      departmentId: isManager ? (staffed[index] ?? 2) : random.pick(staffed),
      jobTitle: isManager ? '部门经理' : random.pick(JOB_TITLES),
      hiredOn: dateOf(FOUNDED, -random.int(0, 3_000)),
      status: random.chance(0.05) ? 'probation' : 'regular',
      moment: FOUNDED,
    });
  });
}

export interface NewEmployee {
  readonly id: bigint;
  readonly employeeNo: string;
  readonly departmentId: number;
  readonly jobTitle: string | null;
  readonly hiredOn: string;
  readonly status: 'probation' | 'regular';
  readonly moment: { readonly ms: number; readonly micros: number };
}

/** The `employee` row of a person whose name and particulars are drawn here. */
export function employeeRow(random: Random, who: NewEmployee): Row {
  return {
    id: who.id,
    employee_no: who.employeeNo,
    name: personName(random),
    gender: random.pick(['male', 'female', 'female', 'male', 'unknown']),
    department_id: who.departmentId,
    job_title: who.jobTitle,
    email: random.chance(0.9) ? `${who.employeeNo.toLowerCase()}@yuanshan.example` : null,
    mobile: random.chance(0.95) ? mobileNumber(random) : null,
    bank_account: random.chance(0.97) ? bankAccount(random) : null,
    hired_on: who.hiredOn,
    left_on: null,
    status: who.status,
    extra: random.chance(0.5)
      ? JSON.stringify({ 工位: `${random.pick('ABCD'.split(''))}-${digits(random, 3)}` })
      : null,
    is_deleted: 0,
    created_at: wallClock(who.moment, 0),
    updated_at: wallClock(who.moment, 3),
  };
}

/** The key of a budget row follows from what it is for, so that whoever needs it first can create it. */
export function budgetId(year: number, departmentId: number, category: BudgetCategory): number {
  return (year - 2000) * 10_000_000 + departmentId * 10 + BUDGET_CATEGORIES.indexOf(category);
}

function budgetRows(random: Random): Row[] {
  const year = Number(dateOf({ ms: OFFICE_OPENS, micros: 0 }).slice(0, 4));
  return DEPARTMENTS.filter(([id]) => id !== INACTIVE).flatMap(([departmentId]) =>
    BUDGET_CATEGORIES.map((category) => ({
      id: budgetId(year, departmentId, category),
      fiscal_year: year,
      department_id: departmentId,
      category,
      total_amount: formatCents(BigInt(random.int(20, 600)) * 100_000n),
      reserved_amount: '0.00',
      consumed_amount: '0.00',
      warning_rate: random.pick(['0.8000', '0.9000', '0.7500']),
      version: 0,
      created_at: wallClock(FOUNDED, 0),
      updated_at: wallClock(FOUNDED, 3),
    })),
  );
}

/** What finance keeps of each department: [OA department code, name, expense account]. */
export const COST_CENTRES = DEPARTMENTS.map(([, , code, name, account]) => ({ code, name, account }));
