import { runOpenLoop } from '../../../stack/demo/activity/open-loop.ts';

const never = new AbortController().signal;

test('starts are due by the clock, however late earlier ones are', async () => {
  const begun = performance.now();
  const dues: number[] = [];
  const lateness: number[] = [];
  let first = true;
  const started = await runOpenLoop({
    rate: 200,
    count: 30,
    signal: never,
    start: (_index, dueMs) => {
      dues.push(dueMs);
      lateness.push(performance.now() - dueMs);
      // The first start holds the loop back for as long as eight more would take.
      if (first) while (performance.now() < begun + 40);
      first = false;
    },
  });
  expect(started).toBe(30);
  for (const [index, due] of dues.entries()) expect(due - dues[0]!).toBeCloseTo(index * 5, 3);
  for (const late of lateness) expect(late).toBeGreaterThan(-1.5);
  expect(lateness[1]).toBeGreaterThan(20);
  expect(performance.now() - begun).toBeGreaterThan(140);
});

test('an abort ends the wait for the next start', async () => {
  const stop = new AbortController();
  const started = await runOpenLoop({
    rate: 0.01,
    count: Number.POSITIVE_INFINITY,
    signal: stop.signal,
    start: () => {
      queueMicrotask(() => {
        stop.abort();
      });
    },
  });
  expect(started).toBe(1);
});

test('nothing starts after an abort', async () => {
  const start = () => {
    throw new Error('started');
  };
  expect(await runOpenLoop({ rate: 10, count: 5, signal: AbortSignal.abort(), start })).toBe(0);
});

test('what start throws ends the loop', async () => {
  const start = () => Promise.reject(new Error('broken'));
  await expect(runOpenLoop({ rate: 1_000, count: 5, signal: never, start })).rejects.toThrow('broken');
});

test.each([0, -1, Number.NaN])('a rate of %p is refused', async (rate) => {
  await expect(runOpenLoop({ rate, count: 1, signal: never, start: () => undefined })).rejects.toThrow(
    RangeError,
  );
});
