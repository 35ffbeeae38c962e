import type { Admin } from 'kafkajs';
import pRetry from 'p-retry';

/** kafkajs can wait for leaders by itself, but gives up when a broker has not heard of the topic yet. */
export async function createTopic(admin: Admin, topic: string, partitions = 1): Promise<void> {
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: false });
  await pRetry(() => admin.fetchTopicOffsets(topic), { retries: 20, minTimeout: 50, maxTimeout: 500 });
}
