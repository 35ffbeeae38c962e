import type { TableId } from '../../schemas/contract/table.ts';
import type { CaptureSource } from './capture-source.ts';
import { tableLabel } from '../../schemas/contract/table.ts';

/**
 * What stands for characters that Kafka does not allow in topics, and Avro not in fields:
 * - `underscore`: `_` for each, so that two names of one length may become the same one;
 * - `unicode`: `_u62a5`. Names that differ stay different, for an underscore itself becomes `_u005f`.
 */
export type Naming = 'underscore' | 'unicode';

/** Kafka's limit. Debezium cuts longer names, so that two of them may become the same topic. */
const MAX_LENGTH = 249;

/**
 * The topic of a table's changes, as Debezium names it: `<prefix>.<namespace>.<table>`, in which each UTF-16 unit
 * other than letters, digits, dot, underscore and hyphen of ASCII is replaced.
 */
export function topicNameOf(prefix: string, table: TableId, naming: Naming): string {
  const parts = [prefix, table.namespace, table.name].filter((part) => part.trim() !== '');
  const clean = allowed(parts.join('.'), naming).slice(0, MAX_LENGTH);
  return /^\.{1,2}$/.test(clean) ? clean.replaceAll('.', '_') : clean;
}

/** The text as it stands in the name of a topic. */
export function allowed(text: string, naming: Naming): string {
  return naming === 'underscore'
    ? text.replace(/[^A-Za-z0-9._-]/g, '_')
    : text.replace(
        /[^A-Za-z0-9.-]/g,
        (unit) => `_u${unit.charCodeAt(0).toString(16).replace(/^..?$/, '00$&')}`,
      );
}

/** BEGIN and END of the source's transactions. */
export function transactionTopic(prefix: string): string {
  return `${prefix}.transaction`;
}

/** Debezium's own heartbeats: a position, no row. */
export function heartbeatTopic(prefix: string): string {
  return `__debezium-heartbeat.${prefix}`;
}

/** What the connector says of its backfills. */
export function notificationTopic(prefix: string): string {
  return `${prefix}.notification`;
}

/** The tables that are captured for the connector's own sake, `namespace.table`. */
export function ownTables({ heartbeat, signals }: Pick<CaptureSource, 'heartbeat' | 'signals'>): string[] {
  return signals === null ? [heartbeat.table] : [heartbeat.table, signals.table];
}

/** Statements that changed table definitions, for people to read (MariaDB and MySQL). */
export function schemaChangeTopic(prefix: string): string {
  return prefix;
}

/** The table definitions that the connector itself needs to read the binlog (MariaDB and MySQL). */
export function schemaHistoryTopic(prefix: string): string {
  return `${prefix}.schema-history`;
}

/** Tables that would share a topic, or whose topics Kafka would not let live side by side. */
export interface TopicCollision {
  readonly topics: readonly string[];
  readonly tables: readonly string[];
}

/**
 * Two tables collide when their topics have the same name, and also when the names differ only in dots and
 * underscores: Kafka refuses the second one, because its metrics could not tell them apart.
 */
export function findCollisions(
  prefix: string,
  tables: readonly TableId[],
  naming: Naming,
): readonly TopicCollision[] {
  const claims = new Map<string, { topics: Set<string>; tables: Set<string> }>();
  const claim = (topic: string, owner: string) => {
    const key = topic.replaceAll('.', '_');
    const entry = claims.get(key) ?? { topics: new Set(), tables: new Set() };
    entry.topics.add(topic);
    entry.tables.add(owner);
    claims.set(key, entry);
  };
  claim(transactionTopic(prefix), '(transactions)');
  claim(notificationTopic(prefix), '(notifications)');
  claim(schemaHistoryTopic(prefix), '(schema history)');
  claim(schemaChangeTopic(prefix), '(schema changes)');
  for (const table of tables) claim(topicNameOf(prefix, table, naming), tableLabel(table));
  return [...claims.values()]
    .filter((entry) => entry.tables.size > 1)
    .map((entry) => ({ topics: [...entry.topics].sort(), tables: [...entry.tables].sort() }));
}
