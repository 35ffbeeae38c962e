import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import { createKafka } from '../../connectors/kafka/client.ts';
import { readRanges } from '../../connectors/kafka/read-ranges.ts';
import { offsetOf } from '../../schemas/contract/position.ts';
import { testStack, uniqueName } from '../support/stack-file.ts';
import { createTopic } from '../support/topics.ts';
import type { OffsetRange } from '../../schemas/contract/position.ts';

const topic = uniqueName('ranges');
const large = 'x'.repeat(100_000);
const { signal } = new AbortController();
let kafka: Kafka;

/** Partition 0: offsets 0 to 99, large enough for several fetches. Partition 1: transactions of two records and a marker. */
beforeAll(async () => {
  kafka = createKafka({ brokers: [testStack().kafka.bootstrap], clientId: 'ranges' });
  const admin = kafka.admin();
  await admin.connect();
  await createTopic(admin, topic, 2);
  await admin.disconnect();
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    transactionalId: randomUUID(),
  });
  await producer.connect();
  for (let batch = 0; batch < 5; batch += 1) {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [0, 1].map(() => ({ partition: 1, value: 'small' })) });
    await transaction.commit();
  }
  await producer.disconnect();
  const plain = kafka.producer();
  await plain.connect();
  for (let batch = 0; batch < 10; batch += 1)
    await plain.send({
      topic,
      messages: Array.from({ length: 10 }, () => ({ partition: 0, value: large })),
    });
  await plain.disconnect();
}, 60_000);
afterAll(async () => {
  const admin = kafka.admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
});

const range = (partition: number, first: number, next: number): OffsetRange => ({
  ...{ topic, partition, first: offsetOf(first), next: offsetOf(next) },
});

async function read(...ranges: readonly OffsetRange[]): Promise<readonly string[]> {
  const found: string[] = [];
  await readRanges(
    kafka,
    ranges,
    (record) => {
      found.push(`${record.partition}@${record.offset}`);
      return Promise.resolve();
    },
    signal,
  );
  return found.sort();
}

const offsets = (partition: number, ...wanted: readonly number[]) =>
  wanted.map((offset) => `${partition}@${offset}`).sort();

test('exactly the records of the ranges are handed out, once: near each other, far apart, overlapping, of none', async () => {
  const found = await read(
    ...[range(0, 3, 5), range(0, 7, 8), range(0, 4, 6), range(0, 70, 72), range(0, 99, 100), range(0, 9, 9)],
  );
  expect(found).toEqual(offsets(0, 3, 4, 5, 7, 70, 71, 99));
  expect(await read()).toEqual([]);
}, 60_000);

test('a range may end with the marker of a transaction, or have nothing but one', async () => {
  expect(await read(range(1, 0, 3), range(1, 5, 6), range(1, 12, 15), range(0, 0, 1))).toEqual(
    [...offsets(1, 0, 1, 12, 13), ...offsets(0, 0)].sort(),
  );
}, 60_000);

test('what the visitor throws is thrown', async () => {
  const failing = readRanges(kafka, [range(0, 0, 9)], () => Promise.reject(new Error('enough')), signal);
  await expect(failing).rejects.toMatchObject({ cause: { message: 'enough' } });
}, 60_000);

test('an end that comes from outside is the reason', async () => {
  const abort = new AbortController();
  const stopped = readRanges(
    kafka,
    [range(0, 0, 100)],
    () => {
      abort.abort(new Error('stopped'));
      return Promise.resolve();
    },
    abort.signal,
  );
  await expect(stopped).rejects.toThrow('stopped');
}, 60_000);
