import { POINTS, createReach } from '../../../app/runtime/failpoint.ts';

test.each([
  ['batch:received', 1],
  ['sink:rows-written:3', 3],
])('%s kills at pass %i of its point and at no other', (specification, pass) => {
  let kills = 0;
  const reach = createReach(specification, () => kills++);
  const wanted = POINTS.find((point) => specification.startsWith(point))!;
  for (let i = 1; i <= pass; i++) {
    for (const point of POINTS) if (point !== wanted) reach(point);
    expect(kills).toBe(0);
    reach(wanted);
  }
  expect(kills).toBe(1);
});

test('without a specification nothing happens; an unknown point is an error', () => {
  expect(() => {
    for (const point of POINTS) createReach(undefined)(point);
  }).not.toThrow();
  expect(() => createReach('sink:nowhere')).toThrow('there is no point "sink:nowhere"');
});
