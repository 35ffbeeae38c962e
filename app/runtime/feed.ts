import { runRounds } from '../../processors/pipeline/rounds.ts';
import type { Rounds } from '../../processors/pipeline/rounds.ts';
import { telling } from '../../processors/pipeline/route-state.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Claim } from '../../schemas/contract/ports.ts';
import { compareVersions, offsetOf } from '../../schemas/contract/position.ts';
import type { TopicPartition } from '../../schemas/contract/position.ts';
import type { Publisher } from '../../schemas/contract/publisher.ts';
import { RowRejectedError } from '../../schemas/contract/row-rejected.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import type {
  FeedPoint,
  FeedStore,
  QueuedMessage,
  QueuedMessages,
  Refusal,
} from '../../schemas/feed/store.ts';
import type { Cuts } from './posting-cut.ts';

const POLL_MS = 250;
/** How often tables and metrics are seen to. */
const SURVEY_INTERVAL_MS = 2_000;

export interface FeedOptions {
  readonly name: string;
  /** A partition that exists; see {@link FeedStore.claim}. */
  readonly place: TopicPartition;
  readonly store: FeedStore;
  readonly cuts: Pick<Cuts, 'newest'>;
  readonly publisher: Publisher;
  readonly telemetry: Telemetry;
  readonly reach: (point: FeedPoint) => void;
  readonly signal: AbortSignal;
}

/** Tells whole documents until `signal` aborts. One that fails for good stays stopped, and says why. */
export async function runFeed(options: FeedOptions): Promise<void> {
  const { name, telemetry, signal } = options;
  await telling({ telemetry, name, signal, failure: 'the feed failed' }, (states) =>
    runRounds(new Feed(options), {
      ...{ states, signal, pauseMs: POLL_MS },
      // Whom another process has fenced waits until that one has gone.
      retriable: ({ code, disposition }) => disposition === 'retry' || code === 'STALE_WRITER',
    }),
  );
}

/**
 * Queues documents as they come whole, and tells what is queued. Of several processes one does both; what keeps it from
 * telling anything twice, or in another order, is its claim.
 */
class Feed implements Rounds {
  readonly #options: FeedOptions;
  #claimed: Claim | null = null;
  #surveyedAt = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  async prepare(): Promise<void> {
    const { store, publisher } = this.#options;
    // A failure leaves open how far the receiver has come: it is asked again.
    this.#claimed = null;
    await store.prepare();
    await publisher.prepare();
  }

  async round(): Promise<void> {
    const { store } = this.#options;
    await this.#survey();
    if (!((await store.isPending()) && (await store.hold()))) return;
    this.#claimed ??= await this.#claim();
    this.#claimed = await this.#tellAll(this.#claimed);
  }

  async #claim(): Promise<Claim> {
    const { place, store, publisher } = this.#options;
    const claim = await store.claim(place);
    const [published] = await publisher.claim([claim]);
    return published === undefined ? claim : store.settle(claim, published.next);
  }

  async #tellAll(claimed: Claim): Promise<Claim> {
    const { store, cuts, signal } = this.#options;
    const cut = await cuts.newest();
    let claim = claimed;
    for (let looked = 1; looked > 0 && !signal.aborted;) {
      looked = cut === null ? 0 : (await store.queue(cut)).documents;
      claim = await this.#tellQueued(claim);
      await this.#survey();
    }
    return claim;
  }

  async #tellQueued(claimed: Claim): Promise<Claim> {
    const { name, store, telemetry, reach, signal } = this.#options;
    let claim = claimed;
    for (let batch = await store.oldest(); batch !== null && !signal.aborted; batch = await store.oldest()) {
      const refusals = await this.#publish(claim, batch);
      const told = refusals.length === 0 ? batch.queued.length : 0;
      // First, for what is before the position counts as told.
      if (refusals.length > 0) await store.refuse(refusals);
      else {
        reach('feed:published');
        claim = await store.settle(claim, batch.next);
        reach('feed:settled');
      }
      telemetry.emit({ type: 'documents-told', feed: name, told, refused: refusals.length });
    }
    return claim;
  }

  /** All of the batch; or nothing, and the documents that the receiver refuses. */
  async #publish(claim: Claim, { queued, next }: QueuedMessages): Promise<readonly Refusal[]> {
    const { publisher } = this.#options;
    const faulty = queued.flatMap(({ fault, ...each }) =>
      fault === null ? [] : [{ ...each, error: fault }],
    );
    if (faulty.length > 0) return faulty;
    const messages = queued.map(({ message }) => message);
    for (const shape of new Set(messages.map((message) => message.shape))) await publisher.ensure(shape);
    const [newest = null] = messages.map(({ version }) => version).sort((a, b) => compareVersions(b, a));
    const unknown = { sourceTime: null, recordTime: null, watermark: null };
    const first = claim.next ?? offsetOf(0);
    try {
      await publisher.publish({ ...unknown, claim, first, next, sourceVersion: newest, messages });
      return [];
    } catch (error) {
      if (error instanceof RowRejectedError) return refusalsOf(error, queued);
      throw error;
    }
  }

  async #survey(): Promise<void> {
    const { name, store, telemetry } = this.#options;
    if (Date.now() - this.#surveyedAt < SURVEY_INTERVAL_MS) return;
    // The route makes the tables when their first rows come.
    await store.watch();
    telemetry.emit({ type: 'documents-untold', feed: name, ...(await store.summary()) });
    this.#surveyedAt = Date.now();
  }
}

function refusalsOf({ rejections }: RowRejectedError, queued: readonly QueuedMessage[]): readonly Refusal[] {
  return rejections.map(({ table, key, error }) => {
    const refused = queued.find(
      ({ message }) =>
        message.key === key &&
        message.shape.table.id.namespace === table.id.namespace &&
        message.shape.table.id.name === table.id.name,
    );
    if (refused === undefined) throw new CounterfoilError('INTERNAL', 'what was refused was not sent');
    return { ...refused, error };
  });
}
