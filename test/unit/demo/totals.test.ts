import { applyChange, forgetTargets } from '../../../stack/demo/activity/office-model.ts';
import { ActivityCounts, type OaHappening } from '../../../stack/demo/activity/totals.ts';
import { PaperOffice } from './paper-office.ts';

const happening = (over: Partial<OaHappening>): OaHappening => ({
  side: 'oa',
  action: 'submit',
  outcome: 'committed',
  index: 0,
  targetType: 'expense_claim',
  targetId: 1n,
  finished: false,
  rows: { inserted: 5, updated: 1, deleted: 2 },
  retries: 0,
  latencyMs: 3,
  ...over,
});

test('only what was committed counts as an action and as rows', () => {
  const counts = new ActivityCounts();
  counts.add(happening({}));
  counts.add(happening({ action: 'approve', finished: true, latencyMs: 9, retries: 2 }));
  counts.add(happening({ action: 'advance-payment', targetType: 'contract_payment', finished: true }));
  counts.add(happening({ outcome: 'rolled-back', finished: true }));
  counts.add(happening({ outcome: 'overtaken' }));
  counts.add({ side: 'finance', action: 'pay', documentId: 1n });
  counts.add({ side: 'finance', action: 'settle', paymentId: 1n });
  const { oa, finance } = counts.snapshot();
  expect(oa).toMatchObject({
    committed: 3,
    rolledBack: 1,
    overtaken: 1,
    retries: 2,
    claimsFinished: 1,
    paymentsFinished: 1,
    worstLatencyMs: 9,
  });
  expect(oa.actions).toMatchObject({ submit: 1, approve: 1, edit: 0 });
  expect(oa.rows).toEqual({ inserted: 15, updated: 3, deleted: 6 });
  expect(finance).toEqual({ pay: 1, cancel: 0, settle: 1, fail: 0, reissue: 0 });
});

test('a snapshot does not change afterwards', () => {
  const counts = new ActivityCounts();
  const before = counts.snapshot();
  counts.add(happening({}));
  expect(before.oa.committed).toBe(0);
  expect(before.oa.actions.submit).toBe(0);
});

test('a document that somebody else changed is forgotten, a department is not', () => {
  const model = new PaperOffice(1).model();
  const contract = {
    id: 5n,
    contractNo: 'HT2026-000001',
    ownerNo: 'E10001',
    departmentCode: 'D0510',
    kind: 'service',
    supplierCode: 'V0004',
    amountCents: null,
    status: 'active',
  } as const;
  applyChange(model, { kind: 'contract', id: 5n, now: contract });
  const department = model.departments[0]!;
  forgetTargets(model, [
    { kind: 'contract', id: 5n, now: { ...contract, status: 'reviewing' } },
    { kind: 'department', id: department.id, now: department },
  ]);
  expect(model.contracts).toEqual([]);
  expect(model.departments[0]).toBe(department);
});
