import type { Admin, Kafka } from 'kafkajs';
import type { TopicPartition } from '../../schemas/contract/position.ts';
import { translated } from './kafka-error.ts';

/** What is committed of a partition: no offset at all is -1. */
export interface CommittedOffset {
  readonly offset: string;
  readonly metadata: string | null;
}

/** An admin client that connects on first use, and anew after a failure. */
export class AdminConnection {
  readonly #kafka: Kafka;
  #connected: Promise<Admin> | null = null;

  constructor(kafka: Kafka) {
    this.#kafka = kafka;
  }

  /** `doing` completes «could not …». Throws CounterfoilError KAFKA_UNAVAILABLE. */
  async ask<T>(doing: string, work: (admin: Admin) => Promise<T>): Promise<T> {
    const mine = (this.#connected ??= this.#connect());
    try {
      return await work(await mine);
    } catch (error) {
      if (this.#connected === mine) this.#connected = null;
      void mine.then((admin) => admin.disconnect()).catch(() => undefined);
      throw translated(error, doing);
    }
  }

  /** The offset that a group has committed of a partition. Whoever could commit another one must have been fenced. */
  async committed(groupId: string, { topic, partition }: TopicPartition): Promise<CommittedOffset> {
    return this.ask(`read how far ${topic}/${partition} is published`, async (admin) => {
      const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
      return (
        found?.partitions.find((each) => each.partition === partition) ?? { offset: '-1', metadata: null }
      );
    });
  }

  async close(): Promise<void> {
    const admin = await this.#connected?.catch(() => null);
    this.#connected = null;
    await admin?.disconnect();
  }

  async #connect(): Promise<Admin> {
    const admin = this.#kafka.admin();
    await admin.connect();
    return admin;
  }
}
