import kafkajs from 'kafkajs';
import type { Kafka, Message, PartitionOffset, Producer, TopicMessages, Transaction } from 'kafkajs';
import type { TopicPartition } from '../../schemas/contract/position.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { ChangedRow } from '../../schemas/contract/ports.ts';
import type { PublisherPoint } from '../../schemas/contract/publisher.ts';
import { RowRejectedError } from '../../schemas/contract/row-rejected.ts';
import { isTooLarge, translated } from './kafka-error.ts';
import { PAYLOAD_OFFSET } from './message-encoder.ts';

/** Of what is sent in one request; a larger message goes by itself. */
const CHUNK_BYTES = 512 * 1024;
/** After so long the broker aborts a transaction whose process has fallen silent; committed readers wait for that. */
const TRANSACTION_TIMEOUT_MS = 30_000;
/** The next transaction of a producer waits until the markers of the last one are written: for a few milliseconds. */
const RETRY = { initialRetryTime: 5, maxRetryTime: 500, retries: 24 };

/** A message for a topic, and its size in bytes. */
export interface OutgoingMessage {
  readonly topic: string;
  readonly message: Message;
  readonly bytes: number;
  /** What it is about. */
  readonly row: ChangedRow;
}

/** An offset of a group that is committed together with messages. */
export interface GroupOffset extends TopicPartition {
  readonly groupId: string;
  readonly offset: string;
  readonly metadata: string;
}

/**
 * Transactions under one transactional id, one after the other. Opening fences whoever had it before, and ends the
 * transaction that was under way. After a failure it is of no use any more, and another one has to be opened.
 */
export class Transactions {
  readonly #producer: Producer;

  private constructor(producer: Producer) {
    this.#producer = producer;
  }

  /** Throws CounterfoilError KAFKA_UNAVAILABLE. */
  static async open(kafka: Kafka, transactionalId: string): Promise<Transactions> {
    const producer = kafka.producer({
      ...{ transactionalId, idempotent: true, maxInFlightRequests: 1, retry: RETRY },
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
      createPartitioner: byKeyPayload,
    });
    try {
      await producer.connect();
      // kafkajs fences when it begins its first transaction; an empty one leaves no trace.
      await (await producer.transaction()).abort();
      return new Transactions(producer);
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw translated(error, 'open transactions');
    }
  }

  /**
   * Commits messages and offset, or neither. Throws what kafkajs throws; then it is open whether the commit happened. A
   * RowRejectedError names a message that is too large for its topic.
   */
  async commit(
    messages: readonly OutgoingMessage[],
    offset: GroupOffset,
    reach: (point: PublisherPoint) => void = () => undefined,
  ): Promise<void> {
    const transaction = await this.#producer.transaction();
    try {
      for (const chunk of chunksOf(messages)) await send(transaction, chunk);
      await sendOffset(transaction, offset);
      reach('publish:sent');
      await transaction.commit();
    } catch (error) {
      // Committed readers need not wait for the timeout; where the commit has happened this changes nothing.
      await transaction.abort().catch(() => undefined);
      throw error;
    }
    reach('publish:committed');
  }

  async close(): Promise<void> {
    await this.#producer.disconnect().catch(() => undefined);
  }
}

async function send(transaction: Transaction, messages: readonly OutgoingMessage[]): Promise<void> {
  try {
    await transaction.sendBatch({ acks: -1, topicMessages: byTopic(messages) });
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    const [only, ...others] = messages;
    if (only !== undefined && others.length === 0)
      throw new RowRejectedError([{ ...only.row, error: tooLarge(only) }]);
    for (const message of messages) await send(transaction, [message]);
  }
}

function tooLarge({ topic, bytes }: OutgoingMessage): CounterfoilError {
  return new CounterfoilError('ROW_REJECTED', `${bytes} bytes are more than ${topic} takes in one message`, {
    remedy: 'Raise max.message.bytes of the topic, then redrive the letter.',
  });
}

/** kafkajs sends the metadata of an offset, but does not declare it. */
async function sendOffset(transaction: Transaction, sent: GroupOffset): Promise<void> {
  const { groupId, topic, partition, offset, metadata } = sent;
  const partitions: (PartitionOffset & { metadata: string })[] = [{ partition, offset, metadata }];
  await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic, partitions }] });
}

export function* chunksOf(messages: readonly OutgoingMessage[]): Generator<readonly OutgoingMessage[]> {
  let chunk: OutgoingMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    if (chunk.length > 0 && bytes + message.bytes > CHUNK_BYTES) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(message);
    bytes += message.bytes;
  }
  if (chunk.length > 0) yield chunk;
}

function byTopic(messages: readonly OutgoingMessage[]): TopicMessages[] {
  const topics = new Map<string, Message[]>();
  for (const { topic, message } of messages) {
    const list = topics.get(topic);
    if (list === undefined) topics.set(topic, [message]);
    else list.push(message);
  }
  return [...topics].map(([topic, list]) => ({ topic, messages: list }));
}

/**
 * The default partitioner, by what the key says alone: the schema's id in front of it is another one in another registry, and
 * must not send a key to another partition.
 */
const byKeyPayload: typeof kafkajs.Partitioners.DefaultPartitioner = () => {
  const partitionOf = kafkajs.Partitioners.DefaultPartitioner();
  return (args) => {
    const { key } = args.message;
    if (!Buffer.isBuffer(key)) return partitionOf(args);
    return partitionOf({ ...args, message: { ...args.message, key: key.subarray(PAYLOAD_OFFSET) } });
  };
};
