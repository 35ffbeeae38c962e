import type { Admin, Kafka } from 'kafkajs';
import { createKafka } from '../../connectors/kafka/client.ts';
import { createRecordSource } from '../../connectors/kafka/record-source.ts';
import type { RecordSourceOptions } from '../../connectors/kafka/record-source.ts';
import { createTopicReader } from '../../connectors/kafka/topics.ts';
import type { TopicReader } from '../../connectors/kafka/topics.ts';
import type { Offset } from '../../schemas/contract/position.ts';
import type { SessionEnd } from '../../schemas/contract/ports.ts';
import { Route } from '../support/recording-route.ts';
import { testStack, uniqueName } from '../support/stack-file.ts';
import { createTopic } from '../support/topics.ts';

let kafka: Kafka;
let admin: Admin;
let reader: TopicReader;

beforeAll(async () => {
  kafka = createKafka({ brokers: [testStack().kafka.bootstrap], clientId: 'record-source-test' });
  admin = kafka.admin();
  await admin.connect();
  reader = createTopicReader(kafka);
});
afterAll(async () => {
  await reader.close();
  await admin.disconnect();
});

async function newTopic(partitions = 1): Promise<string> {
  const topic = uniqueName('record-source');
  await createTopic(admin, topic, partitions);
  return topic;
}

function sourceOf(topics: readonly string[], options: Partial<RecordSourceOptions> = {}) {
  return createRecordSource({
    kafka,
    reader,
    groupId: uniqueName('group'),
    accepts: (topic) => topics.includes(topic),
    refreshMs: 200,
    sessionTimeoutMs: 6_000,
    ...options,
  });
}

async function produce(topic: string, values: readonly string[]): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
}

async function inTransaction(
  topic: string,
  values: readonly string[],
  end: 'commit' | 'abort',
): Promise<void> {
  const producer = kafka.producer({
    transactionalId: uniqueName('tx'),
    maxInFlightRequests: 1,
    idempotent: true,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: values.map((value) => ({ value })) });
  await transaction[end]();
  await producer.disconnect();
}

/** Deletes what is before `offset`, as retention would. */
async function expire(topic: string, offset: string): Promise<void> {
  await admin.fetchTopicOffsets(topic); // kafkajs knows no leader before it has asked for something
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset }] });
}

/** The end once it is `expected`: markers are written after the commit returns. */
async function reachEnd(topic: string, expected: bigint): Promise<bigint> {
  let end: bigint;
  do end = await endOf(topic);
  while (end < expected);
  return end;
}

async function endOf(topic: string): Promise<bigint> {
  return (await reader.ranges(topic))[0]!.high;
}

/** Runs sessions while `body` works, then stops; gives how the last one ended. */
async function whileRunning(
  source: ReturnType<typeof sourceOf>,
  route: Route,
  body: () => Promise<void>,
): Promise<SessionEnd> {
  const abort = new AbortController();
  const loop = (async () => {
    let end: SessionEnd;
    do end = await source.run(route, abort.signal);
    while (end === 'topics-changed');
    return end;
  })();
  await Promise.race([body(), loop]);
  abort.abort();
  return loop;
}

test('reads from the beginning, then from the position of the target, whatever the group offset says', async () => {
  const topic = await newTopic();
  const source = sourceOf([topic]);
  await produce(topic, ['a', 'b', 'c']);
  const route = new Route();
  await whileRunning(source, route, () => route.until(() => route.values.length === 3));
  expect(route.values).toEqual(['a', 'b', 'c']);

  // The target was restored to an earlier state; the group's offset in Kafka is ahead of it.
  route.values.length = 0;
  route.positions.set(`${topic}/0`, 1n as Offset);
  await whileRunning(source, route, () => route.until(() => route.values.length === 2));
  expect(route.values).toEqual(['b', 'c']);
});

test('markers and aborted records are no rows, and the position moves over them to the very end', async () => {
  const topic = await newTopic();
  await inTransaction(topic, ['kept'], 'commit');
  await inTransaction(topic, ['never', 'seen'], 'abort');
  const end = await reachEnd(topic, 5n); // three records and two markers
  const route = new Route();
  await whileRunning(sourceOf([topic]), route, () =>
    route.until(() => route.positions.get(`${topic}/0`) === end),
  );
  expect(route.values).toEqual(['kept']);

  // A transaction that is aborted while the route has nothing else to read.
  const source = sourceOf([topic]);
  await whileRunning(source, route, async () => {
    await inTransaction(topic, ['nothing'], 'abort');
    const later = await reachEnd(topic, end + 2n);
    await route.until(() => route.positions.get(`${topic}/0`) === later);
  });
  expect(route.values).toEqual(['kept']);
});

test('a topic that was re-created and has grown beyond the position stops the route; the same topic does not', async () => {
  const topic = await newTopic();
  await produce(topic, ['0', '1', '2']);
  const route = new Route();
  await whileRunning(sourceOf([topic]), route, () => route.until(() => route.values.length === 3));
  await produce(topic, ['3']);
  await whileRunning(sourceOf([topic]), route, () => route.until(() => route.values.length === 4));

  await admin.deleteTopics({ topics: [topic] });
  while ((await admin.listTopics()).includes(topic));
  await createTopic(admin, topic);
  await produce(topic, ['a', 'b', 'c', 'd', 'e', 'f']);
  await expect(
    whileRunning(sourceOf([topic]), route, () => new Promise(() => undefined)),
  ).rejects.toMatchObject({
    code: 'POSITION_LOST',
    message: expect.stringContaining('offsets 0 to 3') as string,
  });
  expect(route.values).toEqual(['0', '1', '2', '3']);
});

test('records that Kafka no longer holds stop the route, with the missing range', async () => {
  const topic = await newTopic();
  await produce(topic, ['0', '1', '2', '3', '4']);
  await expire(topic, '3');
  const route = new Route();
  route.positions.set(`${topic}/0`, 1n as Offset);
  await expect(
    whileRunning(sourceOf([topic]), route, () => new Promise(() => undefined)),
  ).rejects.toMatchObject({
    code: 'POSITION_LOST',
    message: `offsets 1 to 2 of ${topic}/0 are no longer in Kafka and have not been applied`,
  });
  expect(route.values).toEqual([]);
});

test('records that are lost while the route is busy elsewhere are noticed as well', async () => {
  const topic = await newTopic();
  await produce(topic, ['0']);
  const route = new Route();
  const failed = whileRunning(sourceOf([topic]), route, async () => {
    await route.until(() => route.values.length === 1);
    let open: () => void = () => undefined;
    route.gate = new Promise((resolve) => (open = resolve));
    await produce(topic, ['1']);
    while (route.batches === 1) await new Promise((resolve) => setImmediate(resolve));
    await produce(topic, ['2', '3']);
    await expire(topic, '4');
    open();
    await new Promise(() => undefined);
  });
  await expect(failed).rejects.toThrow('offsets 2 to 3');
  expect(route.values).toEqual(['0', '1']);
});

test('what is read while the end is being asked for is not taken for a topic that was cut', async () => {
  const topic = await newTopic();
  await produce(topic, ['a']);
  const route = new Route();
  let looks = 0;
  const slow: TopicReader = {
    ...reader,
    ranges: async (name) => {
      const answer = await reader.ranges(name);
      if (route.values.length === 0) return answer; // not yet past the claim
      looks++;
      await produce(name, [`b${looks}`]);
      await route.until(() => route.values.includes(`b${looks}`));
      return answer;
    },
  };
  await whileRunning(sourceOf([topic], { reader: slow }), route, () => route.until(() => looks >= 2));
  expect(route.values.slice(0, 2)).toEqual(['a', 'b1']);
});

test('a topic that was re-created is not taken for the one it replaces', async () => {
  const topic = await newTopic();
  await produce(topic, ['x']);
  const route = new Route();
  route.positions.set(`${topic}/0`, 4_711n as Offset);
  await expect(whileRunning(sourceOf([topic]), route, () => new Promise(() => undefined))).rejects.toThrow(
    `${topic}/0 ends at offset 1, before the applied position 4711: it was re-created or cut`,
  );
});

test('a topic that appears later is read without a restart', async () => {
  const first = await newTopic();
  const topics = [first];
  const source = sourceOf([], { accepts: (topic) => topics.includes(topic) });
  await produce(first, ['first']);
  const route = new Route();
  await whileRunning(source, route, async () => {
    await route.until(() => route.values.includes('first'));
    const second = await newTopic();
    await produce(second, ['second']);
    topics.push(second);
    await route.until(() => route.values.includes('second'));
  });
  expect(route.values).toEqual(['first', 'second']);
});

test('stopping finishes the batch in hand', async () => {
  const topic = await newTopic();
  await produce(topic, ['in hand']);
  const route = new Route();
  let open: () => void = () => undefined;
  route.gate = new Promise((resolve) => (open = resolve));
  const abort = new AbortController();
  const run = sourceOf([topic]).run(route, abort.signal);
  while (route.batches === 0) await new Promise((resolve) => setImmediate(resolve));
  abort.abort();
  open();
  await expect(run).resolves.toBe('stopped');
  expect(route.values).toEqual(['in hand']);
  expect(route.positions.get(`${topic}/0`)).toBe(1n);
});

test('two members share the partitions, each record is handled once, and one takes over from the other', async () => {
  const topic = await newTopic(4);
  const groupId = uniqueName('group');
  const shared = new Map<string, Offset>();
  const routes = [new Route(), new Route()].map((route) => Object.assign(route, { positions: shared }));
  const sources = routes.map(() => sourceOf([topic], { groupId }));
  const total = () => routes.flatMap(({ values }) => values);
  const expected: string[] = [];
  const produceTo = async (round: string) => {
    const producer = kafka.producer();
    await producer.connect();
    const messages = Array.from({ length: 40 }, (_, i) => ({ partition: i % 4, value: `${round}${i}` }));
    await producer.send({ topic, messages });
    await producer.disconnect();
    expected.push(...messages.map(({ value }) => value));
  };
  const all = () => Promise.any(routes.map((route) => route.until(() => total().length === expected.length)));

  const second = new AbortController();
  await whileRunning(sources[0]!, routes[0]!, async () => {
    await produceTo('a');
    await all();
    const other = sources[1]!.run(routes[1]!, second.signal);
    while (routes[1]!.values.length === 0) {
      await produceTo('b');
      await all();
    }
    second.abort();
    await other;
    await produceTo('c');
    await all();
  });
  expect(total().sort()).toEqual(expected.sort());
});
