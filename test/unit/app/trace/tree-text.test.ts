import type { Standing } from '../../../../app/trace/standing.ts';
import { treeLines } from '../../../../app/trace/tree-text.ts';
import type { Branch } from '../../../../app/trace/tree.ts';

const there = (place: string | null = null): Standing => ({
  state: 'there',
  version: null,
  place,
  deletedAt: null,
});
const branch = (table: string, key: string, over: Partial<Branch> = {}): Branch => ({
  ...{ by: { kind: 'route', name: 'r' }, in: 'finance', table, key: { id: key }, standing: there('LSN 0/1') },
  ...{ facts: {}, again: false, next: [], ...over },
});
const entry = (no: string, written: Standing = there('LSN 0/9')) =>
  branch('ledger.voucher_entry', no, {
    ...{ by: { kind: 'part', name: null }, standing: there() },
    next: [branch('oa.finance_voucher_entry', no, { in: 'oa', standing: written })],
  });

test('rows that differ in nothing but their keys are one line; one that stands otherwise is a line of its own', () => {
  const absent: Standing = { state: 'absent', version: null, place: null, deletedAt: null };
  const voucher = branch('ledger.voucher', 'V1', {
    facts: { kind: 'posting', posted_at: '2026-03-05T00:00:00Z' },
    next: [entry('1'), entry('2'), entry('3', absent)],
  });
  expect(treeLines([voucher, branch('canonical.voucher', 'V1', { standing: null })], 'on')).toEqual([
    '├─ ledger.voucher id=V1 in finance: there, as of LSN 0/1; kind posting, posted at 2026-03-05T00:00:00Z  [route r]',
    '│  ├─ ledger.voucher_entry id=1 in finance  [part of it]  (and 1 more like it: 2)',
    '│  │  └─ oa.finance_voucher_entry id=1 in oa: there, as of LSN 0/9  [route r]',
    '│  └─ ledger.voucher_entry id=3 in finance  [part of it]',
    '│     └─ oa.finance_voucher_entry id=3 in oa: not there  [route r]',
    '└─ canonical.voucher id=V1 in finance  [route r]',
  ]);
});

test('rows with facts of their own are never put together', () => {
  const facts = { kind: 'posting' };
  expect(treeLines([branch('v', '1', { facts }), branch('v', '2', { facts })], 'on')).toHaveLength(2);
});
