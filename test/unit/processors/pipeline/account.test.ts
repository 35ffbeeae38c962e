import { accountOf } from '../../../../processors/pipeline/account.ts';
import type { Entry } from '../../../../processors/pipeline/entry.ts';
import { mix } from '../../../../schemas/accounting/count.ts';
import type { ChangeEvent, ChangeSource } from '../../../../schemas/contract/change-event.ts';
import type { RawRecord } from '../../../../schemas/contract/ports.ts';
import { binlogVersion, offsetOf } from '../../../../schemas/contract/position.ts';
import type { TableShape } from '../../../../schemas/contract/table.ts';
import type { Outcome } from '../../../../schemas/contract/telemetry.ts';

const tableOf = (name: string): TableShape => ({ id: { namespace: 'oa', name }, columns: [], key: ['id'] });
const [claim, line] = [tableOf('claim'), tableOf('line')];

function sourceOf(over: Partial<ChangeSource>): ChangeSource {
  return {
    ...{
      connector: 'mariadb',
      name: 'oa',
      version: binlogVersion(0, 1, 1n, 1),
      committedAt: 0,
      capturedAt: 0,
    },
    ...{ transaction: '0-1-7', place: 1, snapshot: false, snapshotRow: null },
    ...over,
  };
}

const base = (offset: number) => ({
  at: { topic: 't', partition: 0, offset: offsetOf(offset) },
  publishedAt: 0,
});
const change = (offset: number, shape: TableShape, over: Partial<ChangeSource> = {}): ChangeEvent => ({
  ...{ kind: 'delete', key: [1], before: null, shape, ...base(offset), source: sourceOf(over) },
});

function account(
  events: readonly (readonly [ChangeEvent | null, Outcome, string?])[],
  from = 0,
): ReturnType<typeof accountOf> {
  const entries = events.map(([event, , rule], at): Entry => ({
    record: { offset: offsetOf(at) } as RawRecord,
    ...{ event, key: null, outcome: null, rule: rule ?? null },
  }));
  return accountOf(
    entries,
    events.map(([, outcome]) => outcome),
    offsetOf(from),
  );
}

test('events are counted by transaction, table and outcome, with their places', () => {
  const { tallies } = account([
    [change(0, claim), 'applied'],
    [change(1, line, { place: 1 }), 'superseded'],
    [change(2, claim, { place: 2 }), 'filtered', 'other-table'],
    [change(3, claim, { place: 1, transaction: '0-1-8' }), 'parked'],
  ]);
  expect(tallies).toEqual([
    {
      ...{ transaction: '0-1-7', table: 'oa.claim', events: 2, sum: 3, mixed: (mix(1) + mix(2)) >>> 0 },
      outcomes: { applied: 1, 'filtered: other-table': 1 },
    },
    {
      ...{ transaction: '0-1-7', table: 'oa.line', events: 1, sum: 1, mixed: mix(1) },
      outcomes: { superseded: 1 },
    },
    {
      ...{ transaction: '0-1-8', table: 'oa.claim', events: 1, sum: 1, mixed: mix(1) },
      outcomes: { parked: 1 },
    },
  ]);
});

test('ends of transactions are taken over, beginnings are not', () => {
  const end = { transaction: '0-1-7', committedAt: 5, events: { 'oa.claim': 2 } };
  expect(
    account([
      [{ kind: 'boundary', end: null, ...base(0) }, 'filtered', 'transaction-boundary'],
      [{ kind: 'boundary', end, ...base(1) }, 'filtered', 'transaction-boundary'],
    ]),
  ).toEqual({ tallies: [], ends: [end] });
});

test('what the source counts in no transaction is in no account', () => {
  const truncate = (connector: ChangeSource['connector']): ChangeEvent => ({
    ...{ kind: 'truncate', shape: claim, ...base(0), source: sourceOf({ connector }) },
  });
  const { tallies } = account([
    [null, 'dead-lettered'],
    [{ kind: 'tombstone', ...base(0) }, 'filtered', 'tombstone'],
    [change(0, claim, { snapshot: true, transaction: null, place: null }), 'applied'],
    [change(0, claim, { place: null }), 'applied'],
    [truncate('mariadb'), 'filtered', 'truncate-ignored'],
    [truncate('postgresql'), 'applied'],
  ]);
  expect(tallies).toMatchObject([{ events: 1, outcomes: { applied: 1 } }]);
});

test('records before an offset are in an earlier account', () => {
  const events = [change(0, claim), change(1, claim, { place: 2 })].map(
    (event) => [event, 'applied'] as const,
  );
  expect(account(events, 1).tallies).toMatchObject([{ events: 1, sum: 2 }]);
  expect(account(events, 2)).toEqual({ tallies: [], ends: [] });
});
