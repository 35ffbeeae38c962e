import { topicNameOf } from '../../connectors/debezium/topic-names.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { patternMatcher, tableIdOf } from '../../schemas/contract/table-pattern.ts';

/**
 * Which topics a mirror reads. Characters that topics cannot have are underscores in a topic's name, so the patterns are
 * compared in that form: a topic may be read for nothing, its events being filtered by the true name of their table,
 * but none is missed.
 */
export function mirrorTopics(
  prefix: string,
  include: readonly string[],
  exclude: readonly string[],
): (topic: string) => boolean {
  const asTopic = (pattern: string) => pattern.replace(/[^A-Za-z0-9._*-]/g, '_');
  const matches = patternMatcher(include.map(asTopic), exclude.filter(isPlain));
  return (topic) => topic.startsWith(`${prefix}.`) && matches(topic.slice(prefix.length + 1));
}

/** Which topics an exact set of tables reads. */
export function tableTopics(prefix: string, tables: readonly TableId[]): (topic: string) => boolean {
  const topics = new Set(tables.map((table) => topicNameOf(prefix, table)));
  return (topic) => topics.has(topic);
}

export function heartbeatTableTopic(prefix: string, heartbeatTable: string): string {
  return topicNameOf(prefix, tableIdOf(heartbeatTable));
}

/** Whether the pattern means the same in a topic's name as in a table's. */
function isPlain(pattern: string): boolean {
  return /^[A-Za-z0-9._*-]+$/.test(pattern);
}
