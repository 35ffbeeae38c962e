import { heldRanges } from '../../connectors/kafka/held-range.ts';
import type { TopicReader } from '../../connectors/kafka/topics.ts';
import { offsetGap } from '../../monitoring/consistency/fence.ts';
import type { Sink, StoredPosition } from '../../schemas/contract/ports.ts';
import { isSnapshotRead } from '../../schemas/contract/position.ts';
import type { PartitionRange, Version } from '../../schemas/contract/position.ts';
import type { Route } from './routes.ts';

/** More than so many seconds behind, the cuts are taken in larger steps. */
const MOST_MARKS = 256;

/** A place in the history of the source, and what the topics held when the route had passed it in its heartbeats. */
interface Mark {
  readonly cut: Version;
  readonly ends: ReadonlyMap<string, readonly PartitionRange[]>;
}

/**
 * Finds cuts: places in the history of the source up to which the route has applied everything, in all of its
 * partitions, so that what a transaction has written before is there as a whole. A heartbeat that the route has passed
 * names a place; the connector publishes in order, so that all before it is in Kafka when the ends of the topics are
 * asked for after that, and is applied once the route has passed these ends. While a route is behind, the cuts follow it.
 */
export class Cuts {
  #marks: readonly Mark[] = [];
  #newest: Version | null = null;

  constructor(
    private readonly route: Route,
    private readonly sink: Pick<Sink, 'positions'>,
    private readonly reader: Pick<TopicReader, 'list' | 'ranges'>,
  ) {}

  /** The newest cut by now; null when no heartbeat is passed yet. It never goes back. */
  async newest(): Promise<Version | null> {
    const before = await this.sink.positions(this.route.name);
    const marked = await this.#mark(before);
    const positions = marked ? await this.sink.positions(this.route.name) : before;
    const passed = this.#marks.findLastIndex(({ ends }) => offsetGap(ends, positions) === null);
    const mark = this.#marks[passed];
    if (mark !== undefined) {
      this.#newest = mark.cut;
      this.#marks = this.#marks.slice(passed + 1);
    }
    return this.#newest;
  }

  /** Whether there is a new mark. */
  async #mark(positions: readonly StoredPosition[]): Promise<boolean> {
    const cut = newestHeartbeat(this.route, positions);
    const last = this.#marks.at(-1)?.cut ?? this.#newest;
    if (cut === null || (last !== null && cut <= last)) return false;
    const topics = (await this.reader.list()).filter(this.route.accepts);
    const ends = await heldRanges(this.reader, topics);
    const kept = this.#marks.length < MOST_MARKS ? this.#marks : this.#marks.filter((_, at) => at % 2 === 0);
    this.#marks = [...kept, { cut, ends }];
    return true;
  }
}

/** One that a snapshot has read proves nothing: rows of other tables may be read after it. */
function newestHeartbeat({ heartbeatTopic }: Route, positions: readonly StoredPosition[]): Version | null {
  return positions
    .filter(({ topic }) => topic === heartbeatTopic)
    .reduce<Version | null>(
      (newest, { sourceVersion }) =>
        sourceVersion !== null &&
        !isSnapshotRead(sourceVersion) &&
        (newest === null || sourceVersion > newest)
          ? sourceVersion
          : newest,
      null,
    );
}
