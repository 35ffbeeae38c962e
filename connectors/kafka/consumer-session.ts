import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, ConsumerGroupJoinEvent, EachBatchPayload } from 'kafkajs';
import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import { groupBy } from '../../schemas/contract/grouping.ts';
import { nextOffset, offsetOf } from '../../schemas/contract/position.ts';
import type { Offset, TopicPartition } from '../../schemas/contract/position.ts';
import type { BatchHandler, Claim, SessionEnd } from '../../schemas/contract/ports.ts';
import { forEachAtOnce } from './at-once.ts';
import { refusedMember } from './group-members.ts';
import { assertHeld, assertSameTopic, heldRanges, rangeOf } from './held-range.ts';
import { fetchedOffsetOf, recordOf } from './raw-record.ts';
import type { TopicReader } from './topics.ts';

export interface SessionOptions {
  readonly consumer: Consumer;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly reader: TopicReader;
  readonly handler: BatchHandler;
  readonly partitionsAtOnce: number;
  readonly heartbeatMs: number;
  readonly onLag: (partition: TopicPartition, messages: number) => void;
}

/** For leaving the group, once no batch is in hand. */
const CLOSE_MS = 3_000;

/** A partition that this member owns, and the offset that the next batch must begin at. */
interface Owned {
  claim: Claim;
  expected: Offset;
  /** Set while a batch is with the handler. */
  busy: boolean;
  /** The handler wants no more of it. */
  held: boolean;
}

/**
 * One life of a kafkajs consumer. kafkajs begins to fetch at the group's committed offsets as soon as it has joined,
 * and where an offset is out of range it resets by itself and goes on. Neither may happen here, hence three rules:
 * partitions are paused on joining until the route has claimed them and the consumer has been sent to the claimed
 * position; a batch that does not begin exactly there is not delivered; and the range that the broker still holds is
 * compared with the position, never trusted to an exception.
 */
export class ConsumerSession {
  readonly #options: SessionOptions;
  readonly #owned = new Map<string, Owned>();
  readonly #batches = new Set<Promise<void>>();
  readonly #abort = new AbortController();
  readonly #ended: Promise<SessionEnd>;
  #resolveEnd!: (reason: SessionEnd) => void;
  #rejectEnd!: (error: Error) => void;
  #generation = 0;
  #lastProgress = Date.now();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#ended = new Promise((resolve, reject) => {
      this.#resolveEnd = resolve;
      this.#rejectEnd = reject;
    });
    this.#ended.catch(() => undefined); // it may fail before run() waits for it
  }

  /** Runs until {@link end} or {@link fail}. The batch in hand is finished, or given up at its next retry. */
  async run(): Promise<SessionEnd> {
    const { consumer, topics, partitionsAtOnce } = this.#options;
    consumer.on(consumer.events.GROUP_JOIN, (event) => {
      this.#onJoin(event);
    });
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.#onEmptyBatch(payload, offsetOf(payload.lastOffset));
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      const { error } = payload;
      this.fail(
        refusedMember(this.#options.groupId, error) ??
          asCounterfoilError(error, 'KAFKA_UNAVAILABLE', `the consumer failed: ${error.message}`),
      );
    });
    const start = async () => {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: partitionsAtOnce,
        eachBatch: (payload) => this.#inHand(this.#onBatch(payload)),
      });
      return this.#ended;
    };
    try {
      // A group that is rebalancing may let a member wait for a minute until it has joined.
      return await Promise.race([start(), this.#ended]);
    } catch (error) {
      throw asCounterfoilError(error, 'KAFKA_UNAVAILABLE', 'the consumer could not start');
    } finally {
      await this.#close();
    }
  }

  /** A consumer that has stopped silently may not end either: it is left to itself, and what it still hands out is refused. */
  async #close(): Promise<void> {
    this.#abort.abort();
    const gone = this.#options.consumer.disconnect().catch(() => undefined);
    await Promise.allSettled(this.#batches);
    await Promise.race([gone, sleep(CLOSE_MS, undefined, { ref: false })]);
  }

  /** Counts a batch as in hand until the work is done. */
  #inHand(work: Promise<void>): Promise<void> {
    const batch = work.finally(() => this.#batches.delete(batch));
    this.#batches.add(batch);
    return batch;
  }

  end(reason: SessionEnd): void {
    this.#abort.abort();
    this.#resolveEnd(reason);
  }

  fail(error: Error): void {
    this.#abort.abort();
    this.#rejectEnd(error);
  }

  #isOver(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Milliseconds without progress while there was something to read and nothing was with the handler; else 0. */
  stalledFor(lag: number): number {
    const busy = [...this.#owned.values()].some((owned) => owned.busy);
    if (busy || lag === 0) this.#lastProgress = Date.now();
    return Date.now() - this.#lastProgress;
  }

  /** Compares positions with what the broker holds: reports lag, and fails the session when records are gone. */
  async measureLag(): Promise<number> {
    let total = 0n;
    await forEachAtOnce(
      groupBy(this.#owned.values(), ({ claim }) => claim.topic),
      async ([topic, owned]) => {
        // Before the question: what is read while it is answered would seem to lie behind the end.
        const before = owned
          .filter(({ held }) => !held)
          .map((partition) => ({
            partition,
            expected: partition.expected,
            busy: partition.busy,
          }));
        const ranges = await this.#options.reader.ranges(topic);
        for (const { partition, expected, busy } of before) {
          const range = rangeOf(ranges, partition.claim);
          // A batch in hand may hold what the broker no longer has.
          const unmoved = !busy && !partition.busy && partition.expected === expected;
          if (unmoved) assertHeld(partition.claim, expected, range);
          const lag = range.high > partition.expected ? range.high - partition.expected : 0n;
          total += lag;
          this.#options.onLag(partition.claim, Number(lag));
        }
      },
    );
    return Number(total);
  }

  /** Runs before the first fetch of a generation, synchronously: nothing is read until the claims are in. */
  #onJoin({ payload }: ConsumerGroupJoinEvent): void {
    // It was still on its way into the group at the end, and must not keep partitions from others.
    if (this.#isOver()) {
      this.#options.consumer.disconnect().catch(() => undefined);
      return;
    }
    const generation = ++this.#generation;
    const assigned = Object.entries(payload.memberAssignment).map(([topic, partitions]) => ({
      topic,
      partitions,
    }));
    this.#owned.clear();
    this.#options.consumer.pause(assigned);
    this.#claim(assigned, generation).catch((error: unknown) => {
      if (generation !== this.#generation || this.#isOver()) return;
      this.fail(asCounterfoilError(error, 'INTERNAL', 'partitions could not be claimed'));
    });
  }

  async #claim(
    assigned: readonly { topic: string; partitions: number[] }[],
    generation: number,
  ): Promise<void> {
    const { consumer, handler, reader } = this.#options;
    const partitions = assigned.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    );
    const claims = await handler.claim(partitions, this.#abort.signal);
    const ranges = await heldRanges(
      reader,
      assigned.map(({ topic }) => topic),
    );
    await forEachAtOnce(claims, (claim) =>
      assertSameTopic(claim, rangeOf(ranges.get(claim.topic) ?? [], claim), reader),
    );
    if (generation !== this.#generation || this.#isOver()) return;
    for (const claim of claims) {
      const range = rangeOf(ranges.get(claim.topic) ?? [], claim);
      const expected = claim.next ?? range.low;
      assertHeld(claim, expected, range);
      this.#owned.set(keyOf(claim), { claim, expected, busy: false, held: false });
      consumer.seek({ topic: claim.topic, partition: claim.partition, offset: expected.toString() });
    }
    this.#lastProgress = Date.now();
    consumer.resume([...assigned]);
  }

  async #onBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const owned = this.#owned.get(keyOf(batch));
    if (!owned || owned.held || this.#isOver() || payload.isStale()) return;
    const first = fetchedOffsetOf(batch);
    if (first !== owned.expected) {
      await this.#resume(owned);
      return;
    }
    const next = nextOffset(offsetOf(batch.lastOffset()));
    const beat = setInterval(() => {
      // A rebalance is noticed by kafkajs itself after the batch; the fence in the target makes late work harmless.
      payload.heartbeat().catch(() => undefined);
    }, this.#options.heartbeatMs);
    owned.busy = true;
    try {
      const records = batch.messages.map((message) => recordOf(batch, message));
      const reached = await this.#options.handler.handle(
        { topic: batch.topic, partition: batch.partition, first, next, records },
        owned.claim,
        this.#abort.signal,
      );
      owned.expected = reached;
      this.#lastProgress = Date.now();
      if (reached === next) this.#resolve(payload, next);
      else this.#hold(owned);
    } catch (error) {
      if (!this.#isOver())
        this.fail(asCounterfoilError(error, 'INTERNAL', `a batch of ${batch.topic} failed`));
    } finally {
      owned.busy = false;
      clearInterval(beat);
    }
  }

  #hold(owned: Owned): void {
    const { topic, partition } = owned.claim;
    owned.held = true;
    this.#options.consumer.pause([{ topic, partitions: [partition] }]);
  }

  /** The group's own offset is written for the sake of lag tools alone: nothing here ever reads it. */
  #resolve(payload: EachBatchPayload, next: Offset): void {
    const { topic, partition, messages } = payload.batch;
    const last = messages.at(-1);
    if (last) payload.resolveOffset(last.offset);
    payload
      .commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: next.toString() }] }] })
      .catch(() => undefined);
  }

  /** A batch of transaction markers or aborted records: kafkajs skips it silently, and so would the position be left behind. */
  #onEmptyBatch(at: TopicPartition, last: Offset): void {
    const owned = this.#owned.get(keyOf(at));
    if (!owned || owned.held || last < owned.expected) return;
    owned.expected = nextOffset(last);
    this.#options.handler.advance(owned.claim, owned.expected, this.#abort.signal).catch((error: unknown) => {
      if (!this.#isOver())
        this.fail(asCounterfoilError(error, 'INTERNAL', `the position of ${at.topic} failed`));
    });
  }

  /** The consumer is somewhere else than the route: back to the route's position, unless that is gone. */
  async #resume(owned: Owned): Promise<void> {
    const { claim, expected } = owned;
    try {
      assertHeld(claim, expected, rangeOf(await this.#options.reader.ranges(claim.topic), claim));
      this.#options.consumer.seek({
        topic: claim.topic,
        partition: claim.partition,
        offset: expected.toString(),
      });
    } catch (error) {
      this.fail(asCounterfoilError(error, 'INTERNAL', `${claim.topic} could not be read on`));
    }
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
