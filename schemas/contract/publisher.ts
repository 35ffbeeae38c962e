import type { StoredLetter } from './dead-letter.ts';
import type { Message, MessageBatch, MessageShape } from './message.ts';
import type { Claim, PartitionOffset, TableChange } from './ports.ts';
import type { Offset, TopicPartition, Version } from './position.ts';
import type { Watermark } from './watermark.ts';

/** Up to where the records of a partition are published, as the receiver itself keeps it. */
export interface Publication extends TopicPartition {
  readonly next: Offset;
  /** Version and commit time (ms) of the newest source change in the batch that was published last. */
  readonly sourceVersion: Version | null;
  readonly sourceTime: number | null;
  readonly recordTime: number | null;
  readonly watermark: Watermark | null;
}

/** Named points of a publication; a test may kill the process at each of them. */
export type PublisherPoint = 'publish:sent' | 'publish:committed';

/**
 * Who takes messages: the topics of a cluster, an endpoint. It keeps no positions and no dead letters; a database does,
 * beside it. Throws CounterfoilError as a {@link Sink} does, KAFKA_UNAVAILABLE and REGISTRY_UNAVAILABLE (retry) besides;
 * a RowRejectedError names messages that the receiver would refuse for ever.
 */
export interface Publisher {
  /** Readies what all messages need. Idempotent. */
  prepare(): Promise<void>;
  /** Readies the place that messages of this shape go to. Idempotent and cached. Throws TARGET_INCOMPATIBLE. */
  ensure(shape: MessageShape): Promise<void>;
  /** What `ensure` would do; changes nothing. Throws TARGET_INCOMPATIBLE where `ensure` would. */
  plan(shape: MessageShape): Promise<readonly TableChange[]>;
  /**
   * Fences whoever published these partitions before, as far as the receiver can. Returns what is published beyond a claim's
   * `next`: the process before has died, or was fenced, between its publication and the commit of its position.
   * Throws STALE_WRITER when the receiver has had messages of a later claim.
   */
  claim(claims: readonly Claim[]): Promise<readonly Publication[]>;
  /**
   * Publishes the messages of a batch; resolves when they cannot be lost any more. The same batch again, after a failure
   * that left open what had happened, is published once where the receiver is transactional, and otherwise again, each
   * message unaltered. Batches without messages come as well.
   */
  publish(batch: MessageBatch): Promise<void>;
  /** The same for the messages of a redriven letter, which is closed afterwards. */
  redrive(letter: StoredLetter, messages: readonly Message[]): Promise<void>;
  /** Forgets publications beyond these positions, for they are read, and published, again. Fences as `claim` does. */
  rewind(route: string, to: readonly PartitionOffset[]): Promise<void>;
  close(): Promise<void>;
}
