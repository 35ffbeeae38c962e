import fc from 'fast-check';
import {
  assertHistoryGoesOn,
  newestOf,
  NOTHING_PASSED,
  passedWith,
} from '../../../../processors/pipeline/history-guard.ts';
import type { ChangeEvent } from '../../../../schemas/contract/change-event.ts';
import { binlogVersion, offsetOf } from '../../../../schemas/contract/position.ts';
import { thrownBy } from '../../sinks/row-sets.ts';

const at = (position: number) => binlogVersion(0, 1, BigInt(position), 0);

function change(position: number, committedAt: number | null, snapshot = false): ChangeEvent {
  return {
    kind: 'delete',
    at: { topic: 't', partition: 0, offset: offsetOf(0) },
    publishedAt: 0,
    key: [1],
    before: null,
    shape: { id: { namespace: 'oa', name: 'claim' }, columns: [], key: ['id'] },
    source: {
      ...{ connector: 'mariadb', name: 'oa', version: at(position), committedAt, capturedAt: 0 },
      ...{ transaction: null, place: null, snapshot, snapshotRow: snapshot ? 'other' : null },
    },
  };
}

test('ends of transactions tell how far a partition without changes has come', () => {
  const boundary = (committedAt: number | null): ChangeEvent => ({
    ...{ kind: 'boundary', at: { topic: 't', partition: 0, offset: offsetOf(0) }, publishedAt: 0 },
    end: committedAt === null ? null : { transaction: 'x', committedAt, events: {} },
  });
  expect(newestOf([boundary(null), boundary(7), boundary(5), null])).toEqual({ version: null, time: 7 });
  expect(newestOf([boundary(7), change(500, 9)])).toEqual({ version: at(500), time: 9 });
});

test('a change that is newer by the clock and older in the log stops the route', () => {
  const passed = { version: at(500), time: 10_000 };
  expect(
    thrownBy(() => {
      assertHistoryGoesOn(change(400, 10_001), passed);
    }),
  ).toMatchObject({
    code: 'POSITION_REGRESSED',
    disposition: 'stop',
  });
});

test.each([
  ['sent again', change(400, 10_000)],
  ['the very same', change(500, 10_001)],
  ['newer', change(501, 20_000)],
  ['newer in the log, older by a clock that was set back', change(501, 5_000)],
  ['a late snapshot read', change(400, null, true)],
  [
    'a tombstone',
    { kind: 'tombstone', at: { topic: 't', partition: 0, offset: offsetOf(0) }, publishedAt: 0 },
  ],
] as const)('a change that is %s goes on', (_, event) => {
  expect(() => {
    assertHistoryGoesOn(event, { version: at(500), time: 10_000 });
  }).not.toThrow();
});

test('where nothing was applied yet there is no going back', () => {
  expect(() => {
    assertHistoryGoesOn(change(1, 1), NOTHING_PASSED);
  }).not.toThrow();
});

test('what was passed is the newest of all, in any grouping', () => {
  const passed = fc.record({
    version: fc.option(fc.nat(1_000).map(at)),
    time: fc.option(fc.nat(1_000)),
  });
  fc.assert(
    fc.property(fc.array(passed), (all) => {
      const newest = <T extends string | number>(values: readonly (T | null)[]) =>
        values
          .filter((value) => value !== null)
          .reduce<T | null>((a, b) => (a === null || b > a ? b : a), null);
      expect(all.reduce(passedWith, NOTHING_PASSED)).toEqual({
        version: newest(all.map(({ version }) => version)),
        time: newest(all.map(({ time }) => time)),
      });
    }),
  );
});
