import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { createConnectClient } from '../../connectors/debezium/connect-client.ts';
import type { ConnectClient } from '../../connectors/debezium/connect-client.ts';
import { createKafka } from '../../connectors/kafka/client.ts';
import { testStack } from '../support/stack-file.ts';
import type { System } from '../integration/types/mirrors.ts';

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

export interface JdbcSinkOptions {
  readonly name: string;
  readonly topics: readonly string[];
  readonly to: System;
  /** Database that it writes into. */
  readonly database: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Why a task has stopped: the innermost cause, without values. */
export interface Stop {
  readonly cause: string;
}

const POLL_MS = 400;
const STATES = { running: 'RUNNING', failed: 'FAILED' } as const;

/** Debezium's sink for some topics, and the operator who looks after it. */
export class JdbcSink {
  readonly stops: Stop[] = [];
  readonly #options: JdbcSinkOptions;
  readonly #client: ConnectClient;
  readonly #admin: Admin;
  skipped = 0;

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
          'connection.url': `jdbc:${kind}://${host}:${port}/${database}`,
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

  /**
   * Until it has read everything. A task that has stopped is started again `retries` times at each record; after that
   * the record is skipped, as an operator would who wants the rest.
   */
  async settle({ retries = 0, skip = true } = {}): Promise<void> {
    let [attempts, at] = [0, ''];
    for (;;) {
      if (await this.#hasRead()) return;
      const failure = await this.#failure();
      if (failure === null) {
        await sleep(POLL_MS);
        continue;
      }
      // What was read before is committed when the task ends, which is soon after it says so.
      await sleep(POLL_MS);
      const stuck = await this.#unread();
      const [first] = stuck;
      if (first === undefined) return;
      const place = `${first.topic}/${first.offset}`;
      attempts = place === at ? attempts + 1 : 0;
      at = place;
      this.stops.push({ cause: causeOf(failure) });
      if (attempts >= retries) {
        if (!skip) return;
        await this.#skip(first);
        this.skipped += 1;
      }
      await retried(() => this.#client.restart(this.#options.name, 'failed'));
      await this.#untilRestarted();
    }
  }

  /** Starts a task that has stopped again, after what stopped it has been mended. */
  async restart(): Promise<void> {
    if ((await this.#failure()) === null) return;
    await retried(() => this.#client.restart(this.#options.name, 'failed'));
    await this.#untilRestarted();
  }

  async isStopped(): Promise<boolean> {
    return (await this.#failure()) !== null;
  }

  /** Resolves when everything is read or the task has stopped; true when it has read everything. */
  async untilReadOrStopped(): Promise<boolean> {
    for (;;) {
      if (await this.#hasRead()) return true;
      if (await this.isStopped()) return false;
      await sleep(POLL_MS);
    }
  }

  async #untilRestarted(): Promise<void> {
    while ((await this.#taskState()) === STATES.failed) await sleep(POLL_MS);
  }

  async #skip({ topic, offset }: Unread): Promise<void> {
    const partitions = [{ partition: 0, offset: (offset + 1n).toString() }];
    await retried(() => this.#admin.setOffsets({ groupId: this.#group, topic, partitions }));
  }

  async #hasRead(): Promise<boolean> {
    return (await this.#unread()).length === 0 && (await this.#taskState()) === STATES.running;
  }

  /** The topics with records that it has not passed. The last offset is that of a transaction's marker. */
  async #unread(): Promise<readonly Unread[]> {
    const { topics } = this.#options;
    const committed = await this.#admin.fetchOffsets({ groupId: this.#group, topics: [...topics] });
    const unread: Unread[] = [];
    for (const topic of topics) {
      const [range] = await this.#admin.fetchTopicOffsets(topic);
      const offset = committed.find((each) => each.topic === topic)?.partitions[0]?.offset ?? '-1';
      const next = BigInt(offset) < 0n ? BigInt(range?.low ?? '0') : BigInt(offset);
      if (next < BigInt(range?.high ?? '0') - 1n) unread.push({ topic, offset: next });
    }
    return unread;
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
  readonly offset: bigint;
}

/** What all operators use. */
export interface Operators {
  readonly client: ConnectClient;
  readonly admin: Admin;
  close(): Promise<void>;
}

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

/** Connect answers 409 while its workers rebalance, and the group is not empty for a moment after a task has ended. */
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

/** The last cause in a stack trace; what databases quote of a row is left out. */
function causeOf(trace: string): string {
  const causes = [...trace.matchAll(/^Caused by: (.*)$/gm)].map(([, text]) => text ?? '');
  const [first = 'no reason given'] = trace.split('\n');
  const last =
    causes.filter((cause) => !cause.includes('BatchUpdateException')).at(-1) ?? causes.at(-1) ?? first;
  return last
    .replace(/^[\w.$]+\.(\w+): /, '$1: ')
    .replace(/\(conn=\d+\) /, '')
    .split('\n')[0]!
    .slice(0, 160);
}
