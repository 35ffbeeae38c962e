import type { Kafka } from 'kafkajs';
import { capturedSystems } from '../../app/runtime/captured-systems.ts';
import { registryOf } from '../../app/runtime/registry.ts';
import type { Config } from '../../app/config/schema.ts';
import { createTopicReader } from '../../connectors/kafka/topics.ts';
import { createDecoder } from '../../processors/decode/decoder.ts';
import type { ChangeEvent } from '../../schemas/contract/change-event.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { offsetOf } from '../../schemas/contract/position.ts';
import { uniqueName } from './stack-file.ts';

/** All events that a captured topic holds by now, of all its partitions. Records that are none are left out. */
export async function eventsIn(kafka: Kafka, config: Config, topic: string): Promise<ChangeEvent[]> {
  const decoder = createDecoder({ schemas: registryOf(config), sources: capturedSystems(config) });
  const reader = createTopicReader(kafka);
  const ranges = await reader.ranges(topic).finally(() => reader.close());
  const behind = new Map(
    ranges.filter(({ low, high }) => low < high).map(({ partition, high }) => [partition, high]),
  );
  const events: ChangeEvent[] = [];
  if (behind.size === 0) return events;
  const consumer = kafka.consumer({ groupId: uniqueName('events-in'), maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    // Comes for batches of transaction markers, too, with which a partition usually ends.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
      if (offsetOf(lastOffset) + 1n >= (behind.get(partition) ?? 0n)) behind.delete(partition);
      if (behind.size === 0) resolve();
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      reject(payload.error);
    });
    consumer
      .run({
        autoCommit: false,
        eachMessage: async ({ partition, message: { key, value, offset } }) => {
          const at = { topic, partition, offset: offsetOf(offset) };
          const record = { ...at, key, value, headers: {}, timestamp: 0 };
          try {
            events.push(await decoder.decode(record));
          } catch (error) {
            if (!(error instanceof CounterfoilError && error.code === 'UNDECODABLE_RECORD')) throw error;
          }
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return events;
}
