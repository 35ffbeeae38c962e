import { RawFeed } from '../../../../../monitoring/consistency/readers/raw-feed.ts';

const ROW = Buffer.alloc(60_000, 49);

/** A feed, and whether its server is kept waiting. */
function subject() {
  const flow = { isPaused: false };
  const feed = new RawFeed('rows', [{ spelling: 'unlike', cell: () => null, normal: () => '' }]).from({
    pause: () => (flow.isPaused = true),
    resume: () => (flow.isPaused = false),
  });
  const row = () => {
    const { filling } = feed;
    filling.reserve(ROW.length);
    ROW.copy(filling.bytes, filling.used);
    const start = filling.used;
    filling.addCell(start, start + ROW.length);
    filling.endRow(start + ROW.length);
    feed.rowTaken();
  };
  return { feed, flow, row };
}

test('the server waits while nobody takes its rows', async () => {
  const { feed, flow, row } = subject();
  for (let at = 0; at < 3; at++) row();
  expect(flow.isPaused).toBe(true);
  expect((await feed.next())?.rows).toBe(3);
  const more = feed.next();
  expect(flow.isPaused).toBe(false);
  row();
  feed.end();
  expect((await more)?.rows).toBe(1);
  expect(await feed.next()).toBeNull();
});

test('a connection is not left waiting when its rows end while they are too many: others are read on it next', async () => {
  const { feed, flow, row } = subject();
  for (let at = 0; at < 3; at++) row();
  feed.end();
  expect(flow.isPaused).toBe(false);
  expect((await feed.next())?.rows).toBe(3);
  expect(await feed.next()).toBeNull();
});
