import fc from 'fast-check';
import { parseCents } from '../../../stack/demo/activity/money.ts';
import { OA_ACTIONS, planAction, type Plan } from '../../../stack/demo/activity/plan.ts';
import type { Value } from '../../../stack/demo/activity/writes.ts';
import { PaperOffice } from './paper-office.ts';

function work(
  seed: number,
  actions: number,
): { office: PaperOffice; plans: Plan[]; model: ReturnType<PaperOffice['model']> } {
  const office = new PaperOffice(seed);
  const model = office.model();
  const plans: Plan[] = [];
  for (let index = 0; index < actions; index += 1) {
    const plan = planAction(model, seed, index);
    plans.push(plan);
    if (!plan.rolledBack) for (const write of plan.writes) office.apply(write);
  }
  return { office, plans, model };
}

const cents = (value: Value | undefined): bigint => parseCents(String(value));

test('the same seed plans the same office, another seed another one', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const plans = work(seed, 60).plans;
      expect(work(seed, 60).plans).toEqual(plans);
      expect(work(seed + 1, 60).plans).not.toEqual(plans);
    }),
    { numRuns: 10 },
  );
});

test('plans apply to the tables without a collision, and the model stays what the tables say', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      // PaperOffice throws when a key is taken or an update does not meet its row.
      const { office, model } = work(seed, 250);
      const open = office
        .rows('expense_claim')
        .filter((row) => row['status'] !== 'approved' && row['is_deleted'] === 0)
        .map(({ id, status, revision, current_node: node, total_amount: total }) => ({
          id,
          status,
          revision,
          node,
          total: cents(total),
        }));
      expect(
        model.claims.map(({ id, status, revision, node, totalCents }) => ({
          id,
          status,
          revision,
          node,
          total: totalCents,
        })),
      ).toEqual(open);
      const openRequests = office
        .rows('purchase_request')
        .filter((row) => row['status'] !== 'closed' && row['delete_time'] === 0);
      expect(model.requests.map(({ id, status }) => [id, status])).toEqual(
        openRequests.map((row) => [row['id'], row['status']]),
      );
      const openContracts = office
        .rows('contract')
        .filter((row) => row['status'] !== 'terminated' && row['deleted'] === 0);
      expect(model.contracts.map(({ id, status }) => [id, status])).toEqual(
        openContracts.map((row) => [row['id'], row['status']]),
      );
      expect(model.staff.map(({ id, departmentId }) => [id, departmentId])).toEqual(
        office
          .rows('employee')
          .filter((row) => row['status'] !== 'left')
          .map((row) => [row['id'], row['department_id']]),
      );
    }),
    { numRuns: 8 },
  );
});

test('documents equal the sum of their lines, and lines do not outlive their document', () => {
  const { office } = work(11, 600);
  for (const [header, lines, key] of [
    ['expense_claim', 'expense_claim_line', 'claim_id'],
    ['purchase_request', 'purchase_request_line', 'request_id'],
  ] as const) {
    const sums = new Map<Value | undefined, bigint>();
    for (const line of office.rows(lines))
      sums.set(line[key], (sums.get(line[key]) ?? 0n) + cents(line['amount']));
    const totals = new Map(office.rows(header).map((row) => [row['id'], cents(row['total_amount'])]));
    expect(sums).toEqual(totals);
  }
});

test('every kind of action happens, some are rolled back, and the office keeps up with itself', () => {
  const { plans, model, office } = work(5, 2_000);
  expect(new Set(plans.map((plan) => plan.action))).toEqual(new Set(OA_ACTIONS));
  const rolledBack = plans.filter((plan) => plan.rolledBack).length;
  expect(rolledBack).toBeGreaterThan(30);
  expect(rolledBack).toBeLessThan(100);
  expect(model.claims.length).toBeLessThan(120);
  expect(model.requests.length + model.contracts.length).toBeLessThan(120);
  const finished = plans.filter((plan) => plan.finished === true && !plan.rolledBack);
  expect(office.rows('expense_claim').filter((row) => row['status'] === 'approved')).toHaveLength(
    finished.length,
  );
  expect(finished.length).toBeGreaterThan(250);
});

test('a rolled-back action leaves no trace in the model but the time and the numbers it used', () => {
  const seed = 5;
  const model = new PaperOffice(seed).model();
  for (let index = 0; index < 300; index += 1) {
    const before = structuredClone(model);
    const plan = planAction(model, seed, index);
    if (!plan.rolledBack) continue;
    expect({ ...model, clockMs: 0, lastNumber: {} }).toEqual({ ...before, clockMs: 0, lastNumber: {} });
    expect(model.clockMs).toBeGreaterThan(before.clockMs);
    expect(model.lastNumber.claim).toBeGreaterThanOrEqual(before.lastNumber.claim);
  }
});

test('ids are unique over all tables and pass 2^53; every transaction is logged', () => {
  const { plans } = work(9, 400);
  const ids = plans.flatMap((plan) =>
    plan.writes.flatMap((write) => (write.kind === 'insert' ? write.rows.map((row) => row['id']) : [])),
  );
  const documents = ids.filter((id): id is bigint => typeof id === 'bigint');
  expect(new Set(documents).size).toBe(documents.length);
  expect(documents.every((id) => id > 2n ** 53n)).toBe(true);
  for (const plan of plans) {
    const last = plan.writes.at(-1)!;
    expect(last).toMatchObject({
      kind: 'insert',
      table: 'operation_log',
      rows: [{ id: plan.logId, action: plan.action }],
    });
  }
});

test('the rows hold what breaks careless programs', () => {
  const { office } = work(2, 1_500);
  const remarks = office.rows('expense_claim').map((row) => row['remark']);
  expect(remarks).toContain('');
  expect(remarks).toContain(null);
  expect(remarks.some((remark) => /[\u{10000}-\u{10ffff}]/u.test(String(remark)))).toBe(true);
  const seals = office.rows('contract').map((row) => row['seal_serial']);
  expect(seals.some((seal) => typeof seal === 'bigint' && seal > 2n ** 63n)).toBe(true);
  expect(office.rows('contract').map((row) => row['effective_to'])).toContain('9999-12-31');
  expect(office.rows('contract').some((row) => String(row['terms']).length > 4_000)).toBe(true);
  expect(office.rows('expense_claim').some((row) => Number(row['revision']) > 2)).toBe(true);
  expect(new Set(office.rows('expense_claim').map((row) => row['currency']))).toEqual(
    new Set(['CNY', 'USD', 'HKD']),
  );
});

test('money is never a JavaScript number', () => {
  const { office } = work(3, 300);
  const money = [
    ['expense_claim', 'total_amount'],
    ['expense_claim_line', 'amount'],
    ['expense_claim_line', 'tax_amount'],
    ['purchase_request_line', 'unit_price'],
    ['budget', 'total_amount'],
    ['contract', 'amount'],
  ] as const;
  for (const [table, column] of money) {
    for (const row of office.rows(table)) {
      const value = row[column];
      if (value !== null) expect(value).toMatch(/^\d+\.\d{2}(00)?$/);
    }
  }
});
