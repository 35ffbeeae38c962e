import { forEachAtOnce } from '../../../../connectors/kafka/at-once.ts';

test('all items are worked on, no more at a time than allowed', async () => {
  let [now, most] = [0, 0];
  const done: number[] = [];
  await forEachAtOnce(
    Array.from({ length: 10 }, (_, at) => at),
    async (item) => {
      most = Math.max(most, ++now);
      await Promise.resolve();
      done.push(item);
      now--;
    },
    3,
  );
  expect(done.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(most).toBe(3);
});

test('after a failure nothing more is begun', async () => {
  const begun: number[] = [];
  const work = forEachAtOnce(
    [1, 2, 3, 4, 5, 6],
    async (item) => {
      begun.push(item);
      await Promise.resolve();
      if (item === 2) throw new Error('no answer');
    },
    2,
  );
  await expect(work).rejects.toThrow('no answer');
  expect(begun.length).toBeLessThan(6);
});
