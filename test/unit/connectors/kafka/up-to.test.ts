import { upTo } from '../../../../connectors/kafka/up-to.ts';
import type { BatchHandler } from '../../../../schemas/contract/ports.ts';
import { epochOf, offsetOf } from '../../../../schemas/contract/position.ts';
import type { Offset } from '../../../../schemas/contract/position.ts';

const { signal } = new AbortController();
const range = (partition: number, low: number, high: number) => ({
  ...{ partition, low: offsetOf(low), high: offsetOf(high) },
});

/** A handler that takes whatever it is given, over partitions of a topic with these ends. */
function over(ranges: readonly ReturnType<typeof range>[], reached: readonly (number | null)[]) {
  let ended = 0;
  const handled: number[] = [];
  const claimOf = (partition: number, next: Offset | null) => ({
    ...{ route: 'r', topic: 't', partition, epoch: epochOf(1), next, recordTime: null },
  });
  const handler: BatchHandler = {
    claim: (partitions) =>
      Promise.resolve(
        partitions.map(({ partition }) => {
          const next = reached[partition] ?? null;
          return claimOf(partition, next === null ? null : offsetOf(next));
        }),
      ),
    handle: ({ partition, next }) => {
      handled.push(partition);
      return Promise.resolve(next);
    },
    advance: () => Promise.resolve(),
  };
  const bounded = upTo(handler, new Map([['t', ranges]]), () => {
    ended += 1;
  });
  return {
    handled,
    ended: () => ended,
    claim: (...partitions: number[]) =>
      bounded.claim(
        partitions.map((partition) => ({ topic: 't', partition })),
        signal,
      ),
    handle: (partition: number, first: number, next: number) =>
      bounded.handle(
        { topic: 't', partition, first: offsetOf(first), next: offsetOf(next), records: [] },
        claimOf(partition, null),
        signal,
      ),
    advance: (partition: number, next: number) =>
      bounded.advance(claimOf(partition, null), offsetOf(next), signal),
  };
}

test('what is empty, and what was read before, is at its end', async () => {
  expect(over([range(0, 3, 3)], []).ended()).toBe(1);
  const some = over([range(0, 0, 5), range(1, 0, 7), range(2, 4, 4)], [5, null]);
  await some.claim(0, 1, 2);
  expect(some.ended()).toBe(0);
  await some.handle(1, 0, 7);
  expect(some.ended()).toBe(1);
});

test('records behind the end are not handed on, and those of partitions that came later neither', async () => {
  const some = over([range(0, 0, 5)], []);
  expect(await some.handle(0, 0, 9)).toBe(9n);
  expect(await some.handle(0, 9, 12)).toBe(9n);
  expect(await some.handle(7, 0, 3)).toBe(0n);
  expect(some.handled).toEqual([0]);
  expect(some.ended()).toBe(1);
});

test('transaction markers at the end count, and a partition that is set back is open again', async () => {
  const some = over([range(0, 0, 5), range(1, 0, 2)], [2, null]);
  await some.handle(0, 0, 4);
  await some.advance(0, 5);
  await some.claim(0, 1);
  await some.handle(1, 0, 2);
  expect(some.ended()).toBe(0);
  await some.handle(0, 2, 5);
  expect(some.ended()).toBe(1);
});
