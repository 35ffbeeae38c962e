import { allowed, topicNameOf } from '../../connectors/debezium/topic-names.ts';
import type { Naming } from '../../connectors/debezium/topic-names.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { patternMatcher, tableIdOf } from '../../schemas/contract/table-pattern.ts';

/** How the topics of a source are named. */
export interface SourceTopics {
  readonly prefix: string;
  readonly naming: Naming;
}

/**
 * Which topics a mirror reads. Characters that topics cannot have are replaced in a topic's name, so the patterns are
 * compared in that form: a topic may be read for nothing, its events being filtered by the true name of their table,
 * but none is missed.
 */
export function mirrorTopics(
  { prefix, naming }: SourceTopics,
  include: readonly string[],
  exclude: readonly string[],
): (topic: string) => boolean {
  const asTopic = (pattern: string) =>
    pattern
      .split('*')
      .map((part) => allowed(part, naming))
      .join('*');
  const exact = exclude.filter((pattern) => naming === 'unicode' || asTopic(pattern) === pattern);
  const matches = patternMatcher(include.map(asTopic), exact.map(asTopic));
  return (topic) => topic.startsWith(`${prefix}.`) && matches(topic.slice(prefix.length + 1));
}

/** Which topics an exact set of tables reads. */
export function tableTopics(
  { prefix, naming }: SourceTopics,
  tables: readonly TableId[],
): (topic: string) => boolean {
  const topics = new Set(tables.map((table) => topicNameOf(prefix, table, naming)));
  return (topic) => topics.has(topic);
}

export function heartbeatTableTopic({ prefix, naming }: SourceTopics, heartbeatTable: string): string {
  return topicNameOf(prefix, tableIdOf(heartbeatTable), naming);
}
