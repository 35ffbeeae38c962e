import avsc from 'avsc';
import { z } from 'zod';
import { withNotification } from '../../connectors/debezium/backfill-progress.ts';
import type { Backfill } from '../../connectors/debezium/backfill-progress.ts';
import { notificationTopic } from '../../connectors/debezium/topic-names.ts';
import { followTopic } from '../../connectors/kafka/follow-topic.ts';
import { createTopicReader } from '../../connectors/kafka/topics.ts';
import { PAYLOAD_OFFSET, schemaIdOf } from '../../processors/decode/frame.ts';
import type { SchemaSource } from '../../schemas/contract/ports.ts';
import { withDeadline } from '../../schemas/contract/deadline.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Config } from '../config/schema.ts';
import { kafkaOf } from './kafka.ts';
import { registryOf } from './registry.ts';

const notification = z.object({
  id: z.string(),
  aggregate_type: z.string(),
  type: z.string(),
  additional_data: z
    .record(z.string(), z.string().nullable())
    .transform((data) =>
      Object.fromEntries(Object.entries(data).map(([name, value]) => [name, value ?? ''])),
    ),
  timestamp: z.number(),
});

/**
 * Follows what the connector of a source says of its backfills, the oldest first, until `signal` aborts or `onChange`
 * returns true. It is called once all that was said before is known, and at each change from then on.
 */
export async function followBackfills(
  config: Config,
  source: string,
  onChange: (backfills: readonly Backfill[]) => boolean | Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const topic = notificationTopic(source);
  const kafka = kafkaOf(config, 'backfill');
  const decode = notificationDecoder(registryOf(config));
  const reader = createTopicReader(kafka);
  const [held] = await reader.ranges(topic).finally(() => reader.close());
  if (held === undefined) throw new CounterfoilError('KAFKA_UNAVAILABLE', `${topic} has no partition`);
  const done = new AbortController();
  let backfills: readonly Backfill[] = [];
  let known = false;

  async function tell(): Promise<void> {
    if (await onChange(backfills)) done.abort();
  }
  let telling: Promise<void> = Promise.resolve();
  await followTopic(
    {
      kafka,
      topic,
      from: new Map([[held.partition, held.low]]),
      ends: new Map([[held.partition, held.high]]),
      groupId: `counterfoil.backfill.${process.pid}.${Date.now()}`,
      onRecord: async ({ value }) => {
        if (value === null) return;
        backfills = withNotification(backfills, notification.parse(await decode(value)));
        if (known) await tell();
      },
      onCaughtUp: () => {
        known = true;
        telling = tell();
      },
    },
    AbortSignal.any([signal, done.signal]),
  );
  await telling;
}

/** What the connector has said of its backfills so far. */
export async function knownBackfills(config: Config, source: string): Promise<readonly Backfill[]> {
  let found: readonly Backfill[] = [];
  await withDeadline(new AbortController().signal, 30_000, (until) =>
    followBackfills(
      config,
      source,
      (backfills) => {
        found = backfills;
        return true;
      },
      until,
    ),
  );
  return found;
}

function notificationDecoder(schemas: SchemaSource): (value: Buffer) => Promise<unknown> {
  const types = new Map<number, avsc.Type>();
  return async (value) => {
    const id = schemaIdOf(value, 'value');
    const type = types.get(id) ?? avsc.Type.forSchema((await schemas.schema(id)) as avsc.Schema);
    types.set(id, type);
    return type.fromBuffer(value.subarray(PAYLOAD_OFFSET)) as unknown;
  };
}
