import { keySchema, messageSchema } from '../../schemas/avro/message-schema.ts';
import type { Json } from '../../schemas/avro/message-schema.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { MessageShape } from '../../schemas/contract/message.ts';
import type { TableChange } from '../../schemas/contract/ports.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { AdminConnection } from './admin-connection.ts';
import { createMessageEncoder } from './message-encoder.ts';
import type { MessageEncoder } from './message-encoder.ts';
import type { Subjects } from './subjects.ts';
import { ensureTopic } from './topics.ts';

export interface TopicOptions {
  /** Topics are called `prefix.table`. */
  readonly prefix: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** What a new schema of values must be to those before it. */
  readonly compatibility: string;
}

/** A topic that exists, and how messages of a shape are said in it. */
export interface ReadyTopic {
  readonly topic: string;
  readonly encode: MessageEncoder;
}

/** The topics of shapes, with their schemas in the registry. */
export class MessageTopics {
  readonly #admin: AdminConnection;
  readonly #subjects: Subjects;
  readonly #options: TopicOptions;
  readonly #ready = new Map<MessageShape, ReadyTopic>();
  /** Which table has taken a topic's name. */
  readonly #owners = new Map<string, string>();

  constructor(admin: AdminConnection, subjects: Subjects, options: TopicOptions) {
    this.#admin = admin;
    this.#subjects = subjects;
    this.#options = options;
  }

  /** Creates the topic and registers its schemas where they are missing. Throws TARGET_INCOMPATIBLE. */
  async ready(shape: MessageShape): Promise<ReadyTopic> {
    const known = this.#ready.get(shape);
    if (known !== undefined) return known;
    const { partitions, replicationFactor, compatibility } = this.#options;
    const topic = this.#topicOf(shape);
    const key = await this.#subjects.register(
      `${topic}-key`,
      await this.#keySchema(topic, shape),
      KEY_COMPATIBILITY,
    );
    const value = await this.#subjects.register(`${topic}-value`, messageSchema(shape), compatibility);
    await this.#admin.ask(`create ${topic}`, (admin) =>
      ensureTopic(admin, topic, { partitions, replicationFactor }),
    );
    const ready = { topic, encode: createMessageEncoder(shape, { key, value }) };
    this.#ready.set(shape, ready);
    return ready;
  }

  async plan(shape: MessageShape): Promise<readonly TableChange[]> {
    const topic = this.#topicOf(shape);
    await this.#keySchema(topic, shape);
    const known = await this.#subjects.look(
      `${topic}-value`,
      messageSchema(shape),
      this.#options.compatibility,
    );
    const topics = await this.#admin.ask('list the topics', (admin) => admin.listTopics());
    return known && topics.includes(topic) ? [] : [{ kind: 'create', action: 'evolve' }];
  }

  #topicOf({ table: { id } }: MessageShape): string {
    const topic = `${this.#options.prefix}.${id.name.replace(/[^A-Za-z0-9._-]/g, '_')}`;
    const owner = this.#owners.get(topic);
    this.#owners.set(topic, owner ?? tableLabel(id));
    if (owner === undefined || owner === tableLabel(id)) return topic;
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `${owner} and ${tableLabel(id)} would both go to the topic ${topic}`,
      { remedy: 'Give one of them a target with another `prefix`.' },
    );
  }

  /** Readers compact and partition by the bytes of a key: a topic whose key has changed would be two topics in one. */
  async #keySchema(topic: string, shape: MessageShape): Promise<Json> {
    const schema = keySchema(shape);
    const registered = await this.#subjects.latest(`${topic}-key`);
    if (registered === null || sorted(registered.schema) === sorted(schema)) return schema;
    throw new CounterfoilError(
      'TARGET_INCOMPATIBLE',
      `the key of ${tableLabel(shape.table.id)} is another than that of the topic ${topic}`,
      {
        remedy: 'Publish under another `prefix`, or delete the topic and its subjects and replay the route.',
      },
    );
  }
}

const KEY_COMPATIBILITY = 'FULL_TRANSITIVE';

/** As text, whatever the order in which a registry gives attributes back. */
function sorted(value: Json): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
