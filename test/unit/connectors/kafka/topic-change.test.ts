import { topicChange } from '../../../../connectors/kafka/topic-change.ts';

test('topics that stay as they are are no change', () => {
  const change = topicChange(['a', 'b']);
  expect([0, 2_000, 60_000].map((now) => change.isDue(['a', 'b'], now))).toEqual([false, false, false]);
});

test('a change is due when a second look finds the same', () => {
  const change = topicChange(['a']);
  expect(change.isDue(['a', 'b'], 0)).toBe(false);
  expect(change.isDue(['a', 'b'], 2_000)).toBe(true);
});

test('while every look finds more topics there is nothing to begin anew for, but not for ever', () => {
  const change = topicChange(['a']);
  expect(change.isDue(['a', 'b'], 0)).toBe(false);
  expect(change.isDue(['a', 'b', 'c'], 2_000)).toBe(false);
  expect(change.isDue(['a', 'b', 'c', 'd'], 19_999)).toBe(false);
  expect(change.isDue(['a', 'b', 'c', 'd', 'e'], 20_000)).toBe(true);
});

test('a topic that comes and goes again is no change, and the next one is waited for anew', () => {
  const change = topicChange(['a']);
  expect(change.isDue(['a', 'b'], 0)).toBe(false);
  expect(change.isDue(['a'], 10_000)).toBe(false);
  expect(change.isDue(['a', 'c'], 30_000)).toBe(false);
  expect(change.isDue(['a', 'c'], 32_000)).toBe(true);
});
