import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { CaptureSource } from './capture-source.ts';
import { tableIdOf } from '../../schemas/contract/table-pattern.ts';
import {
  findCollisions,
  heartbeatTopic,
  notificationTopic,
  ownTables,
  schemaChangeTopic,
  schemaHistoryTopic,
  topicNameOf,
  transactionTopic,
} from './topic-names.ts';

/** What a topic carries; see topic-names.ts. `beats` are the changes of the heartbeat table, `signals` those of the signal table. */
export type TopicRole =
  | 'table'
  | 'beats'
  | 'heartbeat'
  | 'signals'
  | 'notifications'
  | 'transactions'
  | 'schema-changes'
  | 'schema-history';

export interface WantedTopic {
  readonly topic: string;
  readonly role: TopicRole;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Topic settings as Kafka spells them. */
  readonly settings: Readonly<Record<string, string>>;
}

/** A topic as it is. */
export interface ExistingTopic {
  readonly partitions: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** An existing topic is left alone; what it should have is said. `why` tells what may go wrong. */
export interface TopicDifference {
  readonly setting: 'partitions' | 'cleanup.policy' | 'retention.ms' | 'max.message.bytes';
  readonly wanted: string;
  readonly found: string;
  readonly why: string;
}

export type PlannedTopic = WantedTopic &
  (
    | { readonly state: 'missing' }
    | { readonly state: 'present'; readonly differences: readonly TopicDifference[] }
  );

export interface TopicPlan {
  readonly source: string;
  readonly topics: readonly PlannedTopic[];
}

const FOR_EVER = '-1';

/**
 * The topics of a source that captures these tables, its heartbeat table among them.
 * Throws CONFIGURATION_INVALID when two tables would share a topic.
 */
export function wantedTopics(source: CaptureSource, tables: readonly TableId[]): readonly WantedTopic[] {
  const own = ownTables(source);
  const data = tables.filter((table) => !own.includes(tableLabel(table)));
  refuseCollisions(source, [...data, ...own.map(tableIdOf)]);
  const ofTable = (role: TopicRole, table: string) =>
    wantedTopic(source, role, topicNameOf(source.name, tableIdOf(table), source.naming));
  const wanted = [
    ...data.map((table) => wantedTopic(source, 'table', topicNameOf(source.name, table, source.naming))),
    ofTable('beats', source.heartbeat.table),
    wantedTopic(source, 'heartbeat', heartbeatTopic(source.name)),
    wantedTopic(source, 'transactions', transactionTopic(source.name)),
    ...(source.signals === null
      ? []
      : [
          ofTable('signals', source.signals.table),
          wantedTopic(source, 'notifications', notificationTopic(source.name)),
        ]),
  ];
  if (source.kind === 'postgresql') return wanted;
  return [
    ...wanted,
    wantedTopic(source, 'schema-changes', schemaChangeTopic(source.name)),
    wantedTopic(source, 'schema-history', schemaHistoryTopic(source.name)),
  ];
}

function wantedTopic(source: CaptureSource, role: TopicRole, topic: string): WantedTopic {
  const { partitions, replicationFactor, retentionMs, maxMessageBytes } = source.topics;
  const kept = role === 'schema-history' || role === 'schema-changes';
  return {
    topic,
    role,
    partitions: role === 'table' ? partitions : 1,
    replicationFactor,
    settings: {
      'cleanup.policy': 'delete',
      'retention.ms': kept ? FOR_EVER : retentionMs.toString(),
      'max.message.bytes': maxMessageBytes.toString(),
      // What the producer chose: readers that only know gzip can read everything that is written here.
      'compression.type': 'producer',
    },
  };
}

function refuseCollisions({ name, naming }: CaptureSource, tables: readonly TableId[]): void {
  const collisions = findCollisions(name, tables, naming);
  if (collisions.length === 0) return;
  const lines = collisions.map(
    (each) => `${each.tables.join(' and ')} would share ${each.topics.join(', ')}`,
  );
  throw new CounterfoilError(
    'CONFIGURATION_INVALID',
    `source ${name} captures tables whose topics collide: ${lines.join('; ')}`,
    {
      remedy:
        naming === 'underscore'
          ? 'Set `naming: unicode` for this source before its first start, or exclude one of them.'
          : 'Exclude one of them, or capture it by a source of its own.',
    },
  );
}

/** Compares what is wanted with what is there. Pure. */
export function compareTopics(
  source: string,
  wanted: readonly WantedTopic[],
  existing: ReadonlyMap<string, ExistingTopic>,
): TopicPlan {
  return {
    source,
    topics: wanted.map((topic) => {
      const found = existing.get(topic.topic);
      if (found === undefined) return { ...topic, state: 'missing' };
      return { ...topic, state: 'present', differences: differencesOf(topic, found) };
    }),
  };
}

function differencesOf(wanted: WantedTopic, found: ExistingTopic): readonly TopicDifference[] {
  const differences: TopicDifference[] = [];
  const note = (setting: TopicDifference['setting'], is: string, should: string, why: string) =>
    differences.push({ setting, wanted: should, found: is, why });

  if (wanted.role === 'table' ? found.partitions < wanted.partitions : found.partitions !== 1) {
    const why =
      wanted.role === 'table'
        ? 'fewer copies of a route can work at once; adding partitions moves keys, so do it while everything has been read'
        : 'its records have one order only in one partition';
    note('partitions', found.partitions.toString(), wanted.partitions.toString(), why);
  }
  const policy = found.settings['cleanup.policy'] ?? '';
  if (policy.split(',').includes('compact')) {
    note('cleanup.policy', policy, 'delete', 'compaction drops changes that may not have been read yet');
  }
  const retention = found.settings['retention.ms'];
  const should = wanted.settings['retention.ms'] ?? FOR_EVER;
  if (retention !== undefined && lessThan(retention, should)) {
    const why =
      wanted.role === 'schema-history'
        ? 'when a definition has expired, the connector cannot start again without a new snapshot'
        : 'a route that stands still for longer loses changes';
    note('retention.ms', retention, should, why);
  }
  const size = found.settings['max.message.bytes'];
  const room = wanted.settings['max.message.bytes'] ?? '0';
  if (size !== undefined && Number(size) < Number(room)) {
    note('max.message.bytes', size, room, 'a larger row fails the connector');
  }
  return differences;
}

/** Whether one retention ends before another; -1 never ends. */
function lessThan(found: string, wanted: string): boolean {
  if (found === FOR_EVER) return false;
  return wanted === FOR_EVER || Number(found) < Number(wanted);
}
