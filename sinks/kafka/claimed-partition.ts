import type { Kafka } from 'kafkajs';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { MessageBatch } from '../../schemas/contract/message.ts';
import type { Claim } from '../../schemas/contract/ports.ts';
import type { Offset, TopicPartition } from '../../schemas/contract/position.ts';
import type { PublisherPoint } from '../../schemas/contract/publisher.ts';
import type { AdminConnection } from './admin-connection.ts';
import { translated } from './kafka-error.ts';
import { metadataOf, publishedBatchOf } from './publication.ts';
import type { PublishedBatch } from './publication.ts';
import { Transactions } from './transactions.ts';
import type { OutgoingMessage } from './transactions.ts';

export interface Cluster {
  readonly kafka: Kafka;
  readonly admin: AdminConnection;
  readonly reach: (point: PublisherPoint) => void;
}

/** The group whose offsets say how far the partitions of a route are published. It has no members. */
export function publishedGroup(route: string): string {
  return `counterfoil.${route}.published`;
}

/** There is one for each partition, so that a process which believes that it still has it can be fenced. */
export function transactionalIdOf(route: string, { topic, partition }: TopicPartition): string {
  return `counterfoil.${route}.${topic}.${partition}`;
}

/**
 * A partition that is published under one claim. Kafka keeps, in the transaction of a batch's messages, up to where the
 * records are published, and where the route stood before: after a crash that came before the route's own position could
 * follow, that tells the batch from one before a position that was set back on purpose.
 */
export class ClaimedPartition {
  readonly #cluster: Cluster;
  readonly #claim: Claim;
  #transactions: Transactions | null = null;
  #published: PublishedBatch | null = null;
  /** Where the route stands, as far as this process has seen to it. */
  #position: Offset | null;

  constructor(cluster: Cluster, claim: Claim) {
    this.#cluster = cluster;
    this.#claim = claim;
    this.#position = claim.next;
  }

  get route(): string {
    return this.#claim.route;
  }

  /**
   * Fences, and learns what was published last. Throws STALE_WRITER when that was done under a later claim: this process was
   * fenced in the meantime, and has just fenced the rightful one, who will claim again.
   */
  async open(): Promise<Transactions> {
    if (this.#transactions !== null) return this.#transactions;
    const { kafka, admin } = this.#cluster;
    const { route } = this.#claim;
    const transactions = await Transactions.open(kafka, transactionalIdOf(route, this.#claim));
    try {
      const committed = await admin.committed(publishedGroup(route), this.#claim);
      this.#published = publishedBatchOf(this.#claim, committed);
      if (this.#published !== null && this.#published.epoch > this.#claim.epoch) throw this.#stale();
    } catch (error) {
      await transactions.close();
      throw error;
    }
    this.#transactions = transactions;
    return transactions;
  }

  /** What was published under an earlier claim while the position has not followed. */
  beyondPosition(): PublishedBatch | null {
    const { next, epoch } = this.#claim;
    const published = this.#published;
    if (published === null || published.epoch >= epoch) return null;
    if (next === null) return published.from === null ? published : null;
    // A batch from behind the position is one that was published before the position was set back.
    return published.next > next && (published.from ?? 0n) <= next ? published : null;
  }

  /** Once it is adopted. */
  moveTo(next: Offset): void {
    this.#position = next;
  }

  async publish(batch: MessageBatch, messages: readonly OutgoingMessage[]): Promise<void> {
    const transactions = await this.open();
    // Its commit had succeeded, and nobody heard of it.
    const isPublished = this.#published?.epoch === batch.claim.epoch && this.#published.next >= batch.next;
    if (!isPublished && messages.length > 0) {
      const { topic, partition, route, epoch } = batch.claim;
      const metadata = metadataOf({ ...batch, epoch, from: this.#position });
      const offset = {
        groupId: publishedGroup(route),
        topic,
        partition,
        offset: batch.next.toString(),
        metadata,
      };
      try {
        await transactions.commit(messages, offset, this.#cluster.reach);
      } catch (error) {
        await this.close();
        throw translated(error, `publish a batch of ${topic}/${partition}`);
      }
      this.#published = { ...batch, topic, partition, epoch, from: this.#position };
    }
    this.#position = batch.next;
  }

  async close(): Promise<void> {
    const transactions = this.#transactions;
    this.#transactions = null;
    await transactions?.close();
  }

  #stale(): CounterfoilError {
    const { topic, partition, route } = this.#claim;
    return new CounterfoilError(
      'STALE_WRITER',
      `${route}/${topic}/${partition} was published by a process that claimed it later`,
    );
  }
}
