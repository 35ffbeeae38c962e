import kafkajs from 'kafkajs';
import type { Admin } from 'kafkajs';
import pRetry from 'p-retry';
import { asCounterfoilError } from '../../schemas/contract/errors.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import type { CaptureSource } from './capture-source.ts';
import { compareTopics, wantedTopics } from './topic-plan.ts';
import type { ExistingTopic, TopicDifference, TopicPlan, WantedTopic } from './topic-plan.ts';

/** The part of a connected kafkajs admin that is used. */
export type TopicAdmin = Pick<
  Admin,
  'listTopics' | 'fetchTopicMetadata' | 'describeConfigs' | 'createTopics'
>;

const { ConfigResourceTypes } = kafkajs;
const KNOWN_TO_BROKERS = { retries: 40, minTimeout: 50, maxTimeout: 500, factor: 1.5 };
const COMPARED = ['cleanup.policy', 'retention.ms', 'max.message.bytes'];

/**
 * What to create for a source that captures these tables, and what is wrong with the topics that exist already.
 * Creates nothing. Throws KAFKA_UNAVAILABLE, or CONFIGURATION_INVALID when two tables would share a topic.
 */
export async function planTopics(
  admin: TopicAdmin,
  source: CaptureSource,
  tables: readonly TableId[],
): Promise<TopicPlan> {
  const wanted = wantedTopics(source, tables);
  const existing = await readExisting(
    admin,
    wanted.map(({ topic }) => topic),
  );
  return compareTopics(source.name, wanted, existing);
}

export interface ProvisionedTopics {
  readonly created: readonly string[];
  readonly differences: readonly (TopicDifference & { readonly topic: string })[];
}

/**
 * Creates the topics that are missing, before the connector writes to them: Connect would create them with its own idea
 * of partitions and retention. Topics that exist are left alone. Idempotent. Throws KAFKA_UNAVAILABLE.
 */
export async function provisionTopics(admin: TopicAdmin, plan: TopicPlan): Promise<ProvisionedTopics> {
  const missing = plan.topics.filter(({ state }) => state === 'missing');
  if (missing.length > 0) {
    await ask(`to create ${missing.length} topics of ${plan.source}`, () => create(admin, missing));
  }
  return {
    created: missing.map(({ topic }) => topic),
    differences: plan.topics.flatMap((planned) =>
      planned.state === 'missing'
        ? []
        : planned.differences.map((difference) => ({ topic: planned.topic, ...difference })),
    ),
  };
}

async function create(admin: TopicAdmin, wanted: readonly WantedTopic[]): Promise<void> {
  await admin.createTopics({
    waitForLeaders: false,
    topics: wanted.map(({ topic, partitions, replicationFactor, settings }) => ({
      topic,
      numPartitions: partitions,
      replicationFactor,
      configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
    })),
  });
  // kafkajs can wait by itself, but gives up when a broker has not heard of a topic yet: just what is waited for.
  await pRetry(
    () => admin.fetchTopicMetadata({ topics: wanted.map(({ topic }) => topic) }),
    KNOWN_TO_BROKERS,
  );
}

async function readExisting(
  admin: TopicAdmin,
  names: readonly string[],
): Promise<ReadonlyMap<string, ExistingTopic>> {
  return ask('which topics there are', async () => {
    const known = new Set(await admin.listTopics());
    const present = names.filter((name) => known.has(name));
    if (present.length === 0) return new Map<string, ExistingTopic>();
    const [metadata, described] = await Promise.all([
      admin.fetchTopicMetadata({ topics: [...present] }),
      admin.describeConfigs({
        includeSynonyms: false,
        resources: present.map((name) => ({
          type: ConfigResourceTypes.TOPIC,
          name,
          configNames: [...COMPARED],
        })),
      }),
    ]);
    const settings = new Map(
      described.resources.map((resource) => [
        resource.resourceName,
        Object.fromEntries(resource.configEntries.map((entry) => [entry.configName, entry.configValue])),
      ]),
    );
    return new Map(
      metadata.topics.map(({ name, partitions }) => [
        name,
        { partitions: partitions.length, settings: settings.get(name) ?? {} },
      ]),
    );
  });
}

async function ask<T>(question: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw asCounterfoilError(error, 'KAFKA_UNAVAILABLE', `Kafka did not answer when asked ${question}`);
  }
}
