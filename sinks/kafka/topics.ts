import type { Admin, ITopicConfig } from 'kafkajs';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** As much as a source's topics take: what was captured can be published. */
const LARGEST_RECORD_BYTES = 32 * 1024 * 1024;

/** Settings of topics that are created, and why: docs/topics.md shows them to data teams. */
export const TOPIC_SETTINGS: Readonly<Record<string, string>> = {
  // The last message of each key stays for ever: a reader that begins today learns all that there is.
  'cleanup.policy': 'compact',
  // A reader that is behind by less sees each change, and each delete, not only the last.
  'min.compaction.lag.ms': String(DAY_MS),
  'delete.retention.ms': String(7 * DAY_MS),
  'max.message.bytes': String(LARGEST_RECORD_BYTES),
};

export interface TopicPlan {
  readonly partitions: number;
  readonly replicationFactor: number;
}

/** Creates a topic where it is missing; one that exists is left as it is. */
export async function ensureTopic(admin: Admin, topic: string, plan: TopicPlan): Promise<void> {
  const created: ITopicConfig = {
    topic,
    numPartitions: plan.partitions,
    replicationFactor: plan.replicationFactor,
    configEntries: Object.entries(TOPIC_SETTINGS).map(([name, value]) => ({ name, value })),
  };
  await admin.createTopics({ topics: [created], waitForLeaders: true });
}
