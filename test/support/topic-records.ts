import type { Kafka } from 'kafkajs';
import { followTopic } from '../../connectors/kafka/follow-topic.ts';
import { createTopicReader } from '../../connectors/kafka/topics.ts';
import type { RawRecord } from '../../schemas/contract/ports.ts';
import { uniqueName } from './stack-file.ts';

/** All committed records that a topic holds by now, those of one partition in their order. */
export async function recordsIn(kafka: Kafka, topic: string): Promise<RawRecord[]> {
  const reader = createTopicReader(kafka);
  const ranges = await reader.ranges(topic).finally(() => reader.close());
  const records: RawRecord[] = [];
  const done = new AbortController();
  await followTopic(
    {
      ...{ kafka, topic, groupId: uniqueName('records-in') },
      from: new Map(ranges.map(({ partition, low }) => [partition, low])),
      ends: new Map(ranges.map(({ partition, high }) => [partition, high])),
      onRecord: (record) => {
        records.push(record);
      },
      onCaughtUp: () => {
        done.abort();
      },
    },
    done.signal,
  );
  return records;
}
