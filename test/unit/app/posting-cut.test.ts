import { takeCut } from '../../../app/runtime/posting-cut.ts';
import type { Route } from '../../../app/runtime/routes.ts';
import type { StoredPosition } from '../../../schemas/contract/ports.ts';
import { epochOf, offsetOf } from '../../../schemas/contract/position.ts';
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
  },
  sourceVersion: version === null ? null : change(version),
});
const never = new AbortController().signal;

/** Positions as they are read one time after the other; the last ones stay. */
function taking(readings: readonly (readonly StoredPosition[])[], ends: Readonly<Record<string, number[]>>) {
  const asked: string[] = [];
  let left = readings;
  const cut = takeCut(
    route,
    {
      positions: () => {
        asked.push('positions');
        const [now = []] = left;
        if (left.length > 1) left = left.slice(1);
        return Promise.resolve([...now]);
      },
    },
    {
      list: () => Promise.resolve([...Object.keys(ends), 'other.topic']),
      ranges: (topic) => {
        asked.push(topic);
        return Promise.resolve(
          ends[topic]!.map((high, partition) => ({ partition, low: offsetOf(0), high: offsetOf(high) })),
        );
      },
    },
    never,
  );
  return { cut, asked };
}

test('the cut is the heartbeat that was passed before the ends of the topics were asked for', async () => {
  const { cut, asked } = taking(
    [
      [at('oa.beat', 0, 5, 7), at('oa.claim', 0, 9, 3), at('oa.claim', 1, 1, 2)],
      // A later heartbeat is passed while partition 1 still lags: it is not the cut.
      [at('oa.beat', 0, 6, 8), at('oa.claim', 0, 10, 9), at('oa.claim', 1, 1, 2)],
      [at('oa.beat', 0, 6, 8), at('oa.claim', 0, 10, 9), at('oa.claim', 1, 4, 6)],
    ],
    { 'oa.beat': [5], 'oa.claim': [9, 4] },
  );
  expect(await cut).toBe(change(7));
  expect(asked).toEqual(['positions', 'oa.beat', 'oa.claim', 'positions', 'positions']);
});

test('without a heartbeat there is none', async () => {
  expect(await taking([[at('oa.claim', 0, 1, 3), at('oa.beat', 0, 0, null)]], {}).cut).toBeNull();
});
