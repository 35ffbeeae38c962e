import avsc from 'avsc';
import { createTopicReader } from '../../../connectors/kafka/topics.ts';
import { layoutOf } from '../../../processors/decode/avro-tree.ts';
import { LONG } from '../../../schemas/avro/long.ts';
import { offsetOf } from '../../../schemas/contract/position.ts';
import { transactionalIdOf } from '../../../sinks/kafka/claimed-partition.ts';
import { Transactions } from '../../../sinks/kafka/transactions.ts';
import { testStack, uniqueName } from '../../support/stack-file.ts';
import { kafkaOfTest } from './bench.ts';

export interface ReadMessage {
  readonly id: bigint;
  readonly version: string;
  readonly value: Readonly<Record<string, unknown>> | null;
  readonly partition: number;
}

/** All that a committed reader sees of a topic, each partition in its order, once what was committed can be seen. */
export async function readCommitted(
  topic: string,
  source: { readonly route: string; readonly topic: string },
): Promise<readonly ReadMessage[]> {
  const kafka = kafkaOfTest();
  const id = transactionalIdOf(source.route, { topic: source.topic, partition: 0 });
  // Opening waits for the markers of the transaction before.
  for (const each of [id, `${id}.redriven`]) await (await Transactions.open(kafka, each)).close();
  const reader = createTopicReader(kafka);
  const left = new Map(
    (await reader.ranges(topic)).flatMap(({ partition, low, high }) =>
      low === high ? [] : [[partition, high] as const],
    ),
  );
  await reader.close();
  const groupId = uniqueName('reading');
  const consumer = kafka.consumer({ groupId, readUncommitted: false, maxWaitTimeInMs: 100 });
  const messages: ReadMessage[] = [];
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      if (left.size === 0) resolve();
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
        if (offsetOf(lastOffset) + 1n >= (left.get(partition) ?? 0n)) left.delete(partition);
        if (left.size === 0) resolve();
      });
      consumer
        .run({
          eachMessage: async ({ partition, message: { key, value, headers } }) => {
            messages.push({
              id: (await decoded(key!))['id'] as bigint,
              version: headers?.['counterfoil.source.version']?.toString() ?? '',
              value: value === null ? null : await decoded(value),
              partition,
            });
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
    const admin = kafka.admin();
    await admin.connect();
    await admin.deleteGroups([groupId]).catch(() => undefined);
    await admin.disconnect();
  }
  return messages;
}

const types = new Map<number, Promise<avsc.Type>>();

async function decoded(bytes: Buffer): Promise<Readonly<Record<string, unknown>>> {
  const id = bytes.readInt32BE(1);
  const type = types.get(id) ?? schemaOf(id);
  types.set(id, type);
  return (await type).fromBuffer(bytes.subarray(5)) as Readonly<Record<string, unknown>>;
}

async function schemaOf(id: number): Promise<avsc.Type> {
  const response = await fetch(`${testStack().registry.url}/schemas/ids/${id}`);
  const { schema } = (await response.json()) as { schema: string };
  const layout = layoutOf(JSON.parse(schema) as Parameters<typeof layoutOf>[0]);
  return avsc.Type.forSchema(layout as avsc.Schema, { registry: { long: LONG }, wrapUnions: 'never' });
}
