import avsc from 'avsc';
import { layoutOf } from '../../../processors/decode/avro-tree.ts';
import { LONG } from '../../../schemas/avro/long.ts';
import { transactionalIdOf } from '../../../sinks/kafka/claimed-partition.ts';
import { Transactions } from '../../../sinks/kafka/transactions.ts';
import { testStack } from '../../support/stack-file.ts';
import { recordsIn } from '../../support/topic-records.ts';
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
  const messages: ReadMessage[] = [];
  for (const { partition, key, value, headers } of await recordsIn(kafka, topic))
    messages.push({
      id: (await decoded(key!))['id'] as bigint,
      version: headers['counterfoil.source.version']?.toString() ?? '',
      value: value === null ? null : await decoded(value),
      partition,
    });
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
