import type { TopicPartition } from './position.ts';

/** Entries of the journal: one chain for each partition of a route: whoever appends to it holds the row of its position. */
export interface Chain extends TopicPartition {
  readonly route: string;
}

/** The last entry of a chain at some moment. */
export interface ChainHead {
  readonly chain: Chain;
  readonly sequence: bigint;
  readonly hash: Buffer;
}

/** For messages. */
export function chainLabel({ route, topic, partition }: Chain): string {
  return `${route}/${topic}/${partition}`;
}
