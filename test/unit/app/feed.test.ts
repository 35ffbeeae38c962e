import { runFeed } from '../../../app/runtime/feed.ts';
import { CounterfoilError } from '../../../schemas/contract/errors.ts';
import type { Message, MessageBatch, MessageShape } from '../../../schemas/contract/message.ts';
import type { Claim } from '../../../schemas/contract/ports.ts';
import { epochOf, offsetOf, versionOf } from '../../../schemas/contract/position.ts';
import type { Offset } from '../../../schemas/contract/position.ts';
import type { Publication, Publisher } from '../../../schemas/contract/publisher.ts';
import { RowRejectedError } from '../../../schemas/contract/row-rejected.ts';
import type { TelemetryEvent } from '../../../schemas/contract/telemetry.ts';
import type { FeedStore, QueuedMessage } from '../../../schemas/feed/store.ts';
import { rowKeyOf } from '../../../schemas/contract/cell.ts';

const shape: MessageShape = {
  table: { id: { namespace: 'documents', name: 'claim' }, columns: [], key: ['id'] },
  ...{ version: '1', about: '', columns: {}, nested: {} },
};
const version = versionOf('1'.padStart(32, '0'));

function queued(id: number): QueuedMessage {
  const message: Message = { shape, key: rowKeyOf([id]), keyCells: [id], version, body: null };
  return { document: 'claim', key: [String(id)], message, fault: null };
}

/** A feed whose outbox holds these documents, one place each, and who is told of them. */
class Bench {
  readonly stop = new AbortController();
  readonly published: string[][] = [];
  readonly refused: string[] = [];
  readonly events: TelemetryEvent[] = [];
  settledTo: Offset | null = null;
  claims = 0;
  outbox: { at: number; queued: QueuedMessage }[];
  publish: (batch: MessageBatch) => Promise<void> = () => Promise.resolve();
  beyond: Publication | null = null;
  holds = true;

  constructor(...ids: readonly number[]) {
    this.outbox = ids.map((id, at) => ({ at, queued: queued(id) }));
  }

  readonly store = {
    prepare: () => Promise.resolve(),
    watch: () => Promise.resolve(true),
    hold: () => Promise.resolve(this.holds),
    claim: (): Promise<Claim> =>
      Promise.resolve({
        ...{ route: 'feed', topic: 'oa.beat', partition: 0, epoch: epochOf(++this.claims) },
        ...{ next: this.settledTo, recordTime: null },
      }),
    isPending: () => Promise.resolve(this.outbox.length > 0),
    queue: () => Promise.resolve({ documents: 0, queued: 0 }),
    oldest: () => {
      const last = this.outbox.at(-1);
      if (last === undefined) {
        this.stop.abort();
        return Promise.resolve(null);
      }
      return Promise.resolve({ queued: this.outbox.map((each) => each.queued), next: offsetOf(last.at + 1) });
    },
    settle: (claim: Claim, next: Offset) => {
      this.settledTo = next;
      this.outbox = this.outbox.filter(({ at }) => at >= Number(next));
      return Promise.resolve({ ...claim, next });
    },
    refuse: (refusals) => {
      this.refused.push(...refusals.map(({ key, error }) => `${key.join()} ${error.message}`));
      this.outbox = this.outbox.filter((each) => !refusals.some(({ key }) => key === each.queued.key));
      return Promise.resolve();
    },
    summary: () => Promise.resolve({ pending: this.outbox.length, oldest: null, refused: 0 }),
  } satisfies Partial<FeedStore> as unknown as FeedStore;

  readonly publisher = {
    prepare: () => Promise.resolve(),
    ensure: () => Promise.resolve(),
    claim: () => Promise.resolve(this.beyond === null ? [] : [this.beyond]),
    publish: async (batch: MessageBatch) => {
      await this.publish(batch);
      this.published.push(batch.messages.map(({ key }) => key));
    },
  } satisfies Partial<Publisher> as unknown as Publisher;

  run(): Promise<void> {
    return runFeed({
      ...{
        name: 'feed',
        place: { topic: 'oa.beat', partition: 0 },
        store: this.store,
        publisher: this.publisher,
        reach: () => undefined,
      },
      cuts: { newest: () => Promise.resolve(version) },
      telemetry: { emit: (event) => this.events.push(event) },
      signal: this.stop.signal,
    });
  }
}

test('what is queued is published, and the position is behind it', async () => {
  const bench = new Bench(7, 8);
  await bench.run();
  expect(bench.published).toEqual([['["7"]', '["8"]']]);
  expect(bench.settledTo).toBe(offsetOf(2));
  expect(bench.events).toContainEqual({ type: 'documents-told', feed: 'feed', told: 2, refused: 0 });
});

test('what the receiver refuses is set aside before the others are published', async () => {
  const bench = new Bench(7, 8, 9);
  const error = new CounterfoilError('ROW_REJECTED', 'is too large');
  bench.publish = ({ messages }) => {
    expect(bench.published).toEqual([]);
    const refused = messages.filter(({ key }) => key === '["8"]');
    if (refused.length === 0) return Promise.resolve();
    return Promise.reject(
      new RowRejectedError(refused.map(({ key }) => ({ table: shape.table, key, version, error }))),
    );
  };
  await bench.run();
  expect(bench.refused).toEqual(['8 is too large']);
  expect(bench.published).toEqual([['["7"]', '["9"]']]);
});

test('what has a fault of its own is set aside before anything is published', async () => {
  const bench = new Bench(7, 8, 9);
  const fault = new CounterfoilError('ROW_REJECTED', 'does not balance');
  bench.outbox[1]!.queued = { ...queued(8), fault };
  await bench.run();
  expect(bench.refused).toEqual(['8 does not balance']);
  expect(bench.published).toEqual([['["7"]', '["9"]']]);
});

test('after a failure the receiver is asked how far it has come, and that is not published again', async () => {
  const bench = new Bench(7, 8);
  let failed = false;
  bench.publish = (batch) => {
    if (failed) return Promise.resolve();
    failed = true;
    // It had both, and nobody heard of it; then one more was queued.
    bench.beyond = {
      ...{ topic: 'oa.beat', partition: 0, next: batch.next },
      ...{ sourceVersion: null, sourceTime: null, recordTime: null, watermark: null },
    };
    bench.outbox.push({ at: 2, queued: queued(9) });
    return Promise.reject(new CounterfoilError('KAFKA_UNAVAILABLE', 'no answer'));
  };
  await bench.run();
  expect(bench.published).toEqual([['["9"]']]);
  expect(bench.claims).toBe(2);
});

test('one that another process has fenced waits, and goes on when it may', async () => {
  const bench = new Bench(7);
  let fenced = 0;
  bench.publish = () => {
    fenced += 1;
    return fenced > 1
      ? Promise.resolve()
      : Promise.reject(new CounterfoilError('STALE_WRITER', 'claimed by another process'));
  };
  await bench.run();
  expect(bench.published).toEqual([['["7"]']]);
  expect(bench.events).toContainEqual(expect.objectContaining({ type: 'route-retry', code: 'STALE_WRITER' }));
});
