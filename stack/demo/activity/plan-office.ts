import { employeeRow } from '../oa-base-data.ts';
import { dateOf, wallClock } from './clock.ts';
import type { Department, Staff } from './office-model.ts';
import type { PlanContext, Step } from './plan.ts';
import type { Row, Write } from './writes.ts';

/** The company does not shrink below this, nor do managers leave or move. */
const LEAST_STAFF = 45;
/** Departments beyond this number are renamed, not added to. */
const MOST_DEPARTMENTS = 40;

export function planHire(context: PlanContext): Step {
  const { random, moment, ids, model } = context;
  const id = ids.next();
  const employeeNo = `E${context.take('employee')}`;
  const departmentId = random.pick(model.departments.filter(({ id: department }) => department !== 1)).id;
  const row = employeeRow(random, {
    id,
    employeeNo,
    departmentId,
    jobTitle: random.pick(['专员', '工程师', '客户经理', null]),
    hiredOn: dateOf(moment, random.int(-3, 0)),
    status: 'probation',
    moment,
  });
  const person: Staff = { id, employeeNo, name: String(row['name']), departmentId, status: 'probation' };
  return staffStep(person, person, [{ kind: 'insert', table: 'employee', rows: [row] }]);
}

/** A probation passed, a transfer, or somebody leaving. */
export function planStaffChange(context: PlanContext): Step {
  const { random, moment, model } = context;
  const managers = new Set(model.departments.map(({ managerNo }) => managerNo));
  const person = random.pick(model.staff.filter(({ employeeNo }) => !managers.has(employeeNo)));
  if (person.status === 'probation') {
    return staffStep(person, { ...person, status: 'regular' }, [
      staffUpdate(context, person, { status: 'regular' }),
    ]);
  }
  if (model.staff.length > LEAST_STAFF && random.chance(0.4)) {
    const set = { status: 'left', left_on: dateOf(moment), bank_account: null };
    return staffStep(person, null, [staffUpdate(context, person, set)]);
  }
  const department = random.pick(model.departments);
  return staffStep(person, { ...person, departmentId: department.id }, [
    staffUpdate(context, person, { department_id: department.id }),
  ]);
}

function staffStep(person: Staff, now: Staff | null, writes: Write[]): Step {
  return {
    operatorNo: person.employeeNo,
    target: { type: 'employee', id: person.id },
    writes,
    changes: [{ kind: 'staff', id: person.id, now }],
  };
}

function staffUpdate({ moment }: PlanContext, person: Staff, set: Row): Write {
  return {
    kind: 'update',
    table: 'employee',
    where: { id: person.id, status: person.status },
    set: { ...set, updated_at: wallClock(moment, 3) },
  };
}

/** A new group below a department, or another name or head for one. */
export function planDepartmentChange(context: PlanContext): Step {
  const { random, moment, model } = context;
  const department = random.pick(model.departments);
  if (model.departments.length < MOST_DEPARTMENTS && random.chance(0.4))
    return newDepartment(context, department);
  const updatedAt = wallClock(moment, 3);
  if (random.chance(0.5)) {
    const name = department.name.endsWith('（调整）')
      ? department.name.slice(0, -4)
      : `${department.name}（调整）`;
    return departmentStep(department, { ...department, name }, { name, updated_at: updatedAt });
  }
  const managerNo = random.pick(model.staff).employeeNo;
  return departmentStep(
    department,
    { ...department, managerNo },
    { manager_no: managerNo, updated_at: updatedAt },
  );
}

function newDepartment(context: PlanContext, parent: Department): Step {
  const { random, moment, model } = context;
  const id = context.take('department');
  const now: Department = {
    id,
    code: `D${String(id).padStart(4, '0')}N`,
    name: `${random.pick(['创新', '专项', '区域', '海外'])}业务${id}组`,
    treePath: `${parent.treePath}${id}/`,
    managerNo: random.pick(model.staff).employeeNo,
  };
  const row: Row = {
    id,
    parent_id: parent.id,
    code: now.code,
    name: now.name,
    tree_path: now.treePath,
    manager_no: now.managerNo,
    sort_no: random.int(-5, 500),
    is_active: 1,
    created_at: wallClock(moment, 0),
    updated_at: wallClock(moment, 3),
  };
  return {
    ...departmentStep(now, now, {}),
    writes: [{ kind: 'insert', table: 'department', rows: [row] }],
  };
}

function departmentStep(department: Department, now: Department, set: Row): Step {
  return {
    operatorNo: department.managerNo ?? 'SYSTEM',
    target: { type: 'department', id: BigInt(department.id) },
    writes: [{ kind: 'update', table: 'department', where: { id: department.id }, set }],
    changes: [{ kind: 'department', id: department.id, now }],
  };
}
