import kafkajs from 'kafkajs';
import { forEachAtOnce } from '../../connectors/kafka/at-once.ts';
import { createTopicReader } from '../../connectors/kafka/topics.ts';
import type { TopicReader } from '../../connectors/kafka/topics.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { PartitionRange } from '../../schemas/contract/position.ts';
import { Subjects } from '../../sinks/kafka/subjects.ts';
import type { RegisteredSchema } from '../../sinks/kafka/subjects.ts';
import type { Config } from '../config/schema.ts';
import { kafkaOf } from '../runtime/kafka.ts';
import { registryAddressOf } from '../runtime/registry.ts';

/** `canonical`: what a target of kind kafka publishes; `raw`: what a source is captured into. */
export type TopicKind = 'canonical' | 'raw';

export interface TopicSummary {
  readonly topic: string;
  readonly kind: TopicKind;
  readonly partitions: readonly PartitionRange[];
  /** Of the values; null where nothing is registered. */
  readonly schema:
    (RegisteredSchema & { readonly subject: string; readonly compatibility: string | null }) | null;
}

export interface TopicDescription extends TopicSummary {
  readonly key: RegisteredSchema | null;
  /** What is set for the topic itself. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The topics of the configured targets and sources, as far as they exist. Throws KAFKA_UNAVAILABLE, REGISTRY_UNAVAILABLE. */
export async function listTopics(config: Config): Promise<readonly TopicSummary[]> {
  const reader = createTopicReader(kafkaOf(config, 'topics'));
  const subjects = new Subjects(registryAddressOf(config));
  try {
    const summaries: TopicSummary[] = [];
    await forEachAtOnce(await reader.list(), async (topic) => {
      const kind = kindOf(config, topic);
      if (kind !== null) summaries.push(await summaryOf(topic, kind, reader, subjects));
    });
    return summaries.sort((a, b) => (a.topic < b.topic ? -1 : 1));
  } finally {
    await reader.close();
  }
}

async function summaryOf(
  topic: string,
  kind: TopicKind,
  reader: TopicReader,
  subjects: Subjects,
): Promise<TopicSummary> {
  const subject = `${topic}-value`;
  const schema = await subjects.latest(subject);
  const compatibility = schema === null ? null : await subjects.compatibility(subject);
  const partitions = [...(await reader.ranges(topic))].sort((a, b) => a.partition - b.partition);
  return { topic, kind, partitions, schema: schema === null ? null : { ...schema, subject, compatibility } };
}

/** One of them. Throws CONFIGURATION_INVALID for a topic that is none. */
export async function describeTopic(config: Config, topic: string): Promise<TopicDescription> {
  const reader = createTopicReader(kafkaOf(config, 'topics'));
  const subjects = new Subjects(registryAddressOf(config));
  const kind = kindOf(config, topic);
  const summary = await reader
    .list()
    .then((topics) => {
      if (kind === null || !topics.includes(topic)) throw unknownTopic(topic);
      return summaryOf(topic, kind, reader, subjects);
    })
    .finally(() => reader.close());
  const key = await subjects.latest(`${topic}-key`);
  const admin = kafkaOf(config, 'topics').admin();
  try {
    await admin.connect();
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
    });
    const entries = (resources[0]?.configEntries ?? []).filter(
      ({ configSource }) => (configSource as number) === SET_FOR_TOPIC,
    );
    const settings = entries.map(({ configName, configValue }) => [configName, configValue] as const);
    return { ...summary, key, settings: Object.fromEntries(settings) };
  } finally {
    await admin.disconnect();
  }
}

/** `DYNAMIC_TOPIC_CONFIG`, which kafkajs does not export as a value. */
const SET_FOR_TOPIC = 1;

export function kindOf({ targets, sources }: Config, topic: string): TopicKind | null {
  for (const target of Object.values(targets))
    if (target.kind === 'kafka' && topic.startsWith(`${target.prefix}.`)) return 'canonical';
  return Object.keys(sources).some((source) => topic.startsWith(`${source}.`)) ? 'raw' : null;
}

export function unknownTopic(topic: string): CounterfoilError {
  return new CounterfoilError(
    'CONFIGURATION_INVALID',
    `no source is captured into ${topic}, and no target publishes it`,
    { remedy: '`counterfoil topics list` names the topics that there are.' },
  );
}

/** At most so many: transaction markers and what was compacted occupy offsets, too. */
export function offsetsHeld({ partitions }: Pick<TopicSummary, 'partitions'>): bigint {
  return partitions.reduce((sum, { low, high }) => sum + (high - low), 0n);
}
