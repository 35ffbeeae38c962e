import { CounterfoilError } from '../../../../schemas/contract/errors.ts';
import type { DeadLetter, StoredLetter } from '../../../../schemas/contract/dead-letter.ts';
import type { Message, MessageBatch } from '../../../../schemas/contract/message.ts';
import type { Claim, Sink, SinkBatch, StoredPosition } from '../../../../schemas/contract/ports.ts';
import { epochOf, offsetOf } from '../../../../schemas/contract/position.ts';
import type { Offset, Version } from '../../../../schemas/contract/position.ts';
import type { Publication, Publisher } from '../../../../schemas/contract/publisher.ts';
import { createMessageSink } from '../../../../sinks/messages/sink.ts';
import { batch, change, claimAt, shapeOf, upserts } from './claims.ts';

const letter = { key: '["7"]' } as unknown as DeadLetter;
const stored = { route: 'canonical', topic: 't', partition: 0, offset: offsetOf(7) } as StoredLetter;

/** What a keeper and a receiver hold of one partition; `failing` makes the next step of that name fail. */
class Bench {
  readonly log: string[] = [];
  position: Offset | null = null;
  version: Version | null = null;
  published: Publication | null = null;
  sent: Message[] = [];
  letters: readonly DeadLetter[] = [];
  open = true;
  failing: string | null = null;
  #epoch = 0;

  readonly #step = (name: string): void => {
    if (this.failing === name) {
      this.failing = null;
      throw new CounterfoilError('TARGET_UNAVAILABLE', `${name} failed`);
    }
    this.log.push(name);
  };

  readonly #apply = (given: SinkBatch): void => {
    this.#step(given.first === given.next ? 'keep' : 'move');
    this.position = given.next;
    this.version = given.sourceVersion ?? this.version;
    if (given.letters.length > 0) this.letters = given.letters;
  };

  readonly #publish = (given: MessageBatch): void => {
    this.#step('publish');
    if (given.messages.length > 0) this.published = { ...given.claim, ...given };
    this.sent.push(...given.messages);
  };

  get sink(): Sink {
    const { topic, partition, route } = claimAt(null);
    const position = (): StoredPosition[] =>
      this.position === null
        ? []
        : [
            {
              ...{ route, topic, partition, epoch: epochOf(this.#epoch), next: this.position },
              ...{ sourceVersion: this.version, sourceTime: null, watermark: null, accounted: offsetOf(0) },
            },
          ];
    const keeper = {
      claim: () => Promise.resolve([{ ...claimAt(null, ++this.#epoch), next: this.position }]),
      positions: () => Promise.resolve(position()),
      apply: async (given: SinkBatch) => {
        await Promise.resolve();
        this.#apply(given);
        return { withheld: [] };
      },
      rewind: async () => {
        await Promise.resolve();
        this.#step('rewind keeper');
      },
      letters: {
        list: () => Promise.resolve(this.open ? [stored] : []),
        redrive: async () => {
          await Promise.resolve();
          this.#step('close letter');
          this.open = false;
          return { withheld: [] };
        },
      },
    } as unknown as Sink;
    const publisher = {
      claim: ([claim]: readonly Claim[]) =>
        Promise.resolve(
          this.published !== null && this.published.next > (claim?.next ?? 0n) ? [this.published] : [],
        ),
      publish: async (given: MessageBatch) => {
        await Promise.resolve();
        this.#publish(given);
      },
      redrive: async (_: StoredLetter, messages: readonly Message[]) => {
        await Promise.resolve();
        this.#step('publish letter');
        this.sent.push(...messages);
      },
      rewind: async () => {
        await Promise.resolve();
        this.#step('rewind publisher');
      },
    } as unknown as Publisher;
    return createMessageSink({ publisher, keeper, shapeOf });
  }
}

const rows = (place: number) => ({
  upserts: [upserts([[change(place), BigInt(place), 'open', null]])],
  sourceVersion: change(place),
});

test('letters are kept before anything is published, and the position moves after it', async () => {
  const bench = new Bench();
  const { sink } = bench;
  await sink.claim('canonical', [claimAt(null)]);
  await sink.apply(batch(0, 5, { ...rows(1), letters: [letter] }));
  expect(bench.log).toEqual(['keep', 'publish', 'move']);
  expect(bench).toMatchObject({ position: 5n, version: change(1), letters: [letter] });
});

test('what was published before a crash is learnt from the receiver, and not published again', async () => {
  const bench = new Bench();
  await bench.sink.claim('canonical', [claimAt(null)]);
  bench.failing = 'move';
  await expect(bench.sink.apply(batch(0, 5, rows(1)))).rejects.toThrow('move failed');
  expect(bench.position).toBeNull();
  const [claim] = await bench.sink.claim('canonical', [claimAt(null)]);
  expect(claim).toMatchObject({ next: 5n });
  expect(bench).toMatchObject({ position: 5n, version: change(1) });
});

test('a crash before the publication leaves the position where it was, with the letters kept', async () => {
  const bench = new Bench();
  await bench.sink.claim('canonical', [claimAt(null)]);
  bench.failing = 'publish';
  await expect(bench.sink.apply(batch(0, 5, { ...rows(1), letters: [letter] }))).rejects.toThrow(
    'publish failed',
  );
  const [claim] = await bench.sink.claim('canonical', [claimAt(null)]);
  expect(claim?.next ?? 0n).toBe(0n);
  expect(bench.letters).toEqual([letter]);
});

test('what the connector sends again is not published again, unless the position was set back', async () => {
  const bench = new Bench();
  const { sink } = bench;
  await sink.claim('canonical', [claimAt(null)]);
  await sink.apply(batch(0, 5, rows(2)));
  const { withheld } = await sink.apply(batch(5, 6, rows(1)));
  expect(withheld).toMatchObject([{ version: change(1), reason: 'duplicate' }]);
  expect(bench.sent).toHaveLength(1);
  bench.version = null; // as a rewind leaves it
  await sink.claim('canonical', [claimAt(null)]);
  await sink.apply(batch(6, 7, rows(1)));
  expect(bench.sent).toHaveLength(2);
});

test('a rewind forgets publications before positions', async () => {
  const bench = new Bench();
  await bench.sink.rewind('canonical', []);
  expect(bench.log).toEqual(['rewind publisher', 'rewind keeper']);
});

test('a redriven letter is published, then closed; one that is closed is not published', async () => {
  const bench = new Bench();
  const { letters } = bench.sink;
  await letters.redrive(stored, batch(0, 1, rows(1)), 'li');
  expect(bench.log).toEqual(['publish letter', 'close letter']);
  expect(await letters.redrive(stored, batch(0, 1, rows(1)), 'li')).toBeNull();
  expect(bench.sent).toHaveLength(1);
});
