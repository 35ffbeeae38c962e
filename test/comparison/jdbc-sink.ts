import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { createConnectClient } from '../../connectors/debezium/connect-client.ts';
import type { ConnectClient } from '../../connectors/debezium/connect-client.ts';
import { createKafka } from '../../connectors/kafka/client.ts';
import { testStack } from '../support/stack-file.ts';
import type { System } from '../integration/types/mirrors.ts';
import { causeOf } from './task-failure.ts';

/** Settings that every sink has, as the document shows them. */
export const JDBC_SETTINGS: Readonly<Record<string, string>> = {
  'connector.class': 'io.debezium.connector.jdbc.JdbcSinkConnector',
  'tasks.max': '1',
  'insert.mode': 'upsert',
  'delete.enabled': 'true',
  'truncate.enabled': 'true',
  'primary.key.mode': 'record_key',
  'schema.evolution': 'basic',
  'quote.identifiers': 'true',
  'collection.name.format': '${source.table}',
  'errors.tolerance': 'all',
  'errors.deadletterqueue.topic.replication.factor': '1',
  'errors.deadletterqueue.context.headers.enable': 'true',
  'consumer.override.isolation.level': 'read_committed',
  'consumer.override.auto.offset.reset': 'earliest',
  // One record at a time, so that the one at which a task has stopped is known.
  'consumer.override.max.poll.records': '1',
  'connection.pool.min_size': '1',
  'connection.pool.max_size': '2',
  'connection.pool.acquire_increment': '1',
};

/** Sessions in UTC; and no table of another database on the server is taken for its own. */
export const URL_OPTIONS: Readonly<Record<System, string>> = {
  mariadb: '?nullDatabaseMeansCurrent=true&connectionTimeZone=UTC&forceConnectionTimeZoneToSession=true',
  postgres: '?options=-c%20TimeZone=UTC',
};

export interface JdbcSinkOptions {
  readonly name: string;
  readonly topics: readonly string[];
  readonly to: System;
  /** Database that it writes into. */
  readonly database: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/** A task that has stopped. */
export interface Stop {
  /** Of the record at which it did. */
  readonly topic: string;
  /** The innermost cause, without values. */
  readonly cause: string;
  /** Whether the record was skipped after it. */
  readonly skipped: boolean;
}

const POLL_MS = 500;
const RESTART_POLLS = 10;
const STATES = { running: 'RUNNING', failed: 'FAILED' } as const;

/** Debezium's sink for some topics, and the operator who looks after it. */
export class JdbcSink {
  readonly #stops: Stop[] = [];
  readonly #options: JdbcSinkOptions;
  readonly #client: ConnectClient;
  readonly #admin: Admin;

  constructor(options: JdbcSinkOptions, operators: Operators) {
    this.#options = options;
    this.#client = operators.client;
    this.#admin = operators.admin;
  }

  get #group(): string {
    return `connect-${this.#options.name}`;
  }

  async start(): Promise<void> {
    const { name, topics, to, database, settings = {} } = this.#options;
    const { mariadb, postgres } = testStack();
    const { host, port, user, password } = to === 'mariadb' ? mariadb : postgres;
    const kind = to === 'mariadb' ? 'mariadb' : 'postgresql';
    await retried(() =>
      this.#client.put({
        name,
        config: {
          ...JDBC_SETTINGS,
          topics: topics.join(','),
          'connection.url': `jdbc:${kind}://${host}:${port}/${database}${URL_OPTIONS[to]}`,
          'connection.username': user,
          'connection.password': password,
          'errors.deadletterqueue.topic.name': `dlq.${name}`,
          ...settings,
        },
      }),
    );
  }

  async remove(): Promise<void> {
    await retried(() => this.#client.remove(this.#options.name));
  }

  /** How often, and why, its task has stopped at records of a topic. */
  stopsAt(topics: readonly string[]): readonly Stop[] {
    return this.#stops.filter(({ topic }) => topics.includes(topic));
  }

  /**
   * Until it has read everything. A task that has stopped is started again `retries` times at each record; after that
   * the record is skipped, as an operator would who wants the rest.
   */
  async settle({ retries = 0 } = {}): Promise<void> {
    const ends = await this.#ends();
    let [attempts, at] = [0, ''];
    for (;;) {
      if (await this.#hasRead(ends)) return;
      const failure = await this.#failure();
      if (failure === null) {
        await sleep(POLL_MS);
        continue;
      }
      // What was read before is committed when the task ends, which is soon after it says so.
      await sleep(2 * POLL_MS);
      const stuck = this.#stuckAt(await this.#unread(ends), failure);
      if (stuck === undefined) return;
      const place = `${stuck.topic}/${stuck.next}`;
      attempts = place === at ? attempts + 1 : 0;
      at = place;
      const skipped = attempts >= retries;
      this.#stops.push({ topic: stuck.topic, cause: causeOf(failure), skipped });
      if (skipped) await this.#skip(stuck);
      await retried(() => this.#client.restart(this.#options.name, 'failed'));
      await this.#untilRestarted();
    }
  }

  /** A task may fail again so soon that it is never seen to run. */
  async #untilRestarted(): Promise<void> {
    for (let polls = 0; polls < RESTART_POLLS && (await this.isStopped()); polls += 1) await sleep(POLL_MS);
  }

  async isStopped(): Promise<boolean> {
    return (await this.#failure()) !== null;
  }

  /** Resolves when everything is read or the task has stopped. */
  async untilReadOrStopped(): Promise<void> {
    const ends = await this.#ends();
    while (!(await this.#hasRead(ends)) && !(await this.isStopped())) await sleep(POLL_MS);
  }

  async #skip({ topic, next }: Unread): Promise<void> {
    const offset = next + 1n;
    const partitions = [{ partition: 0, offset: offset.toString() }];
    await retried(() => this.#admin.setOffsets({ groupId: this.#group, topic, partitions }));
  }

  async #hasRead(ends: Ends): Promise<boolean> {
    return (await this.#taskState()) === STATES.running && (await this.#unread(ends)).length === 0;
  }

  /** Where each topic ends: the last offset is that of a transaction's marker. */
  async #ends(): Promise<Ends> {
    const ends = new Map<string, bigint>();
    for (const topic of this.#options.topics) {
      const [range] = await retried(() => this.#admin.fetchTopicOffsets(topic));
      if (range !== undefined && BigInt(range.high) > 0n) ends.set(topic, BigInt(range.high) - 1n);
    }
    return ends;
  }

  async #unread(ends: Ends): Promise<readonly Unread[]> {
    const topics = [...ends.keys()];
    const committed = await retried(() => this.#admin.fetchOffsets({ groupId: this.#group, topics }));
    return committed.flatMap(({ topic, partitions }) => {
      const offset = BigInt(partitions[0]?.offset ?? '-1');
      const next = offset < 0n ? 0n : offset;
      return next < (ends.get(topic) ?? 0n) ? [{ topic, next }] : [];
    });
  }

  /**
   * The record at which the task has stopped. Of several topics that are not read, it is in the one whose table was
   * written; a failure may name others, such as a parent's.
   */
  #stuckAt(unread: readonly Unread[], failure: string): Unread | undefined {
    const [, written] = /Failed to flush records for table '([^']*)'/.exec(failure) ?? [];
    return unread.find(({ topic }) => tableOf(topic) === written) ?? unread[0];
  }

  async #taskState(): Promise<string> {
    return (await this.#status()).state;
  }

  async #failure(): Promise<string | null> {
    const { state, trace } = await this.#status();
    return state === STATES.failed ? trace : null;
  }

  async #status(): Promise<{ state: string; trace: string }> {
    const { connect } = testStack();
    const response = await fetch(`${connect.url}/connectors/${this.#options.name}/status`).catch(() => null);
    if (response?.ok !== true) return { state: 'UNKNOWN', trace: '' };
    const status = (await response.json()) as {
      readonly connector: { readonly state: string; readonly trace?: string };
      readonly tasks: readonly { readonly state: string; readonly trace?: string }[];
    };
    const told = status.tasks[0] ?? status.connector;
    return { state: status.tasks.length === 0 ? 'UNASSIGNED' : told.state, trace: told.trace ?? '' };
  }
}

interface Unread {
  readonly topic: string;
  /** The next record. */
  readonly next: bigint;
}

/** The offset behind the last record, by topic. */
type Ends = ReadonlyMap<string, bigint>;

const tableOf = (topic: string) => topic.slice(topic.lastIndexOf('.') + 1);

/** What all operators use. */
export interface Operators {
  readonly client: ConnectClient;
  readonly admin: Admin;
  close(): Promise<void>;
}

/** For topics that last as long: a client of Kafka asks for all it was ever asked for, and fails when one is gone. */
export async function openOperators(): Promise<Operators> {
  const { kafka, connect } = testStack();
  const admin = createKafka({ brokers: [kafka.bootstrap], clientId: 'comparison' }).admin();
  await admin.connect();
  return {
    client: createConnectClient({ url: connect.url, timeoutMs: 90_000 }),
    admin,
    close: () => admin.disconnect(),
  };
}

/**
 * Connect answers 409 while its workers rebalance, the group is not empty for a moment after a task has ended, and the
 * client of Kafka loses sight of topics while many are asked for.
 */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 40) throw error;
      await sleep(POLL_MS);
    }
  }
}
