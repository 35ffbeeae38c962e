import type { Claim } from '../../schemas/contract/ports.ts';
import { epochOf, offsetOf, versionOf } from '../../schemas/contract/position.ts';
import type { Epoch, Offset } from '../../schemas/contract/position.ts';
import type { Publication } from '../../schemas/contract/publisher.ts';
import { watermarkOf, watermarkText } from '../../schemas/contract/watermark.ts';

/**
 * What Kafka keeps of the batch of a partition that was published last, as the metadata of a group's offset: it is committed
 * in the transaction of its messages.
 */
export interface PublishedBatch extends Publication {
  /** The claim under which it was published. */
  readonly epoch: Epoch;
  /** The route's position before it; null when it had none, and of an offset that stands for no batch. */
  readonly from: Offset | null;
}

/** Kafka keeps up to 4096 bytes of it (`offset.metadata.max.bytes`). */
export function metadataOf(batch: Omit<PublishedBatch, 'topic' | 'partition' | 'next'>): string {
  const { epoch, from, sourceVersion, sourceTime, recordTime, watermark } = batch;
  return JSON.stringify({
    ...{ epoch: epoch.toString(), from: from?.toString() ?? null },
    ...{ sourceVersion, sourceTime, recordTime },
    watermark: watermark === null ? null : watermarkText(watermark),
  });
}

export function publishedBatchOf(
  { topic, partition }: Claim,
  { offset, metadata }: { readonly offset: string; readonly metadata: string | null },
): PublishedBatch | null {
  if (metadata === null || metadata === '') return null;
  const stored = JSON.parse(metadata) as Readonly<Record<keyof PublishedBatch, string | number | null>>;
  const { epoch, from, sourceVersion, sourceTime, recordTime, watermark } = stored;
  return {
    ...{ topic, partition, next: offsetOf(offset), epoch: epochOf(epoch ?? 0) },
    from: from === null ? null : offsetOf(from),
    sourceVersion: sourceVersion === null ? null : versionOf(String(sourceVersion)),
    sourceTime: sourceTime === null ? null : Number(sourceTime),
    recordTime: recordTime === null ? null : Number(recordTime),
    watermark: watermark === null ? null : watermarkOf(String(watermark)),
  };
}
