import fc from 'fast-check';
import { parseCents } from '../../../stack/demo/activity/money.ts';
import { OA_ACTIONS, planAction, type Plan } from '../../../stack/demo/activity/plan.ts';
import type { Row, Value } from '../../../stack/demo/activity/writes.ts';
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
      expect(model.orders.map(({ id }) => id)).toEqual(
        office
          .rows('purchase_order')
          .filter((row) => row['status'] === 'open')
          .map((row) => row['id']),
      );
      expect(model.instalments.map(({ id }) => id)).toEqual(
        office
          .rows('contract_payment_plan')
          .filter((row) => row['status'] === 'planned')
          .map((row) => row['id']),
      );
      expect(model.payments.map(({ id, status, revision }) => [id, status, revision])).toEqual(
        office
          .rows('contract_payment')
          .filter((row) => row['status'] !== 'approved' && row['is_deleted'] === 0)
          .map((row) => [row['id'], row['status'], row['revision']]),
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
    ['purchase_order', 'purchase_order_line', 'order_id'],
    ['goods_receipt', 'goods_receipt_line', 'receipt_id'],
    ['contract_payment', 'contract_payment_line', 'payment_id'],
  ] as const) {
    const sums = new Map<Value | undefined, bigint>();
    for (const line of office.rows(lines))
      sums.set(line[key], (sums.get(line[key]) ?? 0n) + cents(line['amount']));
    const totals = new Map(office.rows(header).map((row) => [row['id'], cents(row['total_amount'])]));
    expect(sums).toEqual(totals);
  }
});

test('budgets are the sums of their entries, and what an instalment reserved is released once, in full', () => {
  const { office } = work(11, 1_500);
  const entries = office.rows('budget_entry');
  const sum = (rows: readonly Row[]) => rows.reduce((total, row) => total + cents(row['amount']), 0n);
  const of = (movement: string, wanted: Row) =>
    entries.filter(
      (row) =>
        row['movement'] === movement &&
        Object.entries(wanted).every(([column, value]) => row[column] === value),
    );
  for (const budget of office.rows('budget')) {
    const own = { budget_id: budget['id']! };
    expect(cents(budget['consumed_amount'])).toBe(sum(of('consume', own)));
    expect(cents(budget['reserved_amount'])).toBe(sum(of('reserve', own)) - sum(of('release', own)));
  }
  for (const plan of office.rows('contract_payment_plan')) {
    const own = { doc_type: 'contract_payment_plan', doc_id: plan['id']! };
    const reserved = sum(of('reserve', own));
    expect(reserved).toBe(cents(plan['amount']) - cents(plan['tax_amount']));
    const isOver = plan['status'] === 'approved' || plan['status'] === 'cancelled';
    expect(sum(of('release', own))).toBe(isOver ? reserved : 0n);
  }
  expect(of('release', {}).length).toBeGreaterThan(5);
});

test('what an order says is received is what its receipts say that were not cancelled, and never too much', () => {
  const { office } = work(11, 1_500);
  const receipts = office.rows('goods_receipt').filter((row) => row['status'] !== 'cancelled');
  expect(new Set(office.rows('goods_receipt').map((row) => row['status'])).size).toBe(3);
  for (const line of office.rows('purchase_order_line')) {
    const own = receipts.filter((row) => row['order_id'] === line['order_id']).map((row) => row['id']);
    const received = office
      .rows('goods_receipt_line')
      .filter((row) => own.includes(row['receipt_id']) && row['line_no'] === line['line_no'])
      .reduce((total, row) => total + Number(row['quantity']), 0);
    expect(received).toBe(Number(line['received']));
    expect(received).toBeLessThanOrEqual(Number(line['quantity']));
  }
  expect(new Set(office.rows('goods_receipt').map((row) => row['currency']))).toEqual(
    new Set(['CNY', 'USD']),
  );
});

test('every kind of action happens, some are rolled back, and the office keeps up with itself', () => {
  const { plans, model, office } = work(5, 2_000);
  expect(new Set(plans.map((plan) => plan.action))).toEqual(new Set(OA_ACTIONS));
  const rolledBack = plans.filter((plan) => plan.rolledBack).length;
  expect(rolledBack).toBeGreaterThan(30);
  expect(rolledBack).toBeLessThan(100);
  expect(model.claims.length).toBeLessThan(120);
  expect(model.requests.length + model.contracts.length).toBeLessThan(120);
  expect(model.orders.length + model.payments.length).toBeLessThan(120);
  const approved = plans.filter((plan) => plan.finished === true && !plan.rolledBack);
  expect(office.rows('contract_payment').filter((row) => row['status'] === 'approved')).toHaveLength(
    approved.filter(({ target }) => target.type === 'contract_payment').length,
  );
  const finished = approved.filter(({ target }) => target.type === 'expense_claim');
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
