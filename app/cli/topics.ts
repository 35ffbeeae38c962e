import type { Command } from 'commander';
import type { RegisteredSchema } from '../../sinks/kafka/subjects.ts';
import { textTable } from '../text-table.ts';
import { fieldsOf } from '../topics/schema-fields.ts';
import { tail } from '../topics/tail.ts';
import type { TailSettings, TopicRecord } from '../topics/tail.ts';
import { describeTopic, listTopics, offsetsHeld } from '../topics/topics.ts';
import type { TopicDescription, TopicSummary } from '../topics/topics.ts';
import { configOf, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';
import { untilSignal } from './signals.ts';
import { positiveInteger } from './stack.ts';

const DEFAULT_MAX = 10;

export function registerTopics(program: Command, context: CliContext): void {
  const topics = program.command('topics').description('topics for data teams, and those of the capture');
  topics
    .command('list')
    .description('list the topics, with what is registered of their values')
    .action(async (_options: unknown, command: Command) => {
      const found = await listTopics(configOf(command, context).config);
      if (globalOptions(command).json) context.say(JSON.stringify(found.map(asJson)));
      else context.say(found.length === 0 ? 'no topics' : tableOf(found));
    });
  topics
    .command('describe')
    .description('show key, fields with their meaning, and settings of a topic')
    .argument('<topic>')
    .action(async (topic: string, _options: unknown, command: Command) => {
      const found = await describeTopic(configOf(command, context).config, topic);
      if (globalOptions(command).json) context.say(JSON.stringify(describedJson(found)));
      else for (const line of linesOf(found)) context.say(line);
    });
  topics
    .command('tail')
    .description('show records of a topic, decoded: the newest, or all')
    .argument('<topic>')
    .option('--from-beginning', 'from the oldest record on')
    .option('--follow', 'go on with what comes')
    .option(
      '--max <number>',
      `at most so many (default: ${DEFAULT_MAX}; all with --from-beginning)`,
      positiveInteger,
    )
    .option('--key <values>', 'only records of this key: its values with commas between them')
    .action(async (topic: string, options: Partial<TailSettings>, command: Command) => {
      const { config } = configOf(command, context);
      const { fromBeginning = false, follow = false, key } = options;
      const max = options.max ?? (fromBeginning ? Number.POSITIVE_INFINITY : DEFAULT_MAX);
      let shown = 0;
      const say = (record: TopicRecord) => {
        shown += 1;
        context.say(globalOptions(command).json ? recordJson(record) : recordLine(record));
      };
      await tail(config, topic, { fromBeginning, follow, key, max }, say, untilSignal());
      if (shown === 0)
        context.hint(key === undefined ? 'there are no records' : `there is no record of the key ${key}`);
    });
}

function asJson({ topic, kind, partitions, schema }: TopicSummary) {
  return {
    ...{ topic, kind, partitions: partitions.length, messages: offsetsHeld({ partitions }).toString() },
    ...{ subject: schema?.subject ?? null, schemaId: schema?.id ?? null, version: schema?.version ?? null },
    compatibility: schema?.compatibility ?? null,
  };
}

function tableOf(found: readonly TopicSummary[]): string {
  const table = textTable([
    'topic',
    'kind',
    'partitions',
    'messages',
    'schema id',
    'version',
    'compatibility',
  ]);
  for (const { topic, kind, partitions, schema } of found)
    table.push([
      ...[topic, kind, partitions.length, `≤ ${offsetsHeld({ partitions })}`],
      ...[schema?.id ?? '', schema?.version ?? '', schema?.compatibility ?? ''],
    ]);
  return table.toString();
}

function describedJson(found: TopicDescription) {
  const { key, schema, settings, partitions } = found;
  const fields = (registered: RegisteredSchema | null) =>
    registered === null ? [] : fieldsOf(registered.schema);
  return {
    ...asJson(found),
    offsets: partitions.map(({ partition, low, high }) => ({
      ...{ partition, low: low.toString(), high: high.toString() },
    })),
    ...{ settings, key: fields(key), fields: fields(schema) },
  };
}

function linesOf(found: TopicDescription): readonly string[] {
  const { topic, kind, key, schema, settings, partitions } = found;
  const held = partitions.map(({ partition, low, high }) => `${partition}: ${low} to ${high}`);
  const promised = schema?.compatibility == null ? '' : `, ${schema.compatibility}`;
  return [
    `${topic} (${kind}), offsets ${held.join('; ')}`,
    schema === null
      ? 'nothing is registered of its values'
      : `subject ${schema.subject}, schema ${schema.id}, version ${schema.version}${promised}`,
    `key: ${
      key === null
        ? 'none'
        : fieldsOf(key.schema)
            .map(({ name, type }) => `${name} ${type}`)
            .join(', ')
    }`,
    ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    ...(schema === null ? [] : [fieldTable(schema)]),
  ];
}

function fieldTable({ schema }: RegisteredSchema): string {
  const table = textTable(['field', 'type', 'meaning']);
  for (const { name, type, doc } of fieldsOf(schema)) table.push([name, type, doc ?? '']);
  return table.toString();
}

function recordLine({ time, topic, partition, offset, key, operation, value, fault }: TopicRecord): string {
  const what = operation ?? (value === null ? 'deleted' : '');
  const parts = [new Date(time).toISOString(), `${topic}/${partition}@${offset}`, jsonText(key)];
  if (fault !== null) return [...parts.slice(0, 2), fault].join(' ');
  return [...parts, what, value === null ? '' : jsonText(value)].filter((part) => part !== '').join(' ');
}

function recordJson({ time, ...record }: TopicRecord): string {
  return jsonText({ ...record, time: new Date(time).toISOString() });
}

/** 64-bit integers as text: most readers of JSON would round them. Bytes as hex digits. */
function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'bigint') return part.toString();
    if (isBytes(part)) return Buffer.from(part.data).toString('hex');
    return part instanceof Uint8Array ? Buffer.from(part).toString('hex') : part;
  });
}

/** A Buffer turns itself into this before anybody is asked. */
function isBytes(part: unknown): part is { readonly data: readonly number[] } {
  return (
    typeof part === 'object' && part !== null && 'type' in part && part.type === 'Buffer' && 'data' in part
  );
}
