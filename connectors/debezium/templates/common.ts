import { tableIdOf } from '../../../schemas/contract/table-pattern.ts';
import { escapeJava, tableIncludeList } from '../table-patterns.ts';
import {
  heartbeatTopic,
  notificationTopic,
  ownTables,
  schemaChangeTopic,
  topicNameOf,
  transactionTopic,
} from '../topic-names.ts';
import { BACKFILL_SETTINGS } from './backfill.ts';
import type { SettingGroup } from './setting.ts';

/** Connectors that this product applied carry this setting with the name of their source. Connect passes it on unread. */
export const OWNER_SETTING = 'counterfoil.source';

/** Of the plugin in `plugin/`; Connect refuses the connector when it is not on the worker's plugin path. */
const KEEP_NULLS_CLASS = 'counterfoil.connect.KeepNulls';
const ORDER_KEYLESS_CLASS = 'counterfoil.connect.OrderKeyless';
const SKIP_FIRST_NOTES_CLASS = 'counterfoil.connect.SkipFirstNotes';

/** Settings of every connector, whatever the database. */
export const COMMON_SETTINGS: readonly SettingGroup[] = [
  {
    title: 'Identity',
    settings: [
      {
        name: OWNER_SETTING,
        value: (source) => source.name,
        why: 'Marks the connector as ours: connectors of others in the same Connect cluster are never touched.',
        fixed: true,
      },
      {
        name: 'topic.prefix',
        value: (source) => source.name,
        why: 'Begins every topic name and every schema name. Changing it starts the capture anew.',
        fixed: true,
      },
      { name: 'tasks.max', value: '1', why: 'A log has one order, so one task reads it.', fixed: true },
    ],
  },
  {
    title: 'What is captured',
    settings: [
      {
        name: 'table.include.list',
        value: (source) => tableIncludeList(source.tables, ownTables(source)),
        why: 'Java regular expressions; excluded tables are a negative look-ahead, for Debezium takes one list or the other. The heartbeat table and the table of signals are always among them.',
      },
      {
        name: 'message.key.columns',
        value: (source) => keyColumns(source.keyColumns),
        why: 'Keys for tables without a primary key, where columns are known to identify a row.',
      },
      {
        name: 'skipped.operations',
        value: 'none',
        why: 'By default a TRUNCATE is left out silently, and the target keeps rows that are gone. Seen, it is denied, ignored or applied, as the route says.',
        fixed: true,
      },
      {
        name: 'tombstones.on.delete',
        value: 'true',
        why: 'After a delete, a null value for its key: without it a compacted topic keeps the deleted row.',
      },
    ],
  },
  {
    title: 'Exact values',
    settings: [
      {
        name: 'decimal.handling.mode',
        value: 'precise',
        why: 'Unscaled integer and scale, as the database has them. `double` loses cents.',
        fixed: true,
      },
      {
        name: 'time.precision.mode',
        value: 'adaptive_time_microseconds',
        why: 'Each column at its own precision, times of day in microseconds. `connect` cuts everything to milliseconds.',
        fixed: true,
      },
      {
        name: 'binary.handling.mode',
        value: 'bytes',
        why: 'Bytes as bytes; base64 or hex would be text that each reader has to know about.',
        fixed: true,
      },
      {
        name: 'column.propagate.source.type',
        value: '.*',
        why: "Puts each column's database type, length and scale into the schema: mirrors create their columns from it.",
        fixed: true,
      },
      {
        name: 'schema.name.adjustment.mode',
        value: 'avro',
        why: 'Schema names that Avro allows; Debezium fails when two names become the same one.',
        fixed: true,
      },
      {
        name: 'topic.naming.strategy',
        value: (source) =>
          source.naming === 'unicode'
            ? `io.debezium.schema.${source.kind === 'postgresql' ? 'Schema' : 'Default'}UnicodeTopicNamingStrategy`
            : null,
        why: 'With `naming: unicode`: tables whose names differ have topics that differ.',
        fixed: true,
      },
      {
        name: 'field.name.adjustment.mode',
        value: (source) => (source.naming === 'unicode' ? 'avro_unicode' : 'avro'),
        why: 'Column names that Avro allows: `voucher-id` travels as `voucher_id`, or with `naming: unicode` as `voucher_u002did`. The original name is in the schema. Where two columns of a table become one (`a-b` and `a b`, Chinese names of one length), the connector stops: `naming: unicode` keeps them apart.',
      },
      {
        name: 'transforms',
        value: (source) => (source.plugin ? 'keepNulls,orderKeyless,skipFirstNotes' : null),
        why: 'Transformations of each record, in order. When you add some, keep these first.',
      },
      {
        name: 'transforms.keepNulls.type',
        value: (source) => (source.plugin ? KEEP_NULLS_CLASS : null),
        why: "Without it NULL in a nullable column that has a default arrives as that default: a converter like Apicurio's asks Connect for the value, and Connect answers so.",
        fixed: true,
      },
      {
        name: 'transforms.orderKeyless.type',
        value: (source) => (source.plugin ? ORDER_KEYLESS_CLASS : null),
        why: 'Changes of tables without a key go to the first partition. Kafka would deal them to any, and they would lose their order.',
        fixed: true,
      },
      {
        name: 'transforms.skipFirstNotes.type',
        value: (source) => (source.plugin ? SKIP_FIRST_NOTES_CLASS : null),
        why: 'A note of the first snapshot commits an offset before anything was read: when the snapshot then fails, the next start would go on without one.',
        fixed: true,
      },
      {
        name: 'event.converting.failure.handling.mode',
        value: 'fail',
        why: 'By default a value that cannot be converted becomes null with a warning in the log of Connect. Stopping is better than that.',
      },
    ],
  },
  {
    title: 'Nothing lost, nothing doubled',
    settings: [
      {
        name: 'exactly.once.support',
        value: 'required',
        why: 'Records and their source position commit in one Kafka transaction, or Connect refuses the connector. The worker needs `exactly.once.source.support=enabled`.',
        fixed: true,
      },
      {
        name: 'transaction.boundary',
        value: 'poll',
        why: 'One Kafka transaction for each batch from the log: the smallest delay.',
      },
      {
        name: 'provide.transaction.metadata',
        value: 'true',
        why: 'Each event names its source transaction, and END counts its events. After a restart within a transaction, END counts only those since the restart.',
        fixed: true,
      },
      {
        name: 'event.processing.failure.handling.mode',
        value: 'fail',
        why: 'An event that cannot be read stops the connector. `warn` and `skip` lose it.',
        fixed: true,
      },
      {
        name: 'errors.tolerance',
        value: 'none',
        why: 'The same, in the part of Connect that converts and transforms.',
        fixed: true,
      },
      {
        name: 'snapshot.mode',
        value: 'initial',
        why: 'Reads all rows once, at the first start, then the log. Never again by itself: a lost position stops the connector instead of hiding a gap.',
      },
    ],
  },
  {
    title: 'Delay and size',
    settings: [
      {
        name: 'poll.interval.ms',
        value: '10',
        why: 'How long Connect waits before it looks for events again. The default of 500 is half a second of delay on each change.',
      },
      {
        name: 'max.queue.size.in.bytes',
        value: '67108864',
        why: 'Bounds memory by size as well: 8,192 events of attachments would not fit.',
      },
      {
        name: 'producer.override.max.request.size',
        value: (source) => source.topics.maxMessageBytes.toString(),
        why: "Kafka's default of 1 MiB fails the task on the first large row. The topics are created to allow as much.",
      },
      {
        name: 'extended.headers.enabled',
        value: 'false',
        why: 'Four headers on each record, about 200 bytes, that say what the event says anyway.',
      },
    ],
  },
  {
    title: 'Failures',
    settings: [
      {
        name: 'errors.max.retries',
        value: '3',
        why: 'Without a limit a connector whose database is gone stays RUNNING for ever. After three tries it is FAILED: seen, reported, and restarted with back-off by the watcher.',
      },
      {
        name: 'retriable.restart.connector.wait.ms',
        value: '5000',
        why: 'Between these tries.',
      },
      {
        name: 'connection.validation.timeout.ms',
        value: '10000',
        why: 'A database that does not answer is reported after 10 s instead of a minute.',
      },
    ],
  },
  {
    title: 'Heartbeat',
    settings: [
      {
        name: 'heartbeat.interval.ms',
        value: (source) => source.heartbeat.intervalMs.toString(),
        why: 'How often the heartbeat row is updated. It bounds how long a check waits, and how exact lag is while nothing happens.',
      },
    ],
  },
  BACKFILL_SETTINGS,
  {
    title: 'Topics that Connect creates',
    settings: [
      {
        name: 'topic.creation.default.partitions',
        value: (source) => source.topics.partitions.toString(),
        why: 'For tables that appear later; the others were created beforehand, see `topic-plan.ts`.',
      },
      {
        name: 'topic.creation.default.replication.factor',
        value: (source) => source.topics.replicationFactor.toString(),
        why: 'Copies of each partition.',
      },
      {
        name: 'topic.creation.default.cleanup.policy',
        value: 'delete',
        why: 'Compaction would drop changes that a route has not read yet, and with them the history of a row.',
      },
      {
        name: 'topic.creation.default.retention.ms',
        value: (source) => source.topics.retentionMs.toString(),
        why: 'Longer than the longest outage of a route.',
      },
      {
        name: 'topic.creation.default.max.message.bytes',
        value: (source) => source.topics.maxMessageBytes.toString(),
        why: 'As large as the producer may send.',
      },
      {
        name: 'topic.creation.groups',
        value: 'single',
        why: 'A second set of rules, for the topics whose order matters across keys:',
      },
      {
        name: 'topic.creation.single.include',
        value: (source) =>
          [
            transactionTopic(source.name),
            heartbeatTopic(source.name),
            schemaChangeTopic(source.name),
            ...(source.signals === null ? [] : [notificationTopic(source.name)]),
            ...ownTables(source).map((table) => topicNameOf(source.name, tableIdOf(table), source.naming)),
          ]
            .map(escapeJava)
            .join(','),
        why: 'Transactions (BEGIN and END have different keys), heartbeats, signals and what is said of them, schema changes.',
      },
      {
        name: 'topic.creation.single.partitions',
        value: '1',
        why: 'One partition, one order.',
      },
      {
        name: 'topic.creation.single.replication.factor',
        value: (source) => source.topics.replicationFactor.toString(),
        why: 'As for the others.',
      },
    ],
  },
];

function keyColumns(keys: Readonly<Record<string, readonly string[]>>): string | null {
  const rules = Object.entries(keys).map(([table, columns]) => `${escapeJava(table)}:${columns.join(',')}`);
  return rules.length === 0 ? null : rules.join(';');
}
