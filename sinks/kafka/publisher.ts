import type { Kafka } from 'kafkajs';
import type { StoredLetter } from '../../schemas/contract/dead-letter.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Message, MessageBatch, MessageShape } from '../../schemas/contract/message.ts';
import type { Claim, PartitionOffset, RowRejection } from '../../schemas/contract/ports.ts';
import { nextOffset } from '../../schemas/contract/position.ts';
import type { TopicPartition } from '../../schemas/contract/position.ts';
import type { Publication, Publisher, PublisherPoint } from '../../schemas/contract/publisher.ts';
import { RowRejectedError } from '../../schemas/contract/row-rejected.ts';
import { AdminConnection } from './admin-connection.ts';
import { ClaimedPartition, publishedGroup, transactionalIdOf } from './claimed-partition.ts';
import type { Cluster } from './claimed-partition.ts';
import { translated } from './kafka-error.ts';
import { MessageTopics } from './message-topics.ts';
import type { TopicOptions } from './message-topics.ts';
import { Subjects } from './subjects.ts';
import type { RegistryAddress } from './subjects.ts';
import { Transactions } from './transactions.ts';
import type { OutgoingMessage } from './transactions.ts';

export interface KafkaPublisherOptions extends TopicOptions {
  readonly kafka: Kafka;
  readonly registry: RegistryAddress;
  readonly reach?: ((point: PublisherPoint) => void) | undefined;
}

/** Of partitions that are opened at a time: each takes connections of its own. */
const AT_ONCE = 8;

/** What every message says besides its key and value. */
export const MESSAGE_HEADERS = {
  route: 'counterfoil.route',
  sourceTopic: 'counterfoil.source.topic',
  sourceVersion: 'counterfoil.source.version',
  sourceTime: 'counterfoil.source.time',
  mappingVersion: 'counterfoil.mapping.version',
} as const;

/** Publishes to topics, in transactions: a committed reader sees each message once. No connection before its first use. */
export function createKafkaPublisher(options: KafkaPublisherOptions): Publisher {
  return new KafkaPublisher(options);
}

class KafkaPublisher implements Publisher {
  readonly #cluster: Cluster;
  readonly #topics: MessageTopics;
  readonly #claimed = new Map<string, ClaimedPartition>();
  readonly #redriven = new Map<string, Transactions>();

  constructor({ kafka, registry, reach, ...topics }: KafkaPublisherOptions) {
    const admin = new AdminConnection(kafka);
    this.#cluster = { kafka, admin, reach: reach ?? (() => undefined) };
    this.#topics = new MessageTopics(admin, new Subjects(registry), topics);
  }

  async prepare(): Promise<void> {
    await this.#cluster.admin.ask('reach the brokers', (admin) => admin.describeCluster());
  }

  async ensure(shape: MessageShape): Promise<void> {
    await this.#topics.ready(shape);
  }

  plan(shape: MessageShape) {
    return this.#topics.plan(shape);
  }

  async claim(claims: readonly Claim[]): Promise<readonly Publication[]> {
    const publications: Publication[] = [];
    await this.#release(new Set(claims.map(({ route }) => route)));
    for (let at = 0; at < claims.length; at += AT_ONCE)
      await Promise.all(
        claims.slice(at, at + AT_ONCE).map(async (claim) => {
          const partition = new ClaimedPartition(this.#cluster, claim);
          this.#claimed.set(claimLabel(claim), partition);
          await partition.open();
          const beyond = partition.beyondPosition();
          if (beyond === null) return;
          partition.moveTo(beyond.next);
          publications.push(beyond);
        }),
      );
    return publications;
  }

  async publish(batch: MessageBatch): Promise<void> {
    const partition = this.#claimed.get(claimLabel(batch.claim));
    if (partition === undefined)
      throw new CounterfoilError('STALE_WRITER', `${claimLabel(batch.claim)} was claimed anew`);
    const { claim, sourceTime, messages } = batch;
    const sourceTopic = claim.topic;
    const outgoing = await this.#outgoing(messages, { route: claim.route, sourceTopic, sourceTime });
    await partition.publish(batch, outgoing);
  }

  async redrive(letter: StoredLetter, messages: readonly Message[]): Promise<void> {
    const { route, topic: sourceTopic, partition } = letter;
    const outgoing = await this.#outgoing(messages, { route, sourceTopic, sourceTime: null });
    if (outgoing.length === 0) return;
    const id = `${transactionalIdOf(route, letter)}.redriven`;
    const groupId = `counterfoil.${route}.redriven`;
    const offset = nextOffset(letter.offset).toString();
    try {
      const open = this.#redriven.get(id) ?? (await Transactions.open(this.#cluster.kafka, id));
      this.#redriven.set(id, open);
      // A letter that was published and could not be closed afterwards is the last one of its partition.
      const committed = await this.#cluster.admin.committed(groupId, letter);
      if (committed.offset === offset) return;
      await open.commit(outgoing, { groupId, topic: sourceTopic, partition, offset, metadata: '' });
    } catch (error) {
      await this.#redriven.get(id)?.close();
      this.#redriven.delete(id);
      throw translated(error, 'publish a redriven letter');
    }
  }

  async rewind(route: string, to: readonly PartitionOffset[]): Promise<void> {
    for (const { topic, partition, next } of to) {
      const transactions = await Transactions.open(
        this.#cluster.kafka,
        transactionalIdOf(route, { topic, partition }),
      );
      try {
        const groupId = publishedGroup(route);
        await transactions.commit([], { groupId, topic, partition, offset: next.toString(), metadata: '' });
      } catch (error) {
        throw translated(error, `set ${topic}/${partition} back`);
      } finally {
        await transactions.close();
      }
    }
  }

  async close(): Promise<void> {
    const open = [...this.#claimed.values(), ...this.#redriven.values()];
    this.#claimed.clear();
    await Promise.allSettled([...open.map((each) => each.close()), this.#cluster.admin.close()]);
  }

  /** Encodes all before anything is sent. Throws RowRejectedError with every message that cannot be said. */
  async #outgoing(
    messages: readonly Message[],
    from: { route: string; sourceTopic: string; sourceTime: number | null },
  ): Promise<readonly OutgoingMessage[]> {
    const outgoing: OutgoingMessage[] = [];
    const rejections: RowRejection[] = [];
    for (const message of messages) {
      const { topic, encode } = await this.#topics.ready(message.shape);
      const { shape, key: rowKey, version } = message;
      const row = { table: shape.table, key: rowKey, version };
      try {
        const { key, value } = encode(message);
        const headers = headersOf(message, from);
        const bytes = key.length + (value?.length ?? 0);
        outgoing.push({ topic, bytes, message: { key, value, headers }, row });
      } catch (error) {
        if (!(error instanceof CounterfoilError && error.code === 'ROW_REJECTED')) throw error;
        rejections.push({ ...row, error });
      }
    }
    if (rejections.length > 0) throw new RowRejectedError(rejections);
    return outgoing;
  }

  /** Those of an earlier claim of the same routes. */
  async #release(routes: ReadonlySet<string>): Promise<void> {
    for (const [label, partition] of this.#claimed) {
      if (!routes.has(partition.route)) continue;
      this.#claimed.delete(label);
      await partition.close();
    }
  }
}

function headersOf(
  { version, shape }: Message,
  { route, sourceTopic, sourceTime }: { route: string; sourceTopic: string; sourceTime: number | null },
): Record<string, string> {
  return {
    [MESSAGE_HEADERS.route]: route,
    [MESSAGE_HEADERS.sourceTopic]: sourceTopic,
    [MESSAGE_HEADERS.sourceVersion]: version,
    ...(sourceTime === null ? {} : { [MESSAGE_HEADERS.sourceTime]: new Date(sourceTime).toISOString() }),
    [MESSAGE_HEADERS.mappingVersion]: shape.version,
  };
}

function claimLabel({ route, topic, partition }: TopicPartition & { readonly route: string }): string {
  return `${route}/${topic}/${partition}`;
}
