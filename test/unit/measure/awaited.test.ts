import { Awaited, latencyOf, undisturbed } from '../../measure/awaited.ts';
import type { Passage } from '../../measure/awaited.ts';

const passage = (dueAt: number, seenAt: number): Passage => ({ dueAt, seenAt });

test('percentiles of how long each took', () => {
  const passed = Array.from({ length: 100 }, (_, at) => passage(1_000, 1_000 + 100 - at));
  expect(latencyOf(passed)).toEqual({ seen: 100, p50: 51, p95: 96, p99: 100, max: 100 });
  expect(latencyOf([])).toEqual({ seen: 0, p50: 0, p95: 0, p99: 0, max: 0 });
});

test('what waited at some moment of a fault, or soon after, is disturbed', () => {
  const before = passage(0, 99);
  const across = passage(50, 500);
  const soonAfter = passage(110, 120);
  const later = passage(161, 170);
  expect(undisturbed([before, across, soonAfter, later], [100], 60)).toEqual([before, later]);
});

test('what is seen, or will not come, is waited for no longer', () => {
  const awaited = new Awaited();
  for (const id of ['a', 'b', 'c']) awaited.add(id);
  expect(awaited.ids(2)).toEqual(['a', 'b']);
  awaited.seen(['a', 'unknown']);
  awaited.forget(['b']);
  expect([awaited.ids(9), awaited.waiting, awaited.passed().length]).toEqual([['c'], 1, 1]);
});
