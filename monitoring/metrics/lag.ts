import type { TopicPartition } from '../../schemas/contract/position.ts';

/** Lag of one route in one topic; `seconds` is that of its worst partition, null when nothing is known yet. */
export interface TopicLag {
  readonly route: string;
  readonly topic: string;
  readonly seconds: number | null;
  readonly messages: number;
}

interface PartitionLag {
  readonly topic: string;
  /** Source time (ms) up to which every change of this partition is known to be in the target. */
  provenUntil: number | null;
  /** Nothing has come from this partition yet: `provenUntil` is only the best that can be. */
  assumed: boolean;
  messages: number;
}

interface RouteLag {
  /** Newest source time (ms) that this route has seen in any partition. */
  newest: number | null;
  readonly partitions: Map<string, PartitionLag>;
}

/**
 * How far each route is behind its source, honest on idle partitions too. A connector publishes in commit order, so a
 * change with source time `t` in any partition says that everything before `t` is in Kafka; a partition with nothing left to
 * read is then complete up to `t`. Heartbeats bring such a `t` each second. A dead connector brings none: lag grows.
 */
export class LagTracker {
  private readonly routes = new Map<string, RouteLag>();
  private readonly scheduled = new Set<string>();

  /** The route is run by a schedule: how old what it has is, says nothing. */
  exempt(route: string): void {
    this.scheduled.add(route);
  }

  /**
   * These are the partitions of a route that are read here from now on: the lag of others is told by whoever has them.
   * `sourceTime` is what the route's stored positions had passed.
   */
  assigned(route: string, partitions: readonly TopicPartition[], sourceTime: number | null): void {
    const lag = this.route(route);
    lag.newest = newer(lag.newest, sourceTime);
    const kept = new Set(partitions.map(keyOf));
    for (const key of lag.partitions.keys()) if (!kept.has(key)) lag.partitions.delete(key);
  }

  /** A batch is committed; `sourceTime` is that of its newest change. */
  applied(route: string, partition: TopicPartition, sourceTime: number | null): void {
    const lag = this.route(route);
    lag.newest = newer(lag.newest, sourceTime);
    const state = partitionOf(lag, partition);
    if (sourceTime === null) return;
    state.provenUntil = state.assumed ? sourceTime : newer(state.provenUntil, sourceTime);
    state.assumed = false;
  }

  /** `messages` offsets of a partition are not read yet; measured at `now` (ms). */
  measured(route: string, partition: TopicPartition, messages: number, now: number): void {
    const lag = this.route(route);
    const state = partitionOf(lag, partition);
    state.messages = messages;
    if (messages <= 0) {
      state.provenUntil = newer(state.provenUntil, lag.newest);
      state.assumed = false;
    } else if (state.provenUntil === null) {
      // Behind, and nothing known of the past: the least that can be said, until its first batch tells.
      state.provenUntil = lag.newest ?? now;
      state.assumed = true;
    }
  }

  /** `now` in milliseconds since the epoch, by a clock that agrees with the source's. */
  topics(now: number): readonly TopicLag[] {
    return [...this.routes].flatMap(([route, lag]) => {
      if (this.scheduled.has(route)) return [];
      const topics = new Map<string, { seconds: number | null; messages: number }>();
      for (const partition of lag.partitions.values()) {
        const until = partition.provenUntil;
        // Not clamped: a negative lag shows that two clocks disagree.
        const seconds = until === null ? null : (now - until) / 1_000;
        const topic = topics.get(partition.topic) ?? { seconds: null, messages: 0 };
        topic.seconds = newer(topic.seconds, seconds);
        topic.messages += partition.messages;
        topics.set(partition.topic, topic);
      }
      return [...topics].map(([topic, { seconds, messages }]) => ({ route, topic, seconds, messages }));
    });
  }

  private route(name: string): RouteLag {
    let lag = this.routes.get(name);
    if (lag === undefined) {
      lag = { newest: null, partitions: new Map() };
      this.routes.set(name, lag);
    }
    return lag;
  }
}

function partitionOf(lag: RouteLag, partition: TopicPartition): PartitionLag {
  const key = keyOf(partition);
  let state = lag.partitions.get(key);
  if (state === undefined) {
    state = { topic: partition.topic, provenUntil: null, assumed: false, messages: 0 };
    lag.partitions.set(key, state);
  }
  return state;
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}\n${partition.toString()}`;
}

/** The greater of two times or durations; null is less than any. */
function newer(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
