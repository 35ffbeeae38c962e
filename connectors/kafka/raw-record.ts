import type { Batch, KafkaMessage } from 'kafkajs';
import { offsetOf } from '../../schemas/contract/position.ts';
import type { Offset, TopicPartition } from '../../schemas/contract/position.ts';
import type { RawRecord } from '../../schemas/contract/ports.ts';

/** Where the fetch began; kafkajs sets it but does not declare it. */
export function fetchedOffsetOf(batch: Batch): Offset {
  const { fetchedOffset } = batch as Batch & { readonly fetchedOffset?: unknown };
  return offsetOf(String(fetchedOffset));
}

export function recordOf({ topic, partition }: TopicPartition, message: KafkaMessage): RawRecord {
  const headers: Record<string, Buffer> = {};
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    const single = Array.isArray(value) ? value[0] : value;
    if (single !== undefined) headers[name] = Buffer.from(single);
  }
  return {
    topic,
    partition,
    offset: offsetOf(message.offset),
    key: message.key,
    value: message.value,
    headers,
    timestamp: Number(message.timestamp),
  };
}
