import { textOf } from '../../../app/cli/documents.ts';

const FEED = { feed: 'claim-feed', pending: 0, oldest: null, refused: 0, documents: [] };

test('a feed that has told everything says so in a line', () => {
  expect(textOf(FEED)).toBe('claim-feed: 0 to be told, 0 refused');
});

test('what is not told is counted, with since when the first of it waits', () => {
  const oldest = Date.UTC(2026, 2, 5, 8);
  expect(textOf({ ...FEED, pending: 20, oldest })).toBe(
    'claim-feed: 20 to be told (the first since 2026-03-05T08:00:00.000Z), 0 refused',
  );
});
