import fc from 'fast-check';
import { Cuts } from '../../../app/runtime/posting-cut.ts';
import type { Route } from '../../../app/runtime/routes.ts';
import type { StoredPosition } from '../../../schemas/contract/ports.ts';
import { binlogVersion, epochOf, offsetOf } from '../../../schemas/contract/position.ts';
import { change } from '../../../schemas/posting/example-documents.ts';

const route = {
  ...{ name: 'r', heartbeatTopic: 'oa.beat' },
  accepts: (topic: string) => topic.startsWith('oa.'),
} as Route;
const at = (topic: string, partition: number, next: number, version: number | null): StoredPosition => ({
  ...{
    route: 'r',
    topic,
    partition,
    epoch: epochOf(1),
    next: offsetOf(next),
    sourceTime: null,
    watermark: null,
    accounted: offsetOf(0),
  },
  sourceVersion: version === null ? null : change(version),
});
/** Positions as they are read one time after the other; the last ones stay. */
function cutsOver(
  readings: readonly (readonly StoredPosition[])[],
  endsByReading: readonly Readonly<Record<string, number[]>>[],
): Cuts {
  let at = 0;
  const now = <T>(list: readonly T[]) => list[Math.min(at, list.length - 1)]!;
  return new Cuts(
    route,
    {
      positions: () => {
        const positions = now(readings);
        at += 1;
        return Promise.resolve([...positions]);
      },
    },
    {
      list: () => Promise.resolve([...Object.keys(now(endsByReading)), 'other.topic']),
      ranges: (topic) =>
        Promise.resolve(
          now(endsByReading)[topic]!.map((high, partition) => ({
            ...{ partition, low: offsetOf(0), high: offsetOf(high) },
          })),
        ),
    },
  );
}

test('a cut is the heartbeat that was passed before the ends of the topics were asked for', async () => {
  const cuts = cutsOver(
    [
      [at('oa.beat', 0, 5, 7), at('oa.claim', 0, 9, 3), at('oa.claim', 1, 1, 2)],
      // Partition 1 lags behind the ends.
      [at('oa.beat', 0, 5, 7), at('oa.claim', 0, 10, 9), at('oa.claim', 1, 1, 2)],
      // A later heartbeat is passed meanwhile: it is not the cut, for more has come since.
      [at('oa.beat', 0, 6, 8), at('oa.claim', 0, 10, 9), at('oa.claim', 1, 2, 2)],
      [at('oa.beat', 0, 6, 8), at('oa.claim', 0, 10, 9), at('oa.claim', 1, 4, 6)],
      [at('oa.beat', 0, 6, 8), at('oa.claim', 0, 10, 9), at('oa.claim', 1, 9, 9)],
    ],
    [
      { 'oa.beat': [5], 'oa.claim': [9, 4] },
      { 'oa.beat': [5], 'oa.claim': [9, 4] },
      { 'oa.beat': [6], 'oa.claim': [10, 9] },
    ],
  );
  expect(await cuts.newest()).toBeNull();
  expect(await cuts.newest()).toBe(change(7));
  expect(await cuts.newest()).toBe(change(8));
  expect(await cuts.newest()).toBe(change(8));
});

test.each([
  ['without a heartbeat', null],
  ['with one that a snapshot has read', binlogVersion(0, 1, 9n, 0)],
])('%s there is none', async (_, sourceVersion) => {
  const beat = { ...at('oa.beat', 0, 1, null), sourceVersion };
  const cuts = cutsOver([[at('oa.claim', 0, 1, 3), beat]], [{ 'oa.beat': [1], 'oa.claim': [1] }]);
  expect(await cuts.newest()).toBeNull();
  expect(await cuts.newest()).toBeNull();
});

test('a cut never goes beyond what is applied, and reaches it in the end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3), { minLength: 1, maxLength: 60 }), async (steps) => {
      // One change in Kafka per version, a heartbeat after each; the route applies some of them at each look.
      let applied = 0;
      let beat = 0;
      let published = 0;
      const cuts = new Cuts(
        route,
        {
          positions: () =>
            Promise.resolve([at('oa.beat', 0, beat, beat), at('oa.claim', 0, applied, applied)]),
        },
        {
          list: () => Promise.resolve(['oa.claim']),
          ranges: () => Promise.resolve([{ partition: 0, low: offsetOf(0), high: offsetOf(published) }]),
        },
      );
      const look = async () => {
        const cut = await cuts.newest();
        expect(cut === null || cut <= change(applied)).toBe(true);
        return cut;
      };
      for (const step of steps) {
        published += 3;
        beat = published;
        applied = Math.min(published, applied + step);
        await look();
      }
      applied = published;
      expect(await look()).toBe(change(published));
    }),
  );
});
