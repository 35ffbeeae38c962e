import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { TopicPartition } from '../../schemas/contract/position.ts';
import type { Connector } from './column-facts.ts';

/** What decoding must be told about a captured system. */
export interface SourceSettings {
  readonly connector: Connector;
  /** Raised by one when the source's log starts again or goes back (another server, RESET MASTER, a restore). */
  readonly era: number;
  /**
   * When this era began, milliseconds since the epoch by Kafka's timestamps: records before it belong to the era before.
   * So a replay of the old history stays older than the new one. Null: all records belong to this era.
   */
  readonly eraSince?: number | null;
  /** The topic in which the connector tells where transactions begin and end; without one nothing is known of them. */
  readonly transactionTopic?: string;
}

export function eraAt({ era, eraSince }: SourceSettings, timestamp: number): number {
  return eraSince == null || timestamp >= eraSince ? era : Math.max(0, era - 1);
}

/** A topic's system, and what was seen in its partitions. */
export interface TopicSource extends SourceSettings {
  /** The connector's topic prefix. */
  readonly name: string;
  /** By partition: first part of the version of the snapshot read last (PostgreSQL). */
  readonly floors: bigint[];
}

/** Finds the captured system of a topic by the topic's prefix. */
export class TopicSources {
  readonly #settings: ReadonlyMap<string, SourceSettings>;
  readonly #topics = new Map<string, TopicSource>();

  readonly #boundaries = new Map<string, Connector>();

  constructor(settings: ReadonlyMap<string, SourceSettings>) {
    this.#settings = settings;
    for (const { connector, transactionTopic } of settings.values())
      if (transactionTopic !== undefined) this.#boundaries.set(transactionTopic, connector);
  }

  /** Throws CounterfoilError UNSUPPORTED_SCHEMA for a topic of no known system, or of another kind of connector. */
  of(topic: string, connector: Connector): TopicSource {
    const source = this.#topics.get(topic) ?? this.#find(topic);
    if (source === undefined) {
      throw new CounterfoilError(
        'UNSUPPORTED_SCHEMA',
        'the topic begins with the name of no configured source',
        {
          remedy: 'Name the source as its connector names it (topic.prefix).',
        },
      );
    }
    if (source.connector !== connector) {
      throw new CounterfoilError(
        'UNSUPPORTED_SCHEMA',
        `the source ${source.name} is configured as ${source.connector}, but its connector is ${connector}`,
      );
    }
    return source;
  }

  /** The kind of connector that fills this topic; null for a topic of no known system. */
  connectorOf(topic: string): Connector | null {
    return (this.#topics.get(topic) ?? this.#find(topic))?.connector ?? null;
  }

  /** The kind of connector that tells of transactions in this topic; null when that is not what the topic is for. */
  boundariesOf(topic: string): Connector | null {
    return this.#boundaries.get(topic) ?? null;
  }

  setFloor({ topic, partition }: TopicPartition, floor: bigint): void {
    const floors = (this.#topics.get(topic) ?? this.#find(topic))?.floors;
    if (floors) floors[partition] = floor;
  }

  #find(topic: string): TopicSource | undefined {
    // The longest name wins: a prefix may itself hold dots.
    const [name] = [...this.#settings.keys()]
      .filter((prefix) => topic.startsWith(`${prefix}.`))
      .sort((a, b) => b.length - a.length);
    const settings = name === undefined ? undefined : this.#settings.get(name);
    if (name === undefined || settings === undefined) return undefined;
    const source: TopicSource = { ...settings, name, floors: [] };
    this.#topics.set(topic, source);
    return source;
  }
}
