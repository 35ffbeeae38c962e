import fc from 'fast-check';
import { LagTracker } from '../../../../monitoring/metrics/lag.ts';

const HEART = { topic: 'oa.heartbeat', partition: 0 };
const CLAIM = { topic: 'oa.claim', partition: 0 };
const route = 'r';

function seconds(lag: LagTracker, now: number, topic: string): number | null | undefined {
  return lag.topics(now).find((found) => found.topic === topic)?.seconds;
}

describe('LagTracker', () => {
  test('an idle partition with nothing left is as fresh as the last heartbeat', () => {
    const lag = new LagTracker();
    lag.applied(route, CLAIM, 1_000);
    lag.measured(route, CLAIM, 0, 1_000);
    lag.applied(route, HEART, 3_600_000);
    lag.measured(route, CLAIM, 0, 3_600_000);
    expect(seconds(lag, 3_600_500, 'oa.claim')).toBe(0.5);
  });

  test('a partition that is behind is not excused by heartbeats of another', () => {
    const lag = new LagTracker();
    lag.applied(route, CLAIM, 10_000);
    lag.measured(route, CLAIM, 5, 10_000);
    lag.applied(route, HEART, 70_000);
    lag.measured(route, CLAIM, 5, 70_000);
    expect(seconds(lag, 70_000, 'oa.claim')).toBe(60);
    expect(seconds(lag, 70_000, 'oa.heartbeat')).toBe(0);
  });

  test('one message after a quiet hour is not an hour of lag', () => {
    const lag = new LagTracker();
    lag.applied(route, CLAIM, 0);
    lag.applied(route, HEART, 3_600_000);
    lag.measured(route, CLAIM, 0, 3_600_000);
    lag.measured(route, CLAIM, 1, 3_601_000);
    expect(seconds(lag, 3_601_000, 'oa.claim')).toBe(1);
  });

  test('a dead connector: no heartbeat, nothing to read, and lag grows second by second', () => {
    const lag = new LagTracker();
    lag.applied(route, HEART, 10_000);
    for (let now = 10_000; now <= 40_000; now += 1_000) {
      lag.measured(route, CLAIM, 0, now);
      expect(seconds(lag, now, 'oa.claim')).toBe((now - 10_000) / 1_000);
    }
  });

  test('a connector that was dead before the start shows what the stored positions had passed', () => {
    const lag = new LagTracker();
    lag.assigned(route, [CLAIM], 1_000);
    lag.measured(route, CLAIM, 0, 61_000);
    expect(seconds(lag, 61_000, 'oa.claim')).toBe(60);
  });

  test('a partition behind with no past at all counts from when it was first seen', () => {
    const lag = new LagTracker();
    lag.measured(route, CLAIM, 7, 5_000);
    lag.applied(route, HEART, 9_000);
    lag.measured(route, CLAIM, 7, 9_000);
    expect(seconds(lag, 9_000, 'oa.claim')).toBe(4);
  });

  test('an old backlog is not taken for newer than its first batch says', () => {
    const lag = new LagTracker();
    lag.assigned(route, [CLAIM], 50_000);
    lag.measured(route, CLAIM, 7, 60_000);
    expect(seconds(lag, 60_000, 'oa.claim')).toBe(10);
    lag.applied(route, CLAIM, 20_000);
    lag.measured(route, CLAIM, 4, 61_000);
    expect(seconds(lag, 61_000, 'oa.claim')).toBe(41);
  });

  test('a topic shows its worst partition and the sum of its messages', () => {
    const lag = new LagTracker();
    lag.applied(route, { topic: 't', partition: 0 }, 5_000);
    lag.applied(route, { topic: 't', partition: 1 }, 1_000);
    lag.measured(route, { topic: 't', partition: 0 }, 3, 5_000);
    lag.measured(route, { topic: 't', partition: 1 }, 4, 5_000);
    expect(lag.topics(6_000)).toEqual([{ route, topic: 't', seconds: 5, messages: 7 }]);
  });

  test('released partitions are told by whoever has them now', () => {
    const lag = new LagTracker();
    lag.applied(route, CLAIM, 1_000);
    lag.applied(route, HEART, 1_000);
    lag.assigned(route, [HEART], null);
    expect(lag.topics(2_000).map(({ topic }) => topic)).toEqual([HEART.topic]);
  });

  test('whatever happens, a partition never claims to be ahead of the newest change seen', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('applied' as const), partition: fc.nat(2), time: fc.nat(1_000) }),
      fc.record({ kind: fc.constant('measured' as const), partition: fc.nat(2), messages: fc.nat(2) }),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 1 }), (steps) => {
        const lag = new LagTracker();
        lag.assigned(route, [], 0);
        let newest = 0;
        for (const each of steps) {
          const partition = { topic: 't', partition: each.partition };
          if (each.kind === 'applied') {
            newest = Math.max(newest, each.time);
            lag.applied(route, partition, each.time);
          } else lag.measured(route, partition, each.messages, 2_000);
        }
        for (const found of lag.topics(2_000)) {
          expect(found.seconds).toBeGreaterThanOrEqual((2_000 - newest) / 1_000);
          expect(found.seconds).toBeLessThanOrEqual(2);
        }
      }),
    );
  });
});

test('a route that is run by a schedule has no lag, however old what it has is', () => {
  const lag = new LagTracker();
  lag.exempt('month-end');
  for (const route of ['month-end', 'other']) lag.applied(route, { topic: 't', partition: 0 }, 1_000);
  expect(lag.topics(9_000).map(({ route }) => route)).toEqual(['other']);
});
