import { contentHash } from '../../../../schemas/dsl/content-hash.ts';

test('the order of properties does not count, that of list items does', () => {
  expect(contentHash({ a: 1, b: { c: [1, 2], d: null } })).toBe(
    contentHash({ b: { d: null, c: [1, 2] }, a: 1 }),
  );
  expect(contentHash([1, 2])).not.toBe(contentHash([2, 1]));
});

test('a property that is not there and one that is undefined are the same', () => {
  expect(contentHash({ a: 1, b: undefined })).toBe(contentHash({ a: 1 }));
  expect(contentHash({ a: null })).not.toBe(contentHash({}));
});

test.each<[unknown, unknown]>([
  [1, 1n],
  [1, '1'],
  ['a,b', ['a', 'b']],
  [{ a: 'b' }, { 'a:b': '' }],
  [true, 'true'],
])('%p and %p are different', (a, b) => {
  expect(contentHash(a)).not.toBe(contentHash(b));
});
