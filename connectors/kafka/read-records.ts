import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import type { BatchHandler, RawRecord } from '../../schemas/contract/ports.ts';
import { epochOf } from '../../schemas/contract/position.ts';
import type { Offset, PartitionRange, TopicPartition } from '../../schemas/contract/position.ts';
import { forgetGroup } from './forget-group.ts';
import { createRecordSource } from './record-source.ts';
import type { TopicReader } from './topics.ts';
import { upTo } from './up-to.ts';

export interface ReadOptions {
  readonly kafka: Kafka;
  readonly reader: TopicReader;
  readonly accepts: (topic: string) => boolean;
  /** Where to begin in a partition; null: with the oldest record that Kafka holds. */
  readonly from: (partition: TopicPartition) => Offset | null;
  /** Where to end; without it, when `visit` has seen enough. */
  readonly ends?: ReadonlyMap<string, readonly PartitionRange[]>;
  /** Says whether it has seen enough. */
  readonly visit: (record: RawRecord) => Promise<boolean>;
}

/**
 * Hands out records, those of one partition in their order, without keeping a position anywhere. Resolves at the ends,
 * when enough was seen, or when `signal` aborts. Throws what `visit` throws, POSITION_LOST and KAFKA_UNAVAILABLE.
 */
export async function readRecords(options: ReadOptions, signal: AbortSignal): Promise<void> {
  const { kafka, reader, accepts, from, visit } = options;
  const groupId = `counterfoil.reading.${randomUUID()}`;
  const enough = new AbortController();
  const until = AbortSignal.any([signal, enough.signal]);
  const end = () => {
    enough.abort();
  };
  const handing: BatchHandler = {
    claim: (partitions) =>
      Promise.resolve(
        partitions.map((at) => ({
          ...{ ...at, route: groupId, epoch: epochOf(0), next: from(at), recordTime: null },
        })),
      ),
    async handle(batch) {
      for (const record of batch.records) {
        if (until.aborted) break;
        if (await visit(record)) end();
      }
      return batch.next;
    },
    advance: () => Promise.resolve(),
  };
  const handler = options.ends === undefined ? handing : upTo(handing, options.ends, end);
  const source = createRecordSource({ kafka, reader, groupId, identity: groupId, accepts });
  try {
    while (!until.aborted) await source.run(handler, until);
  } finally {
    await forgetGroup(kafka, groupId);
  }
}
