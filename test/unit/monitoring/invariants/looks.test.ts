import { Looks } from '../../../../monitoring/invariants/looks.ts';

const off = (key: string, measures = '1 2 1 1') => ({ key: [key], measures });

test('a group counts once it was off by the same measures for long enough', () => {
  const looks = new Looks(1_000);
  expect(looks.look([off('a'), off('b')], 0)).toMatchObject({ broken: [], unsettled: [{}, {}] });
  expect(looks.isInDoubt).toBe(true);
  expect(looks.look([off('a'), off('b', '2 2 1 1')], 1_000)).toEqual({
    broken: [off('a')],
    unsettled: [off('b', '2 2 1 1')],
  });
  expect(looks.look([off('b', '2 2 1 1')], 1_999)).toMatchObject({ broken: [], unsettled: [{}] });
  expect(looks.look([off('b', '2 2 1 1')], 2_000)).toMatchObject({ broken: [{}], unsettled: [] });
});

test('what is off again later has to be so for as long', () => {
  const looks = new Looks(1_000);
  looks.look([off('a')], 0);
  looks.look([], 500);
  expect(looks.isInDoubt).toBe(false);
  expect(looks.look([off('a')], 1_500)).toMatchObject({ broken: [], unsettled: [{}] });
});

test('keys that look alike are not the same', () => {
  const looks = new Looks(0);
  const found = looks.look(
    [
      { key: ['a', 'b'], measures: '' },
      { key: ['a","b', null], measures: '' },
    ],
    0,
  );
  expect(found.broken).toHaveLength(2);
});
